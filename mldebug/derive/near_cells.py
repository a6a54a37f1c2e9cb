"""The cells of pairs of rows side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from mldebug.columns import codes, is_coded, levels, narrower, numbers, rounded
from mldebug.derive.near_candidates import FARTHEST, LOOKED_AT, hashed

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.near_candidates import Sides


@dataclass(frozen=True, slots=True)
class PairedCells:
    """Pairs of rows, and how their cells compare.

    Parameters
    ----------
    rows, matches : numpy.ndarray of shape (n_pairs,), dtype int64
        Of the table that was asked about, and of train.
    differs : numpy.ndarray of shape (n_pairs, n_columns), dtype bool
        Whether the cells are not equal; two missing cells are.
    alike : numpy.ndarray of shape (n_pairs, n_columns), dtype bool
        Whether they are equal but for case and spaces.
    near : numpy.ndarray of shape (n_pairs, n_columns), dtype bool
        Whether they are numbers and differ by less than a thousandth of the column's spread, or of
        the number itself where that is more.
    blank : numpy.ndarray of shape (n_pairs, n_columns), dtype bool
        Whether a cell of the two is missing.
    """

    rows: np.ndarray
    matches: np.ndarray
    differs: np.ndarray
    alike: np.ndarray
    near: np.ndarray
    blank: np.ndarray

    def of(self, kept: np.ndarray) -> Self:
        """These pairs alone."""
        return type(self)(*(getattr(self, name)[kept] for name in self.__slots__))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The pairs of all parts."""
        import numpy as np

        return cls(
            *(np.concatenate([getattr(one, name) for one in parts]) for name in cls.__slots__)
        )


def paired_cells(sides: Sides, rows: np.ndarray, matches: np.ndarray) -> PairedCells:
    """The cells of these pairs, compared column by column. O(pairs x columns)."""
    import numpy as np

    made = np.zeros((4, len(rows), len(sides.mine)), dtype=bool)
    if len(rows):
        for place, (mine, theirs) in enumerate(zip(sides.mine, sides.theirs, strict=True)):
            compare = _words if is_coded(mine) else _numbers
            made[:, :, place] = compare(mine, theirs, rows, matches)
    return PairedCells(rows, matches, *made)


def _words(
    mine: Column, theirs: Column, rows: np.ndarray, matches: np.ndarray
) -> tuple[np.ndarray, ...]:
    import numpy as np

    known = {word: code for code, word in enumerate(levels(theirs.data))}
    translated = np.array([known.get(word, -2) for word in levels(mine.data)] + [-1])
    left, right = translated[codes(mine.data)[rows]], codes(theirs.data)[matches]
    blank = (left == -1) | (right == -1)
    alike = hashed(mine, rows=rows) == hashed(theirs, rows=matches)
    return left != right, alike, np.zeros_like(blank), blank


def _numbers(
    mine: Column, theirs: Column, rows: np.ndarray, matches: np.ndarray
) -> tuple[np.ndarray, ...]:
    import numpy as np

    dtype = narrower(mine, theirs)
    left = rounded(numbers(mine.data)[rows], dtype)
    right = rounded(numbers(theirs.data)[matches], dtype)
    missing = np.isnan(left) & np.isnan(right)
    equal = (left == right) | missing
    with np.errstate(over="ignore", invalid="ignore"):
        reach = FARTHEST * np.maximum(spread(theirs), np.abs(right))
        near = np.abs(left - right) <= reach
    return (
        ~equal,
        equal,
        near & np.isfinite(left) & np.isfinite(right),
        (np.isnan(left) | np.isnan(right)),
    )


def spread(column: Column) -> float:
    """The distance of the outer quarters of a column of numbers; 0 where most are equal."""
    import numpy as np

    values = numbers(column.data)
    values = values[:: max(len(values) // LOOKED_AT, 1)]
    values = values[np.isfinite(values)] / 4  # so that no difference is beyond all numbers
    if not len(values):
        return 0.0
    low, high = np.quantile(values, [0.25, 0.75])
    return float(min(high - low, np.finfo(np.float64).max / 4)) * 4
