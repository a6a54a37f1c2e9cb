"""Values of number and date columns on which rows pile up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table
from mldebug.checker import derived
from mldebug.columns import is_coded, numbers
from mldebug.derive.members import groups_of_values
from mldebug.executors import threaded

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.stats.atoms import Atom, Pile


@dataclass(frozen=True, slots=True)
class Atoms:
    """What one column of numbers or dates piles up on.

    Parameters
    ----------
    n_present : int
        Cells that are finite; where groups are named, the cells of a group that are equal are one.
    stand_ins : tuple of Atom
        Values that stand for missing ones, see `mldebug.stats.atoms.stand_ins`; none of a date.
    pile : Pile or None
        Of a number, the end on which more of these pile up, once the stand-ins are left out.
    """

    n_present: int
    stand_ins: tuple[Atom, ...]
    pile: Pile | None


@derived(per_table=True)
def atoms(table: Table, table_members: np.ndarray | None = None) -> Mapping[str, Atoms]:
    """The atoms of each column of numbers, by its name.

    Notes
    -----
    A number that describes a person is in all of that person's rows, and no heap for that.
    Each column is sorted once: O(n log n), and memory for one column a thread.
    """
    columns = [column for column in table.of_kind(Kind.NUMBER) if not is_coded(column)]
    found = threaded(partial(_found, members=table_members), columns)
    return {column.name: one for column, one in zip(columns, found, strict=True)}


def _found(column: Column, members: np.ndarray | None) -> Atoms:
    import numpy as np

    from mldebug.stats.atoms import pile_at_an_end, stand_ins

    values, rows = distinct_values(column)
    counts = rows if members is None else groups_of_values(column, values, members)
    # Distances between numbers near the ends of the range of floats are infinite.
    with np.errstate(over="ignore", invalid="ignore"):
        outside = [
            replace(one, count=int(rows[np.searchsorted(values, one.value)]))
            for one in stand_ins(values, counts)
        ]
        kept = ~np.isin(values, [one.value for one in outside])
        pile = pile_at_an_end(values[kept], counts[kept])
    return Atoms(int(counts.sum()), tuple(outside), pile)


def distinct_values(column: Column) -> tuple[np.ndarray, np.ndarray]:
    """The distinct finite values of a column of numbers, increasing, and how often each occurs."""
    import numpy as np

    values = numbers(column.data)
    found, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    return found, counts


CALENDAR_ENDS = (
    "0001-01-01",
    "1753-01-01",
    "1899-12-30",
    "1899-12-31",
    "1900-01-01",
    "9999-12-31",
)
"""The first and last days of calendars, data bases and spreadsheets."""
DAY = 86_400 * 10**6
NEAREST, APART = 20, 20
"""The nearest dates tell a spacing; this many spacings lie between the end of a calendar and them."""
FEWEST = 2
FEWEST_OTHERS = 5


def calendar_ends(column: Column) -> list[tuple[float, str, int]]:
    """The dates of a column that are the end of some calendar and lie apart from the rest.

    Returns
    -------
    list of tuple of float, str and int
        Each in microseconds since 1970, as it is written, and how many rows hold it: two or more.
    """
    import numpy as np

    values, counts = distinct_values(column)
    known = np.array([np.datetime64(day, "us").astype(np.int64) for day in CALENDAR_ENDS])
    days = np.floor(values / DAY) * DAY
    there = np.isin(days, known.astype(np.float64)) & (counts >= FEWEST)
    rest = values[~np.isin(days, known.astype(np.float64))]
    if not there.any() or len(rest) < FEWEST_OTHERS:
        return []
    last = min(NEAREST, len(rest)) - 1
    below = rest[0] - values > APART * (rest[last] - rest[0]) / last
    above = values - rest[-1] > APART * (rest[-1] - rest[-1 - last]) / last
    return [
        (float(value), str(np.datetime64(int(value), "us"))[:10], int(count))
        for value, count in zip(
            values[there & (below | above)], counts[there & (below | above)], strict=True
        )
    ]
