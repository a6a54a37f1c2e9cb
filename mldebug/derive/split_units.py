"""What counts as one in a comparison of train and eval where their rows are not independent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, TimeColumn
from mldebug.checker import Unavailable, derived
from mldebug.columns import is_coded, numbers

if TYPE_CHECKING:
    import numpy as np

STRETCHES = 10
"""Stretches of time of the smaller table, at most one more."""
FEWEST_ROWS = 3
"""Of a stretch; of small tables there are fewer stretches."""
APART = 0.95
"""Eval is later than train, or earlier, if so many of its rows are."""

COUNTED = (
    "Where a column names groups, or a time by which eval is later or earlier than train, rows count "
    "as many as independent ones that would tell as much; of a time by stretches of rows, "
    f"{STRETCHES} in the smaller table."
)
"""What a quantity's meaning says of these units."""


@dataclass(frozen=True, slots=True)
class SplitUnits:
    """The units of both tables: groups, or stretches of time.

    Parameters
    ----------
    train, eval : numpy.ndarray of shape (n_rows,), dtype int64
        The unit of each row, from 0 on.
    alike : bool
        Whether a unit is as long in either table, so that what units of one tell of a column's
        course holds of the other's.
    """

    train: np.ndarray
    eval: np.ndarray
    alike: bool


@derived()
def split_units(
    train: Table,
    eval: Table,
    time: TimeColumn | None = None,
    train_members: np.ndarray | None = None,
    eval_members: np.ndarray | None = None,
) -> SplitUnits:
    """The groups that are named; else, where eval is later or earlier than train, stretches of time.

    Notes
    -----
    What follows each other is alike in a series, so that two parts of one differ more by chance
    than as many independent rows. Ten stretches of the smaller table, and as long ones of the other,
    are long beside what lasts for a while only; what lasts longer is a drift. O(n log n).
    """
    if train_members is not None and eval_members is not None:
        return SplitUnits(train_members, eval_members, alike=False)
    if time is None or time.name not in eval or train[time.name].kind is not eval[time.name].kind:
        raise Unavailable("nothing says which rows belong together", ("--groups", "--time"))
    if is_coded(train[time.name]):
        raise Unavailable(f"{time.name!r} holds text, which gives no order in time")
    mine, theirs = (numbers(one[time.name].data) for one in (train, eval))
    if not _apart(mine, theirs):
        raise Unavailable("eval is not later than train, nor earlier")
    smaller = min(len(mine), len(theirs))
    if smaller < 2 * FEWEST_ROWS:
        raise Unavailable("there are too few rows for stretches of time")
    length = max(smaller // STRETCHES, FEWEST_ROWS)
    return SplitUnits(_stretches(mine, length), _stretches(theirs, length), alike=True)


def _apart(mine: np.ndarray, theirs: np.ndarray) -> bool:
    import numpy as np

    mine, theirs = mine[np.isfinite(mine)], theirs[np.isfinite(theirs)]
    if not len(mine) or not len(theirs):
        return False
    later, earlier = np.mean(theirs >= mine.max()), np.mean(theirs <= mine.min())
    return bool(max(later, earlier) >= APART)


def _stretches(moments: np.ndarray, length: int) -> np.ndarray:
    """So many rows each in the order of time, the last ones a few more; the undated come last."""
    import numpy as np

    found = np.empty(len(moments), dtype=np.int64)
    order = np.argsort(moments, kind="stable")
    found[order] = np.minimum(np.arange(len(moments)) // length, max(len(moments) // length - 1, 0))
    return found
