"""Statistics of a logged series: spikes, what repeats every epoch, swings, and its noise."""

from __future__ import annotations

from typing import Any

from mldebug.arrays import device_of, namespace

Array = Any

LEAST_SCALE = 0.05
"""A level near 0 is replaced by this share of the range, in relative changes."""
MAD_TO_SD = 1.482602218505602
"""The standard deviation of a normal variable over its median absolute deviation."""
UPPER = 0.95
UPPER_NORMAL = 1.6448536269514722
"""The share of residuals that the upper spread is read at, and that quantile of a normal."""


def relative_scale(level: Array, values: Array) -> Array:
    """What a change of a loss from a level is divided by to be relative.

    Parameters
    ----------
    level : array of shape (..., m), floating
        Where the loss stands.
    values : array of shape (..., n_points), floating
        The whole curve, without its noise.

    Returns
    -------
    array of shape (..., m)

    Notes
    -----
    ``max(|level|, c * range)`` with `LEAST_SCALE` for c. A loss that is negative somewhere has no
    zero that means anything, and its whole range is taken: c is 1. O(n).
    """
    xp = namespace(values)
    lowest = xp.min(values, axis=-1, keepdims=True)
    span = xp.max(values, axis=-1, keepdims=True) - lowest
    share = xp.where(lowest < 0, xp.ones_like(span), LEAST_SCALE * xp.ones_like(span))
    scale = xp.maximum(xp.abs(level), share * span)
    return xp.where(scale > 0, scale, xp.ones_like(scale))


