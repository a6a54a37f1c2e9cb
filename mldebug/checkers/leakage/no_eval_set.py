"""Whether anything is held out at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, Target, Validation
from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.fingerprints import Fingerprints

FEWEST = 2
UNHELD_SHARE = Quantity(
    name="leakage.unheld_share",
    unit="share of eval rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "1 where the evaluation table holds just the rows of the training table, in any order, or "
        "where there is neither an evaluation table nor a cross-validation; else 0."
    ),
    source="Kapoor & Narayanan 2023, kind L1.1",
    details={
        "held": "'nothing', 'train' or 'rows': what is held out",
        "told": "the same in words",
        "target": "what is predicted",
    },
)
WORDS = {
    "nothing": "No rows are held out to evaluate on, and no cross-validation is given",
    "train": "The evaluation table holds just the rows of the training table",
    "rows": "Other rows than those of train are held out",
}


@checker(UNHELD_SHARE)
def no_eval_set(
    train: Table,
    target: Target,
    eval: Table | None = None,
    cv: Validation | None = None,
    train_fingerprints: Fingerprints | None = None,
    eval_fingerprints: Fingerprints | None = None,
) -> Iterator[Measurement]:
    """Whether eval is missing, or is train once more."""
    import numpy as np

    held = "rows"
    if eval is None:
        held = "nothing" if cv is None else "rows"
    elif train_fingerprints is not None and eval_fingerprints is not None:
        mine, theirs = train_fingerprints, eval_fingerprints
        alike = mine.columns == theirs.columns and train.n_rows == eval.n_rows >= FEWEST
        if alike and np.array_equal(np.sort(mine.features), np.sort(theirs.features)):
            held = "train"
    yield Measurement(
        quantity=UNHELD_SHARE.name,
        subject=Subject(),
        value=float(held != "rows"),
        n=train.n_rows if eval is None else eval.n_rows,
        details={"held": held, "told": WORDS[held], "target": target.name},
    )
