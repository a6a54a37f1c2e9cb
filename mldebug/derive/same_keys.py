"""The rows of train and eval that have the same key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Column, Kind, Table, TimeColumn
from mldebug.checker import Unavailable, derived
from mldebug.columns import codes, integers, is_coded, levels, numbers, strings

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class SameKeys:
    """The pairs of rows with one key.

    Parameters
    ----------
    train_rows, eval_rows : numpy.ndarray of shape (n_pairs,), dtype int64
        The rows that go together, in the order of eval.
    repeated : int
        Keys of both tables that were left out because one of them has several rows of theirs.
    """

    train_rows: np.ndarray
    eval_rows: np.ndarray
    repeated: int


@derived()
def same_keys(
    train: Table, eval: Table, identifier: str, time: TimeColumn | None = None
) -> SameKeys:
    """The rows of train and eval whose key occurs once in either table, and in both.

    With a time column, rows of one key and different moments speak of different events and are left
    out. O(n log n).
    """
    import numpy as np

    for table in (train, eval):
        if identifier not in table:
            raise Unavailable(f"the {table.role} table has no column {identifier!r}")
    mine, theirs = paired_codes(train[identifier], eval[identifier])
    ours, others = (_single(one) for one in (mine, theirs))
    shared = np.intersect1d(mine[mine >= 0], theirs[theirs >= 0])
    _, first, second = np.intersect1d(mine[ours], theirs[others], return_indices=True)
    rows, matches = ours[first], others[second]
    repeated = len(shared) - len(rows)
    if not len(rows):
        raise Unavailable(
            f"every value of {identifier!r} that train and eval share repeats within one of them"
            if len(shared)
            else f"train and eval share no value of {identifier!r}"
        )
    if time is not None and time.name in train and time.name in eval:
        when, then = paired_codes(train[time.name], eval[time.name])
        alike = when[rows] == then[matches]
        rows, matches = rows[alike], matches[alike]
        if not len(rows):
            raise Unavailable(f"no value of {identifier!r} has one {time.name!r} in train and eval")
    order = np.argsort(matches, kind="stable")
    return SameKeys(rows[order], matches[order], repeated)


def paired_codes(mine: Column, theirs: Column) -> tuple[np.ndarray, np.ndarray]:
    """Two columns as int64 codes that are equal where the values are, shape (n,) and (m,).

    Missing values are -1. Columns of different kinds have no value in common.
    """
    import numpy as np

    if is_coded(mine) != is_coded(theirs):
        return _codes(mine), np.where(_codes(theirs) < 0, -1, -2)
    if is_coded(mine):
        return _coded(mine, theirs)
    values, others = _values(mine), _values(theirs)
    both = np.concatenate([values[0], others[0]])
    found = np.unique(both, return_inverse=True)[1].astype(np.int64)
    found[np.concatenate([values[1], others[1]])] = -1
    return found[: len(values[0])], found[len(values[0]) :]


def _coded(mine: Column, theirs: Column) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np
    import pyarrow.compute as pc

    words, others = levels(mine.data), levels(theirs.data)
    found = pc.index_in(strings(others), value_set=strings(words)).to_pylist() if words else []
    known = found or [None] * len(others)
    after = iter(range(len(words), len(words) + len(others)))
    place = [next(after) if code is None else code for code in known]
    translated = np.array([*place, -1], dtype=np.int64)
    return _codes(mine), translated[codes(theirs.data)]


def _codes(column: Column) -> np.ndarray:
    import numpy as np

    if is_coded(column):
        return codes(column.data).astype(np.int64)
    values, missing = _values(column)
    return np.where(missing, -1, np.arange(len(values)))


def _values(column: Column) -> tuple[np.ndarray, np.ndarray]:
    """The values, whole numbers as such, and where they are missing."""
    import numpy as np
    import pyarrow as pa

    if column.kind is Kind.DATE or pa.types.is_integer(column.data.type):
        values, missing = integers(column.data)
        return values, np.zeros(len(values), bool) if missing is None else missing
    found = numbers(column.data)
    return found, np.isnan(found)


def _single(found: np.ndarray) -> np.ndarray:
    """The rows whose code no other row has."""
    import numpy as np

    values, first, counts = np.unique(found, return_index=True, return_counts=True)
    return np.sort(first[(counts == 1) & (values >= 0)])
