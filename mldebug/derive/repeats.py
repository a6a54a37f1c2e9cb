"""Rows that occur again, and how many such rows chance would bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import derived
from mldebug.columns import codes, is_coded, levels, numbers

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.fingerprints import Fingerprints, SharedFingerprints

SURPRISING = 0.05
"""A repeat counts if chance would bring fewer repeats than this in the whole table, were every row
as rare as it is."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Rows that say what another row says; every pair was read again, cell by cell.

    Parameters
    ----------
    rows : numpy.ndarray of shape (n_repeats,), dtype int64
        Rows of the table that was asked about, in rising order.
    matches : numpy.ndarray of shape (n_repeats,), dtype int64
        For each the first row of train that says the same.
    expected : numpy.ndarray of shape (n_repeats,), dtype float64
        The number of repeats in the table asked about that independent columns would bring if every
        row were as rare as this one: rows asked about x rows of train x the product of the shares
        of the row's values.
    all_categorical : bool
        Whether only categories and booleans were compared: then columns that depend on each other
        bring more chance repeats than ``expected`` says.
    columns, ignored : tuple of str
        What was compared, and the columns left out because they number or name the rows.
    """

    rows: np.ndarray
    matches: np.ndarray
    expected: np.ndarray
    all_categorical: bool
    columns: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def surprising(self) -> np.ndarray:
        """Which repeats chance does not explain, a boolean a repeat."""
        return self.expected < SURPRISING


@derived()
def repeats(
    train: Table, train_fingerprints: Fingerprints, target: Target | None = None
) -> Repeats:
    """The rows of train that repeat an earlier row, the target included where there is one."""
    prints = train_fingerprints
    names = prints.columns
    whole = prints.features
    if target is not None and prints.labelled is not None:
        whole = prints.labelled
        names = (*names, target.name)
    return _within(train, whole, names, prints.ignored)


@derived()
def feature_repeats(train: Table, train_fingerprints: Fingerprints) -> Repeats:
    """The rows of train whose features repeat those of an earlier row, whatever their target."""
    prints = train_fingerprints
    return _within(train, prints.features, prints.columns, prints.ignored)


@derived()
def shared_repeats(train: Table, eval: Table, shared_fingerprints: SharedFingerprints) -> Repeats:
    """The rows of eval whose features occur in train."""
    import numpy as np

    from mldebug.stats.fingerprints import positions_in

    prints = shared_fingerprints
    found = np.asarray(positions_in(prints.eval, prints.train))
    rows = np.flatnonzero(found >= 0)
    return _read_again(eval, rows, train, found[rows], prints.columns, prints.ignored)


def _within(
    train: Table, whole: np.ndarray, names: tuple[str, ...], ignored: tuple[str, ...]
) -> Repeats:
    import numpy as np

    from mldebug.stats.fingerprints import first_occurrence

    first = np.asarray(first_occurrence(whole))
    rows = np.flatnonzero(first < np.arange(len(first)))
    return _read_again(train, rows, train, first[rows], names, ignored)


def _read_again(
    table: Table,
    rows: np.ndarray,
    train: Table,
    matches: np.ndarray,
    names: tuple[str, ...],
    ignored: tuple[str, ...],
) -> Repeats:
    """Compare each candidate with its match cell by cell, and ask how many chance would bring."""
    import numpy as np

    equal = np.ones(len(rows), dtype=bool)
    expected = np.full(len(rows), float(train.n_rows) * table.n_rows)
    if len(rows):
        for name in names:
            mine, theirs, population = _comparable(table[name], train[name])
            cells = mine[rows]
            same = cells == theirs[matches]
            missing = _is_missing(cells) & _is_missing(theirs[matches])
            equal &= same | missing
            shares = _shares(cells, population)
            # A missing cell is no evidence: cells are missing together more often than by chance.
            expected *= np.where(_is_missing(cells), 1.0, shares)
    categorical = all(is_coded(train[name]) or train[name].kind is Kind.BOOLEAN for name in names)
    return Repeats(rows[equal], matches[equal], expected[equal], categorical, names, ignored)


def _comparable(mine: Column, theirs: Column) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both columns on one scale: numbers as they are, words by the codes of train's dictionary."""
    import numpy as np

    if is_coded(mine) != is_coded(theirs):
        # One is text and the other is not; nothing in them is equal.
        nowhere = np.full(len(mine.data), np.nan)
        return nowhere, np.full(len(theirs.data), np.inf), np.full(len(theirs.data), np.inf)
    if not is_coded(theirs):
        values = numbers(theirs.data)
        return (values if mine is theirs else numbers(mine.data)), values, values
    known = {word: code for code, word in enumerate(levels(theirs.data))}
    theirs_codes = codes(theirs.data)
    if mine is theirs:
        return theirs_codes, theirs_codes, theirs_codes
    translated = np.array(
        [known.get(word, -2) for word in levels(mine.data)] + [-1], dtype=np.int64
    )
    return translated[codes(mine.data)], theirs_codes, theirs_codes


def _is_missing(cells: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(np.isnan(cells) if cells.dtype.kind == "f" else cells == -1)


def _shares(cells: np.ndarray, population: np.ndarray) -> np.ndarray:
    """For each cell, the share of the population that has its value: O((n + c) log c)."""
    import numpy as np

    values, inverse = np.unique(cells, return_inverse=True)
    places = np.searchsorted(values, population)
    places[places == len(values)] = 0
    hits = np.bincount(places[values[places] == population], minlength=len(values))
    return np.asarray(hits[inverse] / max(len(population), 1))


def most_surprising(found: Repeats, kept: Iterable[int] | np.ndarray) -> np.ndarray:
    """The indices of these repeats, the least expected first, then by row."""
    import numpy as np

    chosen = np.asarray(kept)
    return chosen[np.lexsort((found.rows[chosen], found.expected[chosen]))]
