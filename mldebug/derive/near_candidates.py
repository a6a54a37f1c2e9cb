"""Pairs of rows that may be near-copies of each other, found without comparing each with each.

Each way yields pairs of a row of the table that is asked about and a row of train. They are only
candidates: `mldebug.derive.near_copies` reads each pair again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.columns import codes, is_coded, levels, numbers, strings

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column

Pairs = tuple["np.ndarray", "np.ndarray"]
DECIMALS = (0, 1, 2, 3, 4)
LOOKED_AT = 2_000
FINE = 0.5
"""Of the numbers looked at in a fine column, more than this share differ from all before them."""
PROJECTED_PAIRS = 4e5
CLOSEST, FARTHEST = 1e-6, 1e-3
"""Bounds of the distance, in spreads of a column, up to which jitter is looked for: the nearer, the
more rows there are, so that about as many pairs are that near by chance."""
MOST_STEPS = 64


@dataclass(frozen=True, slots=True)
class RowKeys:
    """Fingerprints of what case and spaces leave of a row.

    Parameters
    ----------
    halves : tuple of two numpy.ndarray of shape (n_rows,), dtype int64
        Of every other column, as they come; the sum is that of all.
    unordered : numpy.ndarray of shape (n_rows,), dtype int64
        Of the cells, in whatever columns they stand.
    """

    halves: tuple[np.ndarray, np.ndarray]
    unordered: np.ndarray


@dataclass(frozen=True, slots=True)
class Sides:
    """The columns of two tables that are compared, side by side.

    Parameters
    ----------
    mine, theirs : tuple of Column
        Of the table that is asked about and of train, by name; the same within train.
    my_keys, their_keys : RowKeys
        Of these columns.
    """

    mine: tuple[Column, ...]
    theirs: tuple[Column, ...]
    my_keys: RowKeys
    their_keys: RowKeys

    @property
    def n_mine(self) -> int:
        """Rows of the table that is asked about."""
        return len(self.my_keys.unordered)

    @property
    def n_theirs(self) -> int:
        """Rows of train."""
        return len(self.their_keys.unordered)

    @property
    def within(self) -> bool:
        """Whether train is compared with itself."""
        return all(one is other for one, other in zip(self.mine, self.theirs, strict=True))


def plain(words: Sequence[str]) -> list[str]:
    """The words without what a change of case or of spaces changes."""
    import pyarrow.compute as pc

    lower = pc.utf8_trim_whitespace(pc.utf8_lower(strings(words)))
    found: list[str] = pc.replace_substring_regex(lower, r"\s+", " ").to_pylist()
    return found


def hashed(column: Column, places: int | None = None, rows: np.ndarray | None = None) -> np.ndarray:
    """A hash a cell: words without case and outer spaces, numbers rounded to so many decimals."""
    import numpy as np

    from mldebug.stats.fingerprints import code_hashes, number_hashes, text_hashes

    if is_coded(column):
        known = text_hashes(plain(levels(column.data)))
        found = codes(column.data)
        return np.asarray(code_hashes(found if rows is None else found[rows], known))
    values = numbers(column.data)
    values = values if rows is None else values[rows]
    if places is not None:
        values = np.round(values, places)
    return np.asarray(number_hashes(values, np.isnan(values)))


def row_keys(columns: Sequence[Column], n_rows: int) -> RowKeys:
    """The keys of the rows over these columns. O(n d)."""
    import numpy as np

    from mldebug.stats.fingerprints import column_salt, column_terms

    sums = np.zeros((3, n_rows), dtype=np.int64)
    for place, column in enumerate(columns):
        cells = hashed(column)
        sums[place % 2] += column_terms(cells, column_salt(column.name))
        sums[2] += column_terms(cells, 0)
    return RowKeys((sums[0], sums[1]), sums[2])


def _rounded_keys(columns: Sequence[Column], n_rows: int, places: int) -> np.ndarray:
    """The fingerprints of the rows once their numbers are rounded to so many decimals."""
    import numpy as np

    from mldebug.stats.fingerprints import column_salt, column_terms

    total = np.zeros(n_rows, dtype=np.int64)
    for column in columns:
        total += column_terms(hashed(column, places), column_salt(column.name))
    return total


def same_key(mine: np.ndarray, theirs: np.ndarray, *, within: bool) -> Pairs:
    """Each row, and the first row of train that has its key; within train an earlier one."""
    import numpy as np

    from mldebug.stats.fingerprints import positions_in

    if within:
        ordered = np.sort(mine)
        if not np.any(ordered[1:] == ordered[:-1]):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    found = np.asarray(positions_in(mine, theirs))
    rows = np.flatnonzero((found >= 0) & (found < np.arange(len(found))) if within else found >= 0)
    return rows, found[rows]


def equal_but_for_case(sides: Sides) -> Pairs:
    """Rows whose cells are equal, words by what case and spaces leave of them."""
    mine, theirs = (one.halves[0] + one.halves[1] for one in (sides.my_keys, sides.their_keys))
    return same_key(mine, theirs, within=sides.within)


def equal_but_for_one(sides: Sides) -> Iterator[Pairs]:
    """Rows that are equal but for one column.

    The columns are dealt out to two halves. Such rows agree in all of one half, so that only these
    are compared with single columns of the other left out. O(n d) where few rows agree in a half.
    """
    import numpy as np

    from mldebug.stats.fingerprints import column_salt, column_terms

    mine, theirs = sides.my_keys.halves, sides.their_keys.halves
    for part in (0, 1):
        if sides.within:
            _, place, counts = np.unique(mine[part], return_inverse=True, return_counts=True)
            rows = others = np.flatnonzero(counts[place] > 1)
        else:
            rows = np.flatnonzero(np.isin(mine[part], theirs[part]))
            others = np.flatnonzero(np.isin(theirs[part], mine[part]))
        if not len(rows) or not len(others):
            continue
        for one, other in zip(sides.mine[1 - part :: 2], sides.theirs[1 - part :: 2], strict=True):
            salt = column_salt(one.name)
            left = mine[0][rows] + mine[1][rows] - column_terms(hashed(one, rows=rows), salt)
            right = left
            if not sides.within:
                right = theirs[0][others] + theirs[1][others]
                right = right - column_terms(hashed(other, rows=others), salt)
            found, matched = same_key(left, right, within=sides.within)
            yield rows[found], others[matched]


def permuted(sides: Sides) -> Pairs:
    """Rows that hold the same cells in whatever columns."""
    return same_key(sides.my_keys.unordered, sides.their_keys.unordered, within=sides.within)


def rounded_alike(sides: Sides) -> Iterator[tuple[Pairs, int]]:
    """Rows that are equal once rounded, where one of the two is rounded as it stands.

    Yields the pairs, and how many pairs of rows have one that is rounded so while not all are.
    """
    import numpy as np

    n_mine, n_theirs = sides.n_mine, sides.n_theirs
    for places in DECIMALS:
        mine = _rounded(sides.mine, n_mine, places)
        theirs = mine if sides.within else _rounded(sides.theirs, n_theirs, places)
        if (mine.all() and theirs.all()) or not (mine.any() or theirs.any()):
            continue
        left = _rounded_keys(sides.mine, n_mine, places)
        right = left if sides.within else _rounded_keys(sides.theirs, n_theirs, places)
        rows, matches = same_key(left, right, within=sides.within)
        either = mine[rows] | theirs[matches]
        possible = int(mine.sum()) * n_theirs + (0 if sides.within else int(theirs.sum()) * n_mine)
        yield (rows[either], matches[either]), possible
        if np.all(mine) or np.all(theirs):
            return


def _rounded(columns: Sequence[Column], n_rows: int, places: int) -> np.ndarray:
    """Which rows hold no number with more decimals; none where no column of floats is there."""
    import numpy as np
    import pyarrow as pa

    floats = [one for one in columns if pa.types.is_floating(one.data.type)]
    rows = np.arange(n_rows if floats else 0)
    for column in floats:
        values = numbers(column.data)[rows]
        with np.errstate(over="ignore", invalid="ignore"):
            kept = np.isnan(values) | (np.round(values, places) == values)
        rows = rows[kept]
    marked = np.zeros(n_rows, dtype=bool)
    marked[rows] = True
    return marked


def is_fine(column: Column) -> bool:
    """Whether the values of a column of numbers hardly ever repeat."""
    import numpy as np

    if is_coded(column):
        return False
    values = numbers(column.data)
    values = values[:: max(len(values) // LOOKED_AT, 1)]
    values = values[np.isfinite(values)]
    return len(values) > 2 and len(np.unique(values)) > FINE * len(values)


def jittered(sides: Sides) -> Pairs:
    """Rows whose fine columns are all nearly equal.

    Rows that are near in all columns are near in the sum of these with any signs: rows that follow
    each other so closely in one sum are compared in two more. O(n d + n log n).
    """
    import numpy as np

    chosen = [place for place, one in enumerate(sides.theirs) if is_fine(one)]
    n_theirs = sides.n_theirs
    n = n_theirs if sides.within else sides.n_mine + n_theirs
    nothing = np.zeros(0, dtype=np.int64)
    if not chosen:
        return nothing, nothing
    rng = np.random.default_rng(0)
    signs = rng.uniform(0.5, 1, (len(chosen), 3)) * rng.choice([-1, 1], (len(chosen), 3))
    sums = np.zeros((3, n))
    for place, sign in zip(chosen, signs, strict=True):
        sums += sign[:, None] * _squashed(sides, place)
    reach = len(chosen) * float(np.clip(PROJECTED_PAIRS / max(n, 1) ** 2, CLOSEST, FARTHEST))
    order = np.argsort(sums[0], kind="stable")
    first = sums[0][order]
    left, right = [], []
    for step in range(1, min(MOST_STEPS, n - 1) + 1):
        near = np.flatnonzero(first[step:] - first[:-step] <= reach)
        if not len(near):
            break
        one, other = order[near], order[near + step]
        near = np.all(np.abs(sums[1:, one] - sums[1:, other]) <= reach, axis=0)
        left.append(np.maximum(one[near], other[near]))
        right.append(np.minimum(one[near], other[near]))
    if not left:
        return nothing, nothing
    later, earlier = np.concatenate(left), np.concatenate(right)
    if not sides.within:  # train stands before the other table
        across = (later >= n_theirs) & (earlier < n_theirs)
        later, earlier = later[across] - n_theirs, earlier[across]
    return later, earlier


def _squashed(sides: Sides, place: int) -> np.ndarray:
    """A column of train, and after it the other table's, in spreads, the far ends drawn in."""
    import numpy as np

    theirs = numbers(sides.theirs[place].data) / 4  # so that no difference is beyond all numbers
    values = theirs if sides.within else np.append(theirs, numbers(sides.mine[place].data) / 4)
    sample = theirs[:: max(len(theirs) // LOOKED_AT, 1)]
    sample = sample[np.isfinite(sample)]
    low, middle, high = np.quantile(sample, [0.25, 0.5, 0.75])
    spread = (high - low) / 2
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        scaled = np.arctan((values - middle) / spread)
    return np.asarray(np.nan_to_num(scaled, nan=0.0))
