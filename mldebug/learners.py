"""The reference learners: what a sound model of the table would predict, out of fold."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Task

ITERATIONS = 100
TREES_IN_ALL = 300
"""Boosting fits one tree a class and iteration; with many classes there are fewer iterations."""
LEARNERS = ("boosting", "linear")


def out_of_fold(
    matrix: np.ndarray,
    values: np.ndarray,
    folds: np.ndarray,
    task: Task,
    learner: str,
    categorical: np.ndarray,
) -> np.ndarray:
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
    numpy.ndarray of shape (n_rows,)
        Class codes or numbers.

    Notes
    -----
    One fit a fold: boosting O(n d) an iteration, linear O(n d^2).
    """
    import numpy as np
    from threadpoolctl import threadpool_limits

    predicted = np.empty(len(values), dtype=np.int64 if task == "classification" else np.float64)
    for fold in np.unique(folds):
        inside, outside = folds != fold, folds == fold
        seen = values[inside]
        if task == "classification" and len(np.unique(seen)) < 2:
            predicted[outside] = seen[0]
            continue
        # A column that is empty in these rows tells nothing, and the learners refuse it.
        told = ~np.isnan(matrix[inside]).all(axis=0)
        if not told.any():
            constant = np.bincount(seen).argmax() if task == "classification" else seen.mean()
            predicted[outside] = constant
            continue
        model = _model(task, learner, len(np.unique(seen)), inside.sum(), categorical[told])
        # One thread: on tables of this size, threads that wait for each other cost more than they
        # give, the more so on a machine that has other work.
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(matrix[inside][:, told], seen)
            predicted[outside] = model.predict(matrix[outside][:, told])
    return predicted


def _model(task: Task, learner: str, classes: int, n_rows: int, categorical: np.ndarray) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    if learner == "linear":
        return _linear(task, categorical)
    options: dict[str, Any] = {
        "max_iter": ITERATIONS if classes <= 2 else max(TREES_IN_ALL // classes, 20),
        "min_samples_leaf": 20 if n_rows >= 400 else 5,
        "max_leaf_nodes": 15,
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
