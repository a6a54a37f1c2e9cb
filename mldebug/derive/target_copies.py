"""The features that hold the target once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import derived
from mldebug.columns import codes, is_coded, levels, numbers

if TYPE_CHECKING:
    from mldebug.artefacts import Column

TRUTHS = dict.fromkeys(("1", "true", "t", "yes", "y", "on"), "true") | dict.fromkeys(
    ("0", "-1", "false", "f", "no", "n", "off"), "false"
)
"""Only what a word says makes it a copy. Classes under other names in every row (spam for yes, 1 for
no) may be an honest feature that happens to decide the target: no table tells the two apart."""
SLICE = 4_096
"""Rows compared at a time: most columns differ from the target in the first slice."""


@derived()
def target_copies(train: Table, target: Target) -> tuple[str, ...]:
    """The columns of train with the target's value in every row, truth values in any spelling.

    Notes
    -----
    Missing where the target is missing. O(n) a copy, and 4,096 rows of most other columns.
    """
    wanted = train[target.name]
    same = _same_class if is_coded(wanted) else _same_number
    return tuple(one.name for one in train.columns if one.name != target.name and same(one, wanted))


def _same_number(column: Column, target: Column) -> bool:
    import numpy as np

    if column.kind not in (Kind.NUMBER, Kind.BOOLEAN, Kind.DATE):
        return False
    return bool(np.array_equal(numbers(column.data), numbers(target.data), equal_nan=True))


def _same_class(column: Column, target: Column) -> bool:
    if len(column.data) == 0 or column.data.null_count != target.data.null_count:
        return False
    pairs: set[tuple[str | None, str | None]] = set()
    for start in range(0, len(target.data), SLICE):
        pairs |= set(zip(_words(target, start), _words(column, start), strict=True))
        if not all(one == other or _truth(one) == _truth(other) for one, other in pairs):
            return False
    # One to one: of -1, 0 and 1, the first two both say no.
    return all(len(set(side)) == len(pairs) for side in zip(*pairs, strict=True))


def _words(column: Column, start: int) -> list[str | None]:
    """The values of the slice of rows from this one on, as classes are spelt."""
    from pyarrow import compute as pc

    cells = column.data.slice(start, SLICE)
    if is_coded(column):
        known: dict[int, str | None] = dict(enumerate(levels(column.data)))
        return [known.get(int(code)) for code in codes(cells)]
    spelt = pc.if_else(cells, "True", "False") if column.kind is Kind.BOOLEAN else cells
    words: list[str | None] = spelt.cast("string").to_pylist()
    return words


def _truth(word: str | None) -> str | None:
    """Which truth value the word says, or the word."""
    return word and TRUTHS.get(word.strip().casefold(), word)
