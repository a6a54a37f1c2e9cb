"""Classes with too few rows to learn from, to cross-validate, or to be scored on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.labels import Labels

FEWEST = 10
MOST_CLASSES = 100
"""Of more classes those with the fewest rows are told."""
ROWS_SHORT = Quantity(
    name="data.class_rows_short",
    unit="rows",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        f"How many rows a class is short of {FEWEST} in train, or of one in each fold of the "
        f"cross-validation, or of {FEWEST} in eval: of these the gravest. A class of train that "
        "eval lacks is short of all."
    ),
    details={
        "rows": "the rows that the class has there",
        "where": "'train', 'fold' or 'eval': what the class is short in",
        "place": "the same in words",
        "needed": "the rows that it should have at least",
    },
)
PLACES = {"train": "the training rows", "fold": "a fold", "eval": "the evaluation rows"}


@checker(ROWS_SHORT)
def rare_class(
    target: Target,
    train_labels: Labels,
    eval_labels: Labels | None = None,
    cv_folds: np.ndarray | None = None,
) -> Iterator[Measurement]:
    """How many rows each class lacks, one measurement a class."""
    import numpy as np

    if target.task != "classification":
        raise Unavailable("the target is a number, which has no classes")
    known = len(target.classes)
    counts = np.bincount(train_labels.values[train_labels.present], minlength=known)[:known]
    found = [("train", counts)]
    if cv_folds is not None:
        held = [
            np.bincount(
                train_labels.values[(cv_folds == fold) & train_labels.present], minlength=known
            )
            for fold in np.unique(cv_folds[cv_folds >= 0])
        ]
        if len(held) <= counts.sum() / FEWEST:  # each row its own fold says nothing of a class
            found.append(("fold", np.min(held, axis=0)[:known]))
    if eval_labels is not None and eval_labels.present.any():
        found.append(
            ("eval", np.bincount(eval_labels.values[eval_labels.present], minlength=known)[:known])
        )
    fewest = np.argsort(np.min([there for _, there in found], axis=0), kind="stable")
    for place in np.sort(fewest[:MOST_CLASSES]).tolist():
        rows = {where: int(there[place]) for where, there in found}
        yield _measured(target.classes[place], rows, int(counts.sum()))


def _measured(name: str, rows: dict[str, int], n: int) -> Measurement:
    """The gravest shortage of one class: in eval before in a fold before in train."""
    needed = {"train": FEWEST, "fold": 1, "eval": FEWEST}
    short = {where: max(needed[where] - count, 0) for where, count in rows.items()}
    where = next((one for one in ("eval", "fold", "train") if short.get(one)), "train")
    return Measurement(
        quantity=ROWS_SHORT.name,
        subject=Subject({"class": name}),
        value=float(short[where]),
        n=n,
        details={
            "rows": rows[where],
            "where": where,
            "place": PLACES[where],
            "needed": needed[where],
        },
    )
