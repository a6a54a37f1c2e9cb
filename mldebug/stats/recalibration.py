"""Predictions made to fit another population by what is not their order: a slope and offsets."""

from __future__ import annotations

import numpy as np

SMALLEST = 1e-6
RIDGE = 1e-3
SLOPES = (0.02, 20.0)


def recalibrated_numbers(fitted: np.ndarray, truth: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The straight line from predictions to numbers, fitted on some rows, at others.

    Parameters
    ----------
    fitted, truth : numpy.ndarray of shape (n,), dtype float64
        Predictions and what they are of.
    others : numpy.ndarray of shape (m,), dtype float64
        The predictions to change.

    Returns
    -------
    numpy.ndarray of shape (m,), dtype float64
        O(n + m). The slope is not below 0.
    """
    centre, middle = float(np.mean(fitted)), float(np.mean(truth))
    spread = float(np.mean((fitted - centre) ** 2))
    slope = float(np.mean((fitted - centre) * (truth - middle))) / spread if spread > 0 else 0.0
    return np.asarray(middle + max(slope, 0.0) * (others - centre))


def recalibrated_chances(fitted: np.ndarray, truth: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Chances of classes after a slope and an offset a class on the scale of log odds.

    Parameters
    ----------
    fitted : numpy.ndarray of shape (n, n_classes), dtype float64
        Chances of rows whose class is known.
    truth : numpy.ndarray of shape (n,), dtype int64
        Their classes.
    others : numpy.ndarray of shape (m, n_classes), dtype float64
        The chances to change.

    Returns
    -------
    numpy.ndarray of shape (m, n_classes), dtype float64

    Notes
    -----
    By maximum likelihood of softmax(a log p + b), a from .02 to 20, with a small ridge: the
    correction of another mix of classes and of predictions that are too sure. The order of the rows
    by a class's odds against another stays. O(n k) a step.

    References
    ----------
    Platt 1999; Saerens, Latinne & Decaestecker 2002, Neural Computation 14, 21-41.
    """
    from scipy.optimize import minimize

    logs = np.log(np.clip(fitted, SMALLEST, 1))
    rows, classes = logs.shape
    marked = np.eye(classes)[truth]

    def loss(told: np.ndarray) -> tuple[float, np.ndarray]:
        slope, offsets = float(np.exp(told[0])), told[1:]
        chances, log_chances = _softmax(slope * logs + offsets)
        apart = (chances - marked) / rows
        value = -float(np.sum(marked * log_chances)) / rows + RIDGE * float(np.sum(told**2))
        steps = np.concatenate([[slope * float(np.sum(apart * logs))], apart.sum(axis=0)])
        return value, steps + 2 * RIDGE * told

    free = [(None, None)] * classes
    bounds = [(float(np.log(SLOPES[0])), float(np.log(SLOPES[1]))), *free]
    found = minimize(loss, np.zeros(classes + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    scaled = float(np.exp(found[0])) * np.log(np.clip(others, SMALLEST, 1)) + found[1:]
    return _softmax(scaled)[0]


def _softmax(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The chances and their logarithms."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return np.exp(logs), logs
