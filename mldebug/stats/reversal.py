"""Correlations over all rows and within groups, with their errors."""

from __future__ import annotations

from typing import Any

from mldebug.arrays import device_of, namespace

Array = Any


def pooled_and_within(
    columns: Array, present: Array, target: Array, groups: Array, count: int
) -> Array:
    """The correlation of each column with the target over all rows, and within groups.

    Parameters
    ----------
    columns : array of shape (n_rows, n_columns), floating
        Numbers or ranks; anything finite where missing.
    present : array of shape (n_rows, n_columns), bool
        Where they are not missing.
    target : array of shape (n_rows,), floating
        Numbers, ranks or 0 and 1.
    groups : array of shape (n_rows,), int64
        The group of each row, from 0.
    count : int
        How many groups there are.

    Returns
    -------
    array of shape (4, n_columns), float64
        The pooled correlation and its standard error, the correlation of the deviations from the
        groups' means and its standard error; 0 where a side does not vary.

    Notes
    -----
    The error is that of the influence values ``x y - r (x^2 + y^2) / 2`` of standardised x and y,
    right for any joint distribution. The group means are products with a one-hot table:
    O(n_rows n_columns count).

    References
    ----------
    Simpson 1951, J. R. Stat. Soc. B 13, 238-241; Devlin, Gnanadesikan & Kettenring 1975, Biometrika
    62 (the influence of a row on a correlation).
    """
    xp = namespace(columns, target)
    weights = xp.astype(present, xp.float64)
    x = xp.astype(columns, xp.float64) * weights
    y = xp.astype(target, xp.float64)[:, None] * weights
    nobody = xp.zeros_like(groups)
    pooled, within = (
        _correlation(_centred(x, weights, *members), _centred(y, weights, *members), weights)
        for members in ((nobody, 1), (groups, count))
    )
    return xp.stack([*pooled, *within])


def _centred(values: Array, weights: Array, groups: Array, count: int) -> Array:
    """The values less the mean of their group, 0 where missing."""
    xp = namespace(values)
    numbered = xp.arange(count, dtype=groups.dtype, device=device_of(values))
    members = xp.astype(groups[:, None] == numbered[None, :], xp.float64)
    there = xp.matmul(members.T, weights)
    means = xp.matmul(members.T, values) / xp.where(there > 0, there, xp.ones_like(there))
    centred = (values - xp.take(means, groups, axis=0)) * weights
    # Rounding leaves a mean a little off, and what does not vary would seem to.
    smallest = 1e-12 * xp.max(xp.abs(values), axis=0)
    return xp.where(xp.abs(centred) <= smallest[None, :], xp.zeros_like(centred), centred)


def _correlation(x: Array, y: Array, weights: Array) -> tuple[Array, Array]:
    """The correlation of centred columns and its standard error."""
    xp = namespace(x)
    n = xp.sum(weights, axis=0)
    n = xp.where(n > 1, n, xp.ones_like(n))
    sx, sy = (xp.sqrt(xp.sum(one**2, axis=0) / n) for one in (x, y))
    varies = (sx > 0) & (sy > 0)
    one = xp.ones_like(sx)
    x, y = x / xp.where(varies, sx, one), y / xp.where(varies, sy, one)
    r = xp.sum(x * y, axis=0) / n
    influence = x * y - r * (x**2 + y**2) / 2
    error = xp.sqrt(xp.sum(influence**2, axis=0)) / n
    nothing = xp.zeros_like(r)
    return xp.where(varies, r, nothing), xp.where(varies, error, nothing)
