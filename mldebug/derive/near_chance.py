"""How many pairs of rows as alike as given ones chance would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.columns import is_coded, narrower, numbers, rounded
from mldebug.derive.near_candidates import hashed
from mldebug.derive.sample import sampled_rows

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.near_candidates import Sides
    from mldebug.derive.near_cells import PairedCells

POPULATION = 20_000
"""Rows of train whose values say how frequent a value is."""
RANDOM_PAIRS = 20_000
INNER, OUTER = 0.95, 0.995
"""Quantiles of the likeness of random pairs, from which its tail is extrapolated."""
AROUND = 10
"""The density of a column at a value is that of so many neighbouring values on either side."""


def by_chance(
    sides: Sides, cells: PairedCells, possible: np.ndarray, moved: np.ndarray, seed: int
) -> np.ndarray:
    """The number of pairs as alike as each that chance would bring.

    Parameters
    ----------
    sides : Sides
        The columns of both tables.
    cells : PairedCells
        The pairs.
    possible : numpy.ndarray of shape (n_pairs,), dtype float64
        The number of pairs of rows, among which one of this kind was looked for.
    moved : numpy.ndarray of shape (n_pairs,), dtype bool
        Whether cells stand in other columns, so that they agree with the match's cells exactly.
    seed : int
        Of the random pairs.

    Returns
    -------
    numpy.ndarray of shape (n_pairs,), dtype float64
        The larger of two numbers. Of independent columns: the possible pairs x the product over
        the columns of the share of values as near. And of columns as they depend on each other:
        the tail of the same product over 20,000 random pairs of rows, extrapolated exponentially
        from its 95 % and 99.5 % quantiles.

    Notes
    -----
    A pair's likeness is the sum over columns of -log(share of train's values as near to the match's
    as the pair is); a cell that is missing on either side adds nothing. O(columns x n log n) for
    n = 20,000 rows.
    """
    import numpy as np
    from scipy.special import gammaln

    own = np.union1d(cells.matches, cells.rows) if sides.within else np.unique(cells.matches)
    everyone = sampled_rows(len(sides.theirs[0].data), seed, POPULATION)
    rest, counted = everyone[~np.isin(everyone, own)], 0
    if 2 * len(rest) < len(everyone):
        # Nearly all rows have copies: each is counted among the others, and then taken off.
        rest, counted = everyone, 2 if sides.within else 1
    rng = np.random.default_rng(seed)
    n_rows = len(sides.theirs[0].data)
    drawn = rng.integers(0, n_rows, (2, RANDOM_PAIRS))
    drawn = drawn[:, drawn[0] != drawn[1]]
    alike, ordinary = np.zeros(len(cells.rows)), np.zeros(drawn.shape[1])
    for place, (mine, theirs) in enumerate(zip(sides.mine, sides.theirs, strict=True)):
        equal = ~cells.differs[:, place] | cells.alike[:, place] | moved
        told = _likeness(mine, theirs, (cells.rows, cells.matches), equal, rest, counted)
        alike += np.where(cells.blank[:, place] & ~moved, 0.0, told)
        ordinary += _likeness(theirs, theirs, (drawn[0], drawn[1]), None, rest, counted)
    # Moved cells may have been moved in as many ways as they can be ordered.
    alike -= np.where(moved, gammaln(cells.differs.sum(axis=1) + 1.0), 0.0)
    inner, outer = np.quantile(ordinary, [INNER, OUTER])
    fall = np.log((1 - INNER) / (1 - OUTER)) / max(outer - inner, 1e-12)
    independent = possible * np.exp(-alike)
    dependent = possible * (1 - OUTER) * np.exp(-min(fall, 1.0) * np.maximum(alike - outer, 0))
    return np.asarray(np.maximum(independent, dependent))


def _likeness(
    mine: Column,
    theirs: Column,
    pairs: tuple[np.ndarray, np.ndarray],
    equal: np.ndarray | None,
    rest: np.ndarray,
    counted: int,
) -> np.ndarray:
    """-log of the share of train's cells that are as near to the match's as the row's is."""
    import numpy as np

    rows, matches = pairs
    if is_coded(theirs):
        right = hashed(theirs, rows=matches)
        same = hashed(mine, rows=rows) == right if equal is None else equal
        ordered = np.sort(hashed(theirs, rows=rest))
        share = _share_within(ordered, right, right, counted)
        return np.asarray(np.where(same, -np.log(share), 0.0))
    dtype = narrower(mine, theirs)
    right = rounded(numbers(theirs.data)[matches], dtype)
    left = rounded(numbers(mine.data)[rows], dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        apart = np.abs(left - right)
        apart = np.where((left == right) if equal is None else equal, 0.0, apart)
        unknown = ~np.isfinite(apart) | ~np.isfinite(right)
        ordered = np.sort(rounded(numbers(theirs.data)[rest], dtype))
        ordered = ordered[np.isfinite(ordered)]
        right, apart = np.where(unknown, 0.0, right), np.where(unknown, 0.0, apart)
        share = _share_within(ordered, right - apart, right + apart, counted)
        density = _density(ordered, right) * 2 * apart
    share = np.clip(np.maximum(share, density), 1e-300, 1.0)
    return np.asarray(np.where(unknown, 0.0, -np.log(share)))


def _share_within(
    ordered: np.ndarray, low: np.ndarray, high: np.ndarray, counted: int
) -> np.ndarray:
    """The share of the values from low to high, but for those of the pair that are counted among them.

    Of none of them it is what chance brings to agree.
    """
    import numpy as np

    n = max(len(ordered), 1)
    count = np.searchsorted(ordered, high, "right") - np.searchsorted(ordered, low, "left")
    count = count - counted
    runs = np.unique(ordered, return_counts=True)[1].astype(np.float64)
    runs = np.maximum(runs - counted, 1) if counted else runs
    agreeing = (float(np.sum(runs * (runs - 1.0))) + 1) / max(n * (n - 1.0), 1.0)
    return np.asarray(np.where(count > 0, count / n, min(1 / n, agreeing)))


def _density(ordered: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values per unit and in all, around each place; 0 where too few are there to say."""
    import numpy as np

    n = len(ordered)
    if n <= 2 * AROUND:
        return np.zeros(len(at))
    place = np.clip(np.searchsorted(ordered, at), AROUND, n - 1 - AROUND)
    width = ordered[place + AROUND] - ordered[place - AROUND]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(width > 0, 2 * AROUND / n / width, 0.0)
