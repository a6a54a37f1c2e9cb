"""The estimators of the reference learners, before they are fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Task

ITERATIONS = 100
TREES_IN_ALL = 300
"""Boosting fits one tree a class and iteration; with many classes there are fewer iterations."""
WIDE, BINS_OF_WIDE = 50, 63
"""Of more columns than this the time goes into the search over bins, not into the rows."""


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
