"""Which columns of a matrix move together."""

from __future__ import annotations

from typing import Any

from mldebug.arrays import device_of, namespace

BLOCK = 65_536
"""Rows of a matrix product at a time."""
FEWEST_PAIRS = 3
SMALLEST_SPREAD = 1e-12


def spearman_matrix(x: Any) -> Any:
    """The rank correlations of all pairs of columns, on the rows where both are present.

    Parameters
    ----------
    x : array of shape (n, d), a floating type
        Numbers; NaN where missing.

    Returns
    -------
    array of shape (d, d), float64
        Symmetric, in [-1, 1], on the device of ``x``; 0 for a pair with fewer than three complete
        rows or with a column that is constant on them, also on the diagonal.

    Notes
    -----
    Each column is ranked once, over its own rows, and its ranks are correlated on the rows that
    both columns have. Without missing values this is Spearman's correlation; with them it differs
    a little from ranking anew for each pair, which would cost a sort a pair. O(d n log n + n d^2).
    """
    xp = namespace(x)
    x = xp.astype(x, xp.float64)
    n, d = x.shape
    there = xp.astype(~xp.isnan(x), xp.float64)
    ranks = xp.stack([centred_ranks(x[:, j]) for j in range(d)], axis=1)
    zero = xp.zeros((d, d), dtype=xp.float64, device=device_of(x))
    pairs, products, sums, squares = zero, zero, zero, zero
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        rows, mask = ranks[start:stop, :], there[start:stop, :]
        across = xp.matrix_transpose(rows)
        pairs = pairs + xp.matrix_transpose(mask) @ mask
        products = products + across @ rows
        sums = sums + across @ mask
        squares = squares + xp.matrix_transpose(rows * rows) @ mask
    safe = xp.where(pairs > 0, pairs, xp.ones_like(pairs))
    # Row i, column j: of column i on the rows that j has too
    variance = squares / safe - (sums / safe) ** 2
    both = variance * xp.matrix_transpose(variance)
    covariance = products / safe - sums * xp.matrix_transpose(sums) / safe**2
    spread = (variance > SMALLEST_SPREAD) & (xp.matrix_transpose(variance) > SMALLEST_SPREAD)
    known = (pairs >= FEWEST_PAIRS) & spread
    found = covariance / xp.sqrt(xp.where(known, both, xp.ones_like(both)))
    return xp.where(known, xp.clip(found, -1.0, 1.0), zero)


def centred_ranks(column: Any) -> Any:
    """The midrank of each present value over their number, less one half; 0 where missing.

    Parameters
    ----------
    column : array of shape (n,), float64
        NaN where missing.

    Returns
    -------
    array of shape (n,), float64
        In (-.5, .5), of mean 0. O(n log n).
    """
    xp = namespace(column)
    missing = xp.isnan(column)
    filled = xp.where(missing, xp.full_like(column, xp.inf), column)
    ordered = xp.sort(filled, stable=False)
    n = xp.sum(xp.astype(~missing, xp.float64))
    low = xp.astype(xp.searchsorted(ordered, filled, side="left"), xp.float64)
    high = xp.astype(xp.searchsorted(ordered, filled, side="right"), xp.float64)
    # An infinite value ties with the missing ones in sorted order, which are not to be counted
    high = xp.where(high > n, n, high)
    ranks = (low + high) / (2 * xp.where(n > 0, n, xp.ones_like(n))) - 0.5
    return xp.where(missing, xp.zeros_like(ranks), ranks)
