"""Rows that occur again, and how many such rows chance would bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import derived
from mldebug.columns import codes, is_coded, levels, narrower, numbers, rounded

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.fingerprints import Fingerprints, SharedFingerprints

SURPRISING = 0.05
"""A repeat counts if chance would bring fewer repeats than this in the whole table, were every row
as rare as it is."""
DEPENDENCE = 10
"""Several repeats also count together if they are surprisingly many (at that same level) for this
many times the number that independent columns would bring."""
BEYOND_CHANCE = (
    "A repeat counts if chance does not explain it: were every row as rare, independent columns would "
    f"bring fewer than {SURPRISING:g} repeats in the whole table, or far more repeats are as rare "
    f"than {DEPENDENCE} times what independent columns bring. Columns that number or name the rows "
    "are not compared; a missing cell equals another and is no evidence."
)


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
        The number of repeats in the whole table that independent columns would bring if every row
        were as rare as this one: pairs of rows x the product of the shares that the row's values
        have in the other rows.
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
        """Which repeats chance does not explain, a boolean a repeat; see `beyond_chance`."""
        return beyond_chance(self.expected)


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
    within = table is train
    own = np.union1d(rows, matches) if within else np.unique(matches)
    pairs = train.n_rows * (train.n_rows - 1) / 2 if within else train.n_rows * table.n_rows
    expected = np.full(len(rows), float(pairs))
    if len(rows):
        for name in names:
            mine, theirs, population = _comparable(table[name], train[name])
            cells = mine[rows]
            same = cells == theirs[matches]
            missing = _is_missing(cells) & _is_missing(theirs[matches])
            equal &= same | missing
            shares = _shares(cells, population, own, 2 if within else 1)
            # A missing cell is no evidence: cells are missing together more often than by chance.
            expected *= np.where(_is_missing(cells), 1.0, shares)
    categorical = all(is_coded(train[name]) or train[name].kind is Kind.BOOLEAN for name in names)
    return Repeats(rows[equal], matches[equal], expected[equal], categorical, names, ignored)


def _comparable(mine: Column, theirs: Column) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both columns on one scale: numbers in the narrower float, words by train's dictionary."""
    import numpy as np

    if is_coded(mine) != is_coded(theirs):
        # One is text and the other is not; nothing in them is equal.
        nowhere = np.full(len(mine.data), np.nan)
        return nowhere, np.full(len(theirs.data), np.inf), np.full(len(theirs.data), np.inf)
    if not is_coded(theirs):
        dtype = narrower(mine, theirs)
        values = rounded(numbers(theirs.data), dtype)
        own = values if mine is theirs else rounded(numbers(mine.data), dtype)
        return own, values, values
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


def _shares(cells: np.ndarray, population: np.ndarray, own: np.ndarray, counted: int) -> np.ndarray:
    """For each cell, the share of the other rows that have its value.

    Parameters
    ----------
    cells : numpy.ndarray of shape (n_candidates,)
        One value a candidate.
    population : numpy.ndarray of shape (n_rows,)
        The column of train.
    own : numpy.ndarray of shape (n_own,), dtype int64
        The rows of train that are candidates or their matches.
    counted : int
        How many rows of train hold the value because of the repeat itself: 1, or 2 within train.

    Notes
    -----
    A value that no other row has is as frequent as the column's rows agree by chance: the share of
    agreeing pairs among the rows that are no candidates, at most one row. O(n log n).
    """
    import numpy as np

    values, inverse = np.unique(cells, return_inverse=True)
    places = np.searchsorted(values, population)
    places[places == len(values)] = 0
    hits = np.bincount(places[values[places] == population], minlength=len(values))
    others = hits[inverse] - counted
    rest = np.delete(population, own)
    agreeing = np.unique(rest, return_counts=True)[1].astype(np.float64)
    pairs = max(len(rest) * (len(rest) - 1.0), 1.0)
    by_chance = (float(np.sum(agreeing * (agreeing - 1))) + 1) / pairs
    n = max(len(population), 1)
    return np.asarray(np.where(others > 0, others / n, min(1 / n, by_chance)))


def beyond_chance(expected: np.ndarray) -> np.ndarray:
    """Which of some repeats chance does not explain, from the expected number as rare as each.

    Parameters
    ----------
    expected : numpy.ndarray of shape (n_repeats,), dtype float64
        How many repeats as rare as this one independent columns would bring.

    Returns
    -------
    numpy.ndarray of shape (n_repeats,), dtype bool
        A repeat by itself, where fewer than `SURPRISING` are expected; and the k rarest together,
        where k or more would be as improbable even if columns that depend on each other brought
        `DEPENDENCE` times as many as expected. O(n log n).
    """
    import numpy as np
    from scipy.special import pdtrc

    alone = expected < SURPRISING
    order = np.argsort(expected, kind="stable")
    counts = np.arange(1, len(order) + 1)
    tails = pdtrc(counts - 1, DEPENDENCE * expected[order])
    together = np.flatnonzero(tails < SURPRISING)
    if len(together):
        alone[order[: together[-1] + 1]] = True
    return np.asarray(alone)


def most_surprising(found: Repeats, kept: Iterable[int] | np.ndarray) -> np.ndarray:
    """The indices of these repeats, the least expected first, then by row."""
    import numpy as np

    chosen = np.asarray(kept)
    return chosen[np.lexsort((found.rows[chosen], found.expected[chosen]))]
