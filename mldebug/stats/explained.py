"""How much of what varies in the target predictions explain, row by row."""

from __future__ import annotations

from typing import Any

from mldebug.arrays import device_of, namespace


def indicators(labels: Any, classes: int) -> Any:
    """The true classes as numbers: 1 in the column of a row's class, else 0.

    Parameters
    ----------
    labels : array of shape (n,), an integer type
        The classes, from 0.
    classes : int
        How many there are.

    Returns
    -------
    array of shape (n, classes), float64
        O(n classes).
    """
    xp = namespace(labels)
    each = xp.arange(classes, dtype=xp.int64, device=device_of(labels))
    return xp.astype(xp.astype(labels, xp.int64)[:, None] == each[None, :], xp.float64)


def squared_errors(predicted: Any, truth: Any) -> Any:
    """The squared distance of each row's prediction from its truth.

    Parameters
    ----------
    predicted, truth : array of shape (..., n, k), a floating type
        Probabilities and `indicators` of k classes, or numbers with k = 1.

    Returns
    -------
    array of shape (..., n), float64
        Of probabilities the Brier score, between 0 and 2. O(n k).

    References
    ----------
    Brier 1950, Verification of forecasts expressed in terms of probability, Monthly Weather Rev. 78.
    """
    xp = namespace(predicted, truth)
    return xp.sum((xp.astype(predicted, xp.float64) - truth) ** 2, axis=-1)


def variation(truth: Any) -> Any:
    """The mean squared distance of the truth from its mean: what a constant gets wrong.

    Parameters
    ----------
    truth : array of shape (n, k), float64
        As `squared_errors` takes it.

    Returns
    -------
    array of shape (), float64
        1 where the truth does not vary, so that it can be divided by. O(n k).
    """
    xp = namespace(truth)
    found = xp.mean(xp.sum((truth - xp.mean(truth, axis=0)) ** 2, axis=1))
    return xp.where(found > 0, found, xp.ones_like(found))
