"""The group that each row belongs to, where a column names groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.artefacts import Table
from mldebug.checker import Unavailable, derived
from mldebug.columns import codes, is_coded, numbers

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column


@derived(per_table=True)
def members(table: Table, groups: str) -> np.ndarray:
    """The number of each row's group; rows without one are alone.

    Returns
    -------
    numpy.ndarray of shape (n_rows,), dtype int64
        From 0 on, none left out.

    Notes
    -----
    A checker that takes them with ``None`` as default treats rows as independent without them.
    """
    import numpy as np

    if groups not in table:
        raise Unavailable(f"{table.role} has no column {groups!r}")
    column = table[groups]
    values = codes(column.data).astype(np.float64) if is_coded(column) else numbers(column.data)
    gaps = values == -1 if is_coded(column) else np.isnan(values)
    found = np.unique(values, return_inverse=True)[1].astype(np.int64)
    alone = found.max(initial=0) + 1 + np.arange(len(found))
    return np.asarray(np.unique(np.where(gaps, alone, found), return_inverse=True)[1])


def of_rows(members: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    """The groups of some rows, numbered anew from 0 on, none left out; None if there are none."""
    import numpy as np

    if members is None:
        return None
    return np.asarray(np.unique(members[rows], return_inverse=True)[1])


def groups_of_values(column: Column, values: np.ndarray, members: np.ndarray) -> np.ndarray:
    """In how many groups each of the values of a column of numbers occurs.

    Parameters
    ----------
    column : Column
        Of numbers.
    values : numpy.ndarray of shape (k,), dtype float64
        Its distinct finite values, increasing.
    members : numpy.ndarray of shape (n_rows,), dtype int64
        The group of each row.

    Returns
    -------
    numpy.ndarray of shape (k,), dtype int64
        O(n log n).
    """
    import numpy as np

    cells, k = numbers(column.data), int(members.max(initial=0)) + 1
    there = np.isfinite(cells)
    pairs = np.unique(np.searchsorted(values, cells[there]) * k + members[there])
    return np.bincount(pairs // k, minlength=len(values))
