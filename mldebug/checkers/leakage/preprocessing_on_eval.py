"""Columns that were scaled or filled with numbers computed on train and eval together."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.columns import numbers
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.artefacts import Column
    from mldebug.derive.profile import ColumnProfile, Profile

EXACT = 1e-6
APART = 20.0
"""What train alone must miss by, in multiples of `EXACT`, so that the joint fit is no accident."""
FEWEST = 20
FILLED = 0.001
"""A value in this share of train's rows or more may be what missing cells were filled with."""
COLUMNS_FITTED = Quantity(
    name="leakage.columns_fitted_on_eval",
    unit="columns",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The columns whose mean is 0 and standard deviation 1 over train and eval together, to "
        f"{EXACT:g}, though not over train alone; and those in which a value that at least "
        f"{FILLED:.1%} of the training cells hold is the mean of all other cells of both tables, "
        "to the same precision, though not of train's."
    ),
    source="Kapoor & Narayanan 2023, kind L1.2",
    details={
        "scaled": "the columns scaled over both tables",
        "filled": "the columns filled with the mean of both tables",
        "named": "all of them in words",
    },
)


@checker(COLUMNS_FITTED)
def preprocessing_on_eval(
    train: Table,
    eval: Table,
    train_profile: Profile,
    eval_profile: Profile,
    target: Target | None = None,
) -> Iterator[Measurement]:
    """The columns that were standardised or filled over both tables. O(d), and O(n) a filled one."""
    name = target.name if target else None
    compared = [
        (column, train_profile.columns[column.name], eval_profile.columns[column.name])
        for column in train.of_kind(Kind.NUMBER)
        if column.name != name and column.name in eval and eval[column.name].kind is Kind.NUMBER
    ]
    compared = [one for one in compared if min(one[1].n_present, one[2].n_present) >= FEWEST]
    if not compared:
        raise Unavailable("train and eval share no column of numbers with enough values")
    scaled = [column.name for column, mine, theirs in compared if _is_scaled(mine, theirs)]
    filled = [
        column.name
        for column, mine, _ in compared
        if column.name not in scaled and _is_filled(column, eval[column.name], mine)
    ]
    found = scaled + filled
    yield Measurement(
        quantity=COLUMNS_FITTED.name,
        subject=Subject(columns=found) if found else Subject(),
        value=float(len(found)),
        n=train.n_rows + eval.n_rows,
        details={"scaled": scaled, "filled": filled, "named": ", ".join(found)},
    )


def _is_scaled(mine: ColumnProfile, theirs: ColumnProfile) -> bool:
    if None in (mine.mean, mine.sd, theirs.mean, theirs.sd) or mine.n_infinite + theirs.n_infinite:
        return False
    assert mine.mean is not None
    assert theirs.mean is not None
    n, m = mine.n_present, theirs.n_present
    # Values whose variance is 1 cannot lie further away than this; squares of others may overflow.
    if max(abs(mine.mean), abs(theirs.mean), float(mine.sd or 0), float(theirs.sd or 0)) > n + m:
        return False
    mean = (n * mine.mean + m * theirs.mean) / (n + m)
    squares = n * (mine.mean - mean) ** 2 + m * (theirs.mean - mean) ** 2
    squares += float(mine.sd or 0) ** 2 * (n - 1) + float(theirs.sd or 0) ** 2 * (m - 1)
    # Libraries divide by n or by n - 1.
    joint = any(abs(sqrt(squares / free) - 1) < EXACT for free in (n + m, n + m - 1))
    alone = abs(mine.mean) < APART * EXACT and abs(float(mine.sd or 0) - 1) < max(
        APART * EXACT, 1 / n
    )
    return joint and abs(mean) < EXACT and not alone


def _is_filled(column: Column, other: Column, mine: ColumnProfile) -> bool:
    import numpy as np

    if mine.mode_count < max(FILLED * mine.n_present, 3) or mine.integral or mine.n_infinite:
        return False
    x, y = (numbers(one.data) for one in (column, other))
    x, y = x[np.isfinite(x)], y[np.isfinite(y)]
    values, counts = np.unique(x, return_counts=True)
    atom = values[counts.argmax()]
    rest, theirs = x[x != atom], y[y != atom]
    if len(rest) < FEWEST or len(theirs) < FEWEST:
        return False
    with np.errstate(over="ignore", invalid="ignore"):  # of values near the largest float
        spread = float(np.std(rest))
    if not 0 < spread < np.inf:
        return False
    joint = abs(np.concatenate([rest, theirs]).mean() - atom) / spread
    return bool(joint < EXACT and abs(rest.mean() - atom) / spread > APART * EXACT)
