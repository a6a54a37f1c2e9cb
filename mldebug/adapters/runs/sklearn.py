"""The curves that scikit-learn's estimators keep, from a JSON file of them or from the estimator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mldebug.adapters.runs.documents import head_of, json_at, name_of
from mldebug.adapters.runs.logged import Logged, Points
from mldebug.errors import InputError

RANK = 30
CURVES: Mapping[str, str] = {
    "loss_curve_": "train loss",
    "validation_scores_": "validation score",
    "train_score_": "train score",
    "validation_score_": "validation score",
    "staged_train_scores": "train score",
    "staged_validation_scores": "validation score",
    "staged_test_scores": "test score",
    "oob_scores_": "validation deviance",
}
"""What scikit-learn keeps, and the name that says what it is."""
KEY = re.compile(
    rb'"(?:loss_curve_|(?:validation|train|oob)_scores?_|staged_\w{1,20}_scores)"\s*:\s*\['
)


def recognises(path: Path) -> bool:
    """Whether it is a JSON object with an attribute of a fitted estimator, such as loss_curve_."""
    head = head_of(path) if path.suffix == ".json" else b""
    return head.lstrip().startswith(b"{") and KEY.search(head) is not None


def logged(path: Path) -> Iterator[Logged]:
    """The one run of the file; what is no curve is its configuration."""
    held = json_at(path)
    points = curves(held)
    if not points:
        raise InputError(f"--run: {path} holds no curve with a value, such as loss_curve_")
    config = {
        key: value for key, value in held.items() if key not in CURVES and key != "params"
    } | (held["params"] if isinstance(held.get("params"), Mapping) else {})
    yield Logged(name_of(path), str(path), "scikit-learn", points, config)


def curves(held: Mapping[str, Any]) -> tuple[Points, ...]:
    """The series among the attributes of a fitted estimator.

    ``train_score_`` beside ``validation_score_`` is a score of which more is better; alone, as
    gradient boosting keeps it, it is the loss in training.
    """
    import numpy as np

    made = []
    for key, like in CURVES.items():
        if held.get(key) is None:
            continue
        try:
            values = np.asarray(held[key], dtype=np.float64)
        except (TypeError, ValueError):
            continue
        if values.ndim != 1 or not len(values):
            continue
        is_loss = key == "train_score_" and "validation_score_" not in held
        made.append(Points(key, values, like="train deviance" if is_loss else like))
    return tuple(made)
