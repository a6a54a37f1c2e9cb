"""Targets that cannot be learned from as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, Target
from mldebug.checker import checker
from mldebug.columns import codes, is_coded, levels, numbers
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.artefacts import Column
    from mldebug.derive.labels import Labels

UNUSABLE_SHARE = Quantity(
    name="labels.unusable_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of rows on which the target cannot be used as it stands: rows where it is "
        "missing; all rows if it has one value only, if it holds classes as decimal numbers, or if "
        "a feature holds the same values; evaluation rows of a class that train lacks."
    ),
    details={
        "fault": "none, missing, constant, decimal, copied or unexpected",
        "what": "the fault in words, after the column's name",
    },
)
MOST_CLASSES_NAMED = 5
SLICE = 4_096
"""Rows compared at a time: most columns differ from the target in the first slice."""


@checker(UNUSABLE_SHARE)
def unusable_target(
    train: Table, target: Target, train_labels: Labels, eval_labels: Labels | None = None
) -> Iterator[Measurement]:
    """What is wrong with the target itself, with features that copy it, and with eval's classes."""
    share, fault, what = _own_fault(train, target, train_labels)
    yield _told(Subject(column=target.name), share, train.n_rows, fault, what)
    if fault != "constant":
        for column in train.columns:
            if column.name != target.name and _same(column, train[target.name]):
                words = f"{target.name} stands among the features too, as {column.name}"
                yield _told(Subject(column=column.name), 1.0, train.n_rows, "copied", words)
    if eval_labels is not None and target.task == "classification":
        yield _unexpected(target, eval_labels)


def _told(subject: Subject, share: float, n: int, fault: str, what: str) -> Measurement:
    details = {"fault": fault, "what": what}
    return Measurement(UNUSABLE_SHARE.name, subject, share, n, details=details)


def _own_fault(train: Table, target: Target, labels: Labels) -> tuple[float, str, str]:
    import numpy as np

    name, storage = target.name, train[target.name].storage
    present = labels.values[labels.present]
    missing = train.n_rows - len(present)
    if not len(present):
        return 1.0, "constant", f"{name} has no value in any row"
    if np.all(present == present[0]):
        value = labels.classes[int(present[0])] if labels.classes else f"{float(present[0]):g}"
        return 1.0, "constant", f"{name} is {value} in every row, so there is nothing to learn"
    if missing:
        words = f"{name} is missing in {missing:,} of {train.n_rows:,} rows"
        return missing / train.n_rows, "missing", words
    if target.task == "classification" and storage.startswith(("float", "double", "half")):
        return 1.0, "decimal", f"{name} holds classes, but is stored as decimal numbers ({storage})"
    return 0.0, "none", f"{name} can be used as it stands"


def _same(column: Column, target: Column) -> bool:
    """Whether a feature has the target's value in every row."""
    import numpy as np
    from pyarrow import compute as pc

    if is_coded(target):
        if len(column.data) == 0 or column.data.null_count != target.data.null_count:
            return False
        words = dict(enumerate(levels(target.data)))
        own = dict(enumerate(levels(column.data))) if is_coded(column) else {}
        for start in range(0, len(target.data), SLICE):
            wanted = [words.get(int(code)) for code in codes(target.data.slice(start, SLICE))]
            cells = column.data.slice(start, SLICE)
            if is_coded(column):
                there = [own.get(int(code)) for code in codes(cells)]
            elif str(column.kind) == "boolean":
                there = pc.if_else(cells, "True", "False").to_pylist()  # as classes are spelt
            else:
                there = cells.cast("string").to_pylist()
            if wanted != there:
                return False
        return True
    if is_coded(column) or str(column.kind) not in ("number", "boolean", "date"):
        return False
    return bool(np.array_equal(numbers(column.data), numbers(target.data), equal_nan=True))


def _unexpected(target: Target, labels: Labels) -> Measurement:
    known = len(target.classes)
    where = labels.values >= known
    subject = Subject(table="eval", column=target.name)
    if not where.any():
        return _told(
            subject, 0.0, len(where), "none", f"eval has no class of {target.name} of its own"
        )
    names = list(labels.classes[known:])
    shown = ", ".join(names[:MOST_CLASSES_NAMED]) + (
        " …" if len(names) > MOST_CLASSES_NAMED else ""
    )
    rows = int(where.sum())
    words = f"{target.name} has classes in {rows:,} eval rows that train lacks: {shown}"
    return _told(subject, rows / len(where), len(where), "unexpected", words)
