"""Targets that cannot be learned from as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, Target
from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.labels import Labels

UNUSABLE_SHARE = Quantity(
    name="labels.unusable_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of rows on which the target cannot be used as it stands: rows where it is "
        "missing or infinite; all rows if it has one value only, if it holds classes as decimal "
        "numbers, or if a feature holds the same values, even with yes spelt true, y, on or 1; "
        "evaluation rows of a class that train lacks."
    ),
    details={
        "fault": "none, missing, infinite, constant, decimal, copied or unexpected",
        "what": "the fault in words, after the column's name",
    },
)
MOST_CLASSES_NAMED = 5


@checker(UNUSABLE_SHARE)
def unusable_target(
    train: Table,
    target: Target,
    train_labels: Labels,
    target_copies: tuple[str, ...],
    eval_labels: Labels | None = None,
) -> Iterator[Measurement]:
    """What is wrong with the target itself, with features that copy it, and with eval's classes."""
    share, fault, what = _own_fault(train, target, train_labels)
    yield _told(Subject(column=target.name), share, train.n_rows, fault, what)
    if fault != "constant":
        for copy in target_copies:
            words = f"{target.name} stands among the features too, as {copy}"
            yield _told(Subject(column=copy), 1.0, train.n_rows, "copied", words)
    if eval_labels is not None and target.task == "classification":
        yield _unexpected(target, eval_labels)


def _told(subject: Subject, share: float, n: int, fault: str, what: str) -> Measurement:
    details = {"fault": fault, "what": what}
    return Measurement(UNUSABLE_SHARE.name, subject, share, n, details=details)


def _own_fault(train: Table, target: Target, labels: Labels) -> tuple[float, str, str]:
    import numpy as np

    name, storage = target.name, train[target.name].storage
    n, present = train.n_rows, labels.values[labels.present]
    infinite = int(np.isinf(labels.values).sum())
    missing = n - len(present) - infinite
    counts = {"missing": missing, "infinite": infinite}
    gaps = " and ".join(f"{what} in {count:,}" for what, count in counts.items() if count)
    a_value = "finite value" if infinite else "value"
    if not len(present):
        told = f" (it is {gaps} of {n:,})" if infinite else ""
        return 1.0, "constant", f"{name} has no {a_value} in any row{told}"
    if np.all(present == present[0]):
        value = labels.classes[int(present[0])] if labels.classes else f"{float(present[0]):.12g}"
        where = f"every row that has a {a_value} (it is {gaps} of {n:,})" if gaps else "every row"
        return 1.0, "constant", f"{name} is {value} in {where}, so there is nothing to learn"
    if gaps:
        words = f"{name} is {gaps} of {n:,} rows"
        return (n - len(present)) / n, "infinite" if infinite else "missing", words
    if target.task == "classification" and storage.startswith(("float", "double", "half")):
        return 1.0, "decimal", f"{name} holds classes, but is stored as decimal numbers ({storage})"
    return 0.0, "none", f"{name} can be used as it stands"


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