def spike_scores(values: Array, size: int) -> tuple[Array, Array]:
    """How far each point stands above its surroundings.

    Parameters
    ----------
    values : array of shape (n_points,), floating
        Finite, in order, at least ``3 * size`` of them.
    size : int
        Odd; points a block.

    Returns
    -------
    scores : array of shape (n_blocks * size,)
        The excess of the last so many points in robust standard deviations.
    heights : array of shape (n_blocks * size,)
        The excess relative to the loss; see `relative_scale`.

    Notes
    -----
    The excess is taken over the higher of the medians of the block before and the block after, so
    that neither a steep fall nor a lasting rise is one. The spread is the largest of three: the
    median absolute deviation in the block or beside it, that of the whole curve relative to its
    level, and what the upper 5 % of all points say, since the noise of small batches is skewed. The
    first block has nothing before it and scores 0. O(n log size).
    """
    xp = namespace(values)
    blocks = values.shape[0] // size
    tiled = xp.reshape(values[values.shape[0] - blocks * size :], (blocks, size))
    middle = xp.sort(tiled, axis=1)[:, size // 2]
    reference = xp.maximum(_shifted(middle, -1), _shifted(middle, 1))
    scale = relative_scale(reference, middle)
    excess = tiled - reference[:, None]
    away = xp.abs(tiled - middle[:, None])
    local = MAD_TO_SD * xp.sort(away, axis=1)[:, size // 2]
    local = xp.maximum(local, xp.maximum(_shifted(local, -1), _shifted(local, 1)))
    beside = relative_scale(middle, middle)
    relative = xp.sort(xp.reshape((away / beside[:, None])[1:, :], (-1,)))
    upper = xp.sort(xp.reshape(((tiled - middle[:, None]) / beside[:, None])[1:, :], (-1,)))
    n = relative.shape[0]
    common = xp.maximum(MAD_TO_SD * relative[n // 2], upper[int(UPPER * (n - 1))] / UPPER_NORMAL)
    spread = xp.maximum(local, common * scale)
    smallest = 1e-12 * scale
    scores = excess / xp.maximum(spread, smallest)[:, None]
    heights = excess / scale[:, None]
    later = xp.arange(blocks, device=device_of(values)) > 0
    scores = xp.where(later[:, None], scores, xp.zeros_like(scores))
    return xp.reshape(scores, (-1,)), xp.reshape(heights, (-1,))


def _shifted(values: Array, by: int) -> Array:
    """The values of the neighbours before (-1) or after (1); at the end, one's own."""
    xp = namespace(values)
    if by < 0:
        return xp.concat([values[:1], values[:-1]])
    return xp.concat([values[1:], values[-1:]])


def cell_means(values: Array, size: int) -> Array:
    """The means of cells of so many points; the first few that fill none are left out.

    Parameters
    ----------
    values : array of shape (n_points,), floating
        In order.
    size : int
        Points a cell.

    Returns
    -------
    array of shape (n_points // size,)
        O(n).
    """
    if size == 1:
        return values
    xp = namespace(values)
    cells = values.shape[0] // size
    return xp.mean(xp.reshape(values[values.shape[0] - cells * size :], (cells, size)), axis=1)


def repeated_correlation(profiles: Array) -> tuple[Array, Array]:
    """The mean correlation between the rows of a table, with its standard error.

    Parameters
    ----------
    profiles : array of shape (n_rows, n_columns), floating
        One epoch a row, at least 3; the same place in the epoch a column, at least 3.

    Returns
    -------
    value, error : arrays of shape ()
        The mean of Pearson's correlation over all pairs of rows, and its jackknife error.

    Notes
    -----
    With rows standardised to ``z``, by ``sum over i != j of z_i z_j = |sum z|^2 - sum |z|^2``: O(n d)
    though there are n (n - 1) / 2 pairs. A constant row correlates with nothing: 0.

    References
    ----------
    Efron & Stein 1981, Ann. Statist. 9.
    """
    xp = namespace(profiles)
    n = profiles.shape[0]
    centred = profiles - xp.mean(profiles, axis=1, keepdims=True)
    length = xp.sqrt(xp.sum(centred**2, axis=1, keepdims=True))
    varies = length > 1e-12 * xp.max(xp.abs(profiles))
    z = xp.where(varies, centred / xp.where(varies, length, xp.ones_like(length)), 0 * centred)
    total = xp.sum(z, axis=0)
    own = xp.sum(z**2, axis=1)
    value = (xp.sum(total**2) - xp.sum(own)) / (n * (n - 1))
    left = xp.sum((total[None, :] - z) ** 2, axis=1) - (xp.sum(own) - own)
    left = left / ((n - 1) * (n - 2))
    error = xp.sqrt((n - 1) / n * xp.sum((left - xp.mean(left)) ** 2))
    return value, error


def mean_and_error(values: Array) -> tuple[Array, Array]:
    """The mean of a stretch of a curve, and its standard error as neighbours are alike.

    Parameters
    ----------
    values : array of shape (n_points,), floating
        At least 3 points.

    Returns
    -------
    mean, error : arrays of shape ()

    Notes
    -----
    ``sd / sqrt(n) * sqrt((1 + r) / (1 - r))`` with the lag-1 autocorrelation r, between 0 and .9,
    as of an autoregression of the first order. O(n).
    """
    xp = namespace(values)
    n = values.shape[0]
    mean = xp.mean(values)
    away = values - mean
    squares = xp.sum(away**2)
    r = xp.sum(away[1:] * away[:-1]) / xp.where(squares > 0, squares, xp.ones_like(squares))
    # The estimate is low by about 1/n for each of level and correlation.
    r = xp.clip(r + (1 + 3 * xp.clip(r, 0.0, 0.9)) / n, 0.0, 0.9)
    return mean, xp.sqrt(squares / (n * (n - 1)) * (1 + r) / (1 - r))


def fast_noise(values: Array) -> tuple[Array, float]:
    """The standard deviation between neighbours, of what no smooth curve explains.

    Parameters
    ----------
    values : array of shape (n_points,), floating
        At least 4 points.

    Returns
    -------
    sd : array of shape ()
    freedom : float
        The degrees of freedom of its square.

    Notes
    -----
    The mean square of the second differences over 6, of which those beyond 4 robust standard
    deviations are cut there, as a single outlier is no noise. The second differences of white noise
    correlate -2/3 and 1/6, so that n of them are worth 18 n / 35. O(n log n).

    References
    ----------
    Gasser, Sroka & Jennen-Steinmetz 1986, Biometrika 73.
    """
    xp = namespace(values)
    bends = xp.abs(values[:-2] - 2 * values[1:-1] + values[2:])
    count = bends.shape[0]
    robust = MAD_TO_SD * xp.sort(bends)[count // 2]
    most = xp.where(robust > 0, 4 * robust, xp.max(bends))
    return xp.sqrt(xp.mean(xp.minimum(bends, most) ** 2) / 6), count * 18 / 35


def swing_products(residuals: Array, kept: Array, parts: int) -> tuple[Array, Array]:
    """The variance of the swings of a curve about its course, in each of several parts of it.

    Parameters
    ----------
    residuals : array of shape (n_points,), floating
        What is left of the curve when its course is taken away.
    kept : array of shape (n_points,), bool
        Which points count.
    parts : int
        How many parts of equally many points.

    Returns
    -------
    variances : array of shape (parts,)
        0 for a part of which nothing counts.
    weights : array of shape (parts,)
        The share of each part that counts.

    Notes
    -----
    The mean of ``(4 r[i] r[i+1] - r[i] r[i+2]) / 3``: the autocovariances at 1 and 2, drawn out to 0
    by a parabola. Noise that is new at every point adds nothing to it on average. O(n).
    """
    xp = namespace(residuals)
    products = (4 * residuals[:-2] * residuals[1:-1] - residuals[:-2] * residuals[2:]) / 3
    counts = kept[:-2] & kept[1:-1] & kept[2:]
    size = products.shape[0] // parts
    weights = xp.astype(counts[: size * parts], residuals.dtype)
    tiled = xp.reshape(products[: size * parts] * weights, (parts, size))
    there = xp.sum(xp.reshape(weights, (parts, size)), axis=1)
    divisor = xp.where(there > 0, there, xp.ones_like(there))
    return xp.sum(tiled, axis=1) / divisor, there / size
