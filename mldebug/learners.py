"""The reference learners: what a sound model of the table would predict, out of fold."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.executors import threaded

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Task

ITERATIONS = 100
TREES_IN_ALL = 300
"""Boosting fits one tree a class and iteration; with many classes there are fewer iterations."""
WIDE, BINS_OF_WIDE = 50, 63
"""Of more columns than this the time goes into the search over bins, not into the rows."""
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


def out_of_fold(
    matrix: np.ndarray,
    values: np.ndarray,
    folds: np.ndarray,
    task: Task,
    learner: str,
    categorical: np.ndarray,
) -> OutOfFold:
    """The predictions of one reference learner for each row, made without the row's fold.

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
    OutOfFold

    Notes
    -----
    One fit a fold, those of boosting in several threads: O(n d) an iteration; linear O(n d^2).
    """
    import numpy as np

    classes = int(values.max()) + 1 if task == "classification" else 0
    held_out = [folds == fold for fold in np.unique(folds)]

    def told(outside: np.ndarray) -> np.ndarray:
        return _predicted(matrix, values, outside, learner, categorical, classes)

    # The learners warn by way of a process-wide list, which threads may not change one by one.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # The linear model's own steps hand their settings on by way of the thread they began in.
        parts = threaded(told, held_out) if learner == "boosting" else list(map(told, held_out))
    if not classes:
        predicted = np.empty(len(values))
        for outside, part in zip(held_out, parts, strict=True):
            predicted[outside] = part
        return OutOfFold(learner, predicted, None)
    probabilities = np.empty((len(values), classes))
    for outside, part in zip(held_out, parts, strict=True):
        probabilities[outside] = part
    return OutOfFold(learner, probabilities.argmax(axis=1), probabilities)


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
        The matrix and the values, as `out_of_fold` takes them.
    others : numpy.ndarray of shape (n_others, n_columns), dtype float64
        The rows to predict.
    task, learner, categorical
        As `out_of_fold` takes them.

    Returns
    -------
    numpy.ndarray of shape (n_others, n_classes), or (n_others,) for a regression, float64
    """
    import numpy as np

    matrix, values = fitted
    outside = np.arange(len(matrix) + len(others)) >= len(matrix)
    filled = np.concatenate([values, np.zeros(len(others), values.dtype)])
    classes = int(values.max()) + 1 if task == "classification" else 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _predicted(
            np.concatenate([matrix, others]), filled, outside, learner, categorical, classes
        )


def _predicted(
    matrix: np.ndarray,
    values: np.ndarray,
    outside: np.ndarray,
    learner: str,
    categorical: np.ndarray,
    classes: int,
) -> np.ndarray:
    """The class probabilities, or the numbers, of the rows outside, of a model of the others."""
    import numpy as np
    from threadpoolctl import threadpool_limits

    inside = ~outside
    seen = values[inside]
    # A column that is empty in these rows tells nothing, and the learners refuse it.
    told = ~np.isnan(matrix[inside]).all(axis=0)
    there = np.unique(seen) if classes else seen
    if not told.any() or (classes and len(there) < 2):
        constant = np.bincount(seen, minlength=classes) / len(seen) if classes else seen.mean()
        return np.full((outside.sum(), *np.shape(constant)), constant)
    task: Task = "classification" if classes else "regression"
    model = model_of(task, learner, len(there), int(inside.sum()), categorical[told])
    # One thread: on tables of this size, threads that wait for each other cost more than they
    # give, the more so on a machine that has other work.
    with threadpool_limits(1):
        model.fit(matrix[inside][:, told], seen)
        if not classes:
            return np.asarray(model.predict(matrix[outside][:, told]))
        found = np.zeros((int(outside.sum()), classes))
        found[:, there] = model.predict_proba(matrix[outside][:, told])
    return found


def model_of(task: Task, learner: str, classes: int, n_rows: int, categorical: np.ndarray) -> Any:
    """The unfitted estimator of a reference learner, for so many classes and rows to fit it on."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    if learner == "linear":
        return _linear(task, categorical)
    options: dict[str, Any] = {
        "max_iter": ITERATIONS if classes <= 2 else max(TREES_IN_ALL // classes, 20),
        "min_samples_leaf": 20 if n_rows >= 400 else 5,
        "max_leaf_nodes": 15,
        "max_bins": 255 if len(categorical) <= WIDE else BINS_OF_WIDE,
        "early_stopping": False,
        "random_state": 0,
    }
    if task == "classification":
        return HistGradientBoostingClassifier(**options)
    return HistGradientBoostingRegressor(**options)


def _linear(task: Task, categorical: np.ndarray) -> Any:
    import numpy as np
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, QuantileTransformer

    scaled = make_pipeline(
        QuantileTransformer(n_quantiles=100, output_distribution="normal", random_state=0),
        SimpleImputer(strategy="median"),
    )
    encoded = OneHotEncoder(handle_unknown="ignore", min_frequency=10, max_categories=50)
    columns = ColumnTransformer(
        [
            ("numbers", scaled, np.flatnonzero(~categorical)),
            ("categories", encoded, np.flatnonzero(categorical)),
        ]
    )
    last = LogisticRegression(max_iter=200) if task == "classification" else Ridge()
    return make_pipeline(columns, last)


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
