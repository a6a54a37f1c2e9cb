"""The reference learners: what a sound model of the table would predict, out of fold."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.fold_model import FoldModel, fold_model, of_each_fold

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Task

LEARNERS = ("boosting", "linear")


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """What one reference learner predicts of rows that it was not fitted on.

    Parameters
    ----------
    learner : str
        One of `LEARNERS`.
    predicted : numpy.ndarray of shape (n_rows,)
        Class codes or numbers.
    probabilities : numpy.ndarray of shape (n_rows, n_classes), dtype float64, or None
        Of each class; None for a regression. A class that a fold's training rows lack has 0.
    """

    learner: str
    predicted: np.ndarray
    probabilities: np.ndarray | None


def fold_models(
    matrix: np.ndarray,
    values: np.ndarray,
    folds: np.ndarray,
    task: Task,
    learner: str,
    categorical: np.ndarray,
) -> dict[int, FoldModel]:
    """One reference learner, fitted without one fold after the other.

    Parameters
    ----------
    matrix : numpy.ndarray of shape (n_rows, n_columns), dtype float64
        Categories as codes; missing as NaN.
    values : numpy.ndarray of shape (n_rows,)
        Class codes or numbers, none missing.
    folds : numpy.ndarray of shape (n_rows,), dtype int
        The fold of each row.
    task : {"classification", "regression"}
        What is predicted.
    learner : {"boosting", "linear"}
        Histogram gradient boosting, or a regularised linear model of standardised columns with the
        categories one-hot.
    categorical : numpy.ndarray of shape (n_columns,), dtype bool
        Which columns hold codes.

    Returns
    -------
    dict of int to FoldModel
        By the fold that was held out, in rising order.

    Notes
    -----
    One fit a fold, those of boosting in several threads: O(n d) an iteration; linear O(n d^2).
    """
    import numpy as np

    classes = int(values.max()) + 1 if task == "classification" else 0

    def fitted(outside: np.ndarray) -> FoldModel:
        inside = ~outside
        return fold_model(matrix[inside], values[inside], learner, categorical, classes)

    models = of_each_fold(folds, learner, fitted)
    return dict(zip(np.unique(folds).tolist(), models, strict=True))


def predicted_out_of_fold(
    models: Mapping[int, FoldModel],
    matrix: np.ndarray,
    folds: np.ndarray,
    task: Task,
    learner: str,
) -> OutOfFold:
    """What models that were fitted without a fold predict of the rows of that fold.

    Parameters
    ----------
    models : mapping of int to FoldModel
        As `fold_models` returns them.
    matrix, folds, task, learner
        As `fold_models` takes them.

    Returns
    -------
    OutOfFold
    """
    import numpy as np

    def told(outside: np.ndarray) -> np.ndarray:
        return models[int(folds[outside][0])].predicted(matrix[outside])

    parts = of_each_fold(folds, learner, told)
    found = np.empty((len(folds), parts[0].shape[1]))
    for fold, part in zip(models, parts, strict=True):
        found[folds == fold] = part
    if task == "regression":
        return OutOfFold(learner, found[:, 0], None)
    return OutOfFold(learner, found.argmax(axis=1), found)


def out_of_fold(
    matrix: np.ndarray,
    values: np.ndarray,
    folds: np.ndarray,
    task: Task,
    learner: str,
    categorical: np.ndarray,
) -> OutOfFold:
    """The predictions of one reference learner for each row, made without the row's fold.

    The parameters and the cost are those of `fold_models`.
    """
    models = fold_models(matrix, values, folds, task, learner, categorical)
    return predicted_out_of_fold(models, matrix, folds, task, learner)


def predictions_of(
    fitted: tuple[np.ndarray, np.ndarray],
    others: np.ndarray,
    task: Task,
    learner: str,
    categorical: np.ndarray,
) -> np.ndarray:
    """What a reference learner that was fitted on some rows predicts of others.

    Parameters
    ----------
    fitted : tuple of numpy.ndarray of shape (n_rows, n_columns) and (n_rows,)
        The matrix and the values, as `fold_models` takes them.
    others : numpy.ndarray of shape (n_others, n_columns), dtype float64
        The rows to predict.
    task, learner, categorical
        As `fold_models` takes them.

    Returns
    -------
    numpy.ndarray of shape (n_others, n_classes), or (n_others,) for a regression, float64
    """
    matrix, values = fitted
    classes = int(values.max()) + 1 if task == "classification" else 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = fold_model(matrix, values, learner, categorical, classes)
        found = model.predicted(others)
    return found if classes else found[:, 0]


def gains(predicted: np.ndarray, values: np.ndarray, task: Task) -> np.ndarray:
    """What each row adds to the skill of its predictions; the skill is the mean.

    Parameters
    ----------
    predicted, values : numpy.ndarray of shape (n_rows,)
        Out-of-fold predictions, and the truth.
    task : {"classification", "regression"}
        What was predicted.

    Returns
    -------
    numpy.ndarray of shape (n_rows,), dtype float64
        Their mean is 1 for perfect predictions and 0 for the best constant one: for classes
        ``(accuracy - majority) / (1 - majority)``, for numbers R squared. Unlike a score in
        percent it does not depend on how unequal the classes are.
    """
    import numpy as np

    if task == "classification":
        majority = np.bincount(values).max() / len(values)
        return np.asarray(((predicted == values) - majority) / max(1 - majority, 1e-12))
    spread = float(np.var(values))
    return np.asarray(1 - (values - predicted) ** 2 / max(spread, 1e-300))
