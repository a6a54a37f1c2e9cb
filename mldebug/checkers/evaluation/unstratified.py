"""Folds in which the classes have other shares than in the whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Target, Validation
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.labels import Labels

ROUNDING = 1.0
MOST_FOLDS = 100
FOLD_IMBALANCE = Quantity(
    name="evaluation.fold_imbalance",
    unit="share of the class's due rows",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The largest gap, over folds and classes, between the rows of a class in a fold and the rows "
        "that are its due by the class's share, as a share of the due. A gap of one row is rounding; "
        "folds that each hold one row, and folds of groups or of time, are not compared."
    ),
    details={
        "class": "the class with the largest gap",
        "rows": "its rows in that fold",
        "due": "the rows that would be its due",
        "fold": "the number of the fold, from 1",
        "source": "how train is cross-validated",
    },
)


@checker(FOLD_IMBALANCE)
def unstratified(
    target: Target, train_labels: Labels, cv: Validation, cv_folds: np.ndarray
) -> Iterator[Measurement]:
    """The largest gap between a class's rows in a fold and its due."""
    import numpy as np

    if target.task != "classification":
        raise Unavailable("the target is a number, which has no classes")
    if cv.scheme in ("groups", "time"):
        raise Unavailable(f"folds of {cv.scheme} cannot hold every class to its share")
    kept = train_labels.present & (cv_folds >= 0)
    folds, classes = cv_folds[kept], train_labels.values[kept]
    n_folds, known = int(folds.max(initial=-1)) + 1, len(target.classes)
    if n_folds < 2 or n_folds > MOST_FOLDS:
        raise Unavailable("there are no folds of several rows to compare")
    table = np.bincount(folds * known + classes, minlength=n_folds * known).reshape(n_folds, known)
    due = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    gaps = np.maximum(np.abs(table - due) - ROUNDING, 0) / np.maximum(due, 1e-12)
    fold, one = (int(place) for place in np.unravel_index(gaps.argmax(), gaps.shape))
    yield Measurement(
        quantity=FOLD_IMBALANCE.name,
        subject=Subject(column=target.name),
        value=float(gaps[fold, one]),
        n=int(table.sum()),
        details={
            "class": target.classes[one],
            "rows": int(table[fold, one]),
            "due": float(due[fold, one]),
            "fold": fold + 1,
            "source": cv.source,
        },
    )
