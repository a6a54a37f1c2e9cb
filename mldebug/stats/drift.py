"""How far two samples of one column are apart."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np

from mldebug.arrays import namespace, to_host
from mldebug.stats.intervals import critical_value

Interval = tuple[float, float]
FEWEST_EXPECTED = 5
NULL_SHARE = 0.35
"""The part of the null's scale by which the low end of a KS interval is lowered."""
NULL_QUANTILE = 1.48
"""Kolmogorov's distribution beyond this has 2.5 %: smaller distances do not exclude 0."""
ONE_SIDED = 0.025


def ks_distance(x: Any, y: Any) -> np.ndarray:
    """The largest gap between the distribution functions of two samples, ties included.

    Parameters
    ----------
    x : array of shape (n,)
        Finite or infinite numbers, no NaN.
    y : array of shape (m,)
        Likewise.

    Returns
    -------
    numpy.ndarray of shape (4,)
        The distance, where it is, and the shares of x and of y at or below that place.

    Notes
    -----
    D = max |F(t) - G(t)| over the pooled values t; O((n + m) log(n + m)). One transfer to the host.
    """
    xp = namespace(x, y)
    x, y = xp.sort(x), xp.sort(y)
    pooled = xp.concat((x, y))
    below_x = xp.astype(xp.searchsorted(x, pooled, side="right"), xp.float64) / x.shape[0]
    below_y = xp.astype(xp.searchsorted(y, pooled, side="right"), xp.float64) / y.shape[0]
    place = xp.argmax(xp.abs(below_x - below_y))
    place = xp.reshape(place, (1,))
    one, other = xp.take(below_x, place), xp.take(below_y, place)
    where = xp.astype(xp.take(pooled, place), xp.float64)
    return to_host(xp.concat((xp.abs(one - other), where, one, other)))


def ks_interval(distance: float, share_x: float, share_y: float, n: int, m: int) -> Interval:
    """The 95 % interval of the distance between the distributions that two samples come from.

    Notes
    -----
    Normal, with the variance F(1-F)/n + G(1-G)/m of the gap at the place where it is largest. The
    largest of many gaps is too large on average, so the low end is lowered by 0.35 sqrt(1/n + 1/m),
    and it is 0 unless the distance exceeds 1.48 sqrt(1/n + 1/m), as it does in 2.5 % of samples of
    one distribution. The tests simulate the coverage.
    """
    scale = sqrt(1 / n + 1 / m)
    error = sqrt(share_x * (1 - share_x) / n + share_y * (1 - share_y) / m)
    # Shares of 0 or 1 leave no variance; a gap is known no better than one row tells.
    error = max(error, sqrt(1 / n**2 + 1 / m**2) / 2)
    half = critical_value() * error
    low = distance - half - NULL_SHARE * scale if distance > NULL_QUANTILE * scale else 0.0
    return max(0.0, low), min(1.0, distance + half)


def ks_p(distance: float, n: int, m: int) -> float:
    """The two-sided p-value of a distance under one continuous distribution; ties raise it."""
    from scipy.stats import distributions

    return float(np.clip(distributions.kstwo.sf(distance, round(n * m / (n + m))), 0.0, 1.0))


def total_variation(counts_x: Any, counts_y: Any) -> np.ndarray:
    """Half the sum of the differences between two samples' category shares.

    Parameters
    ----------
    counts_x, counts_y : array of shape (n_categories,)
        Rows of each category in either sample, rare ones pooled; neither sums to 0.

    Returns
    -------
    numpy.ndarray of shape (4,)
        The plain distance; the distance that equal populations show on average; the sums of the
        signed shares of x and of y, for the variance. O(K).
    """
    xp = namespace(counts_x, counts_y)
    x, y = xp.astype(counts_x, xp.float64), xp.astype(counts_y, xp.float64)
    n, m = xp.sum(x), xp.sum(y)
    one, other = x / n, y / m
    pooled = (x + y) / (n + m)
    plain = xp.sum(xp.abs(one - other)) / 2
    spread = xp.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m) * (2 / pi))
    sign = xp.sign(one - other)
    parts = (plain, xp.sum(spread) / 2, xp.sum(sign * one), xp.sum(sign * other))
    return to_host(xp.stack(parts))


def variation_estimate(told: np.ndarray, n: int, m: int, p: float) -> tuple[float, Interval]:
    """The distance between the populations, without what chance adds, and its 95 % interval.

    Notes
    -----
    ``sqrt(max(plain^2 - null^2, 0))``: chance adds to a sum of absolute differences, the less the
    larger the true distance is. The variance is that of the signed sum; the low end is 0 unless the
    chi-square test's p-value is below 2.5 %.
    """
    plain, null, signed_x, signed_y = (float(one) for one in told)
    value = sqrt(max(plain**2 - null**2, 0.0))
    variance = (max(1 - signed_x**2, 0.0) / n + max(1 - signed_y**2, 0.0) / m) / 4
    half = critical_value() * sqrt(variance)
    low = value - half if p < ONE_SIDED else 0.0
    return value, (max(0.0, low), min(1.0, max(plain + half, value)))


def pooled_counts(counts_x: np.ndarray, counts_y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The counts with the categories pooled that have fewer than 5 expected rows in a sample."""
    table = np.stack([counts_x, counts_y]).astype(np.float64)
    table = table[:, table.sum(axis=0) > 0]
    expected = table.sum(axis=0) * (table.sum(axis=1).min() / table.sum())
    rare = expected < FEWEST_EXPECTED
    if rare.any():
        table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    return table[0], table[1]


def variation_p(counts_x: np.ndarray, counts_y: np.ndarray) -> float:
    """The p-value of the chi-square test that two samples have the same category shares.

    1 where there are fewer than two categories; rare ones should have been pooled.
    """
    from scipy.stats import chi2_contingency

    table = np.stack([counts_x, counts_y])
    if table.shape[1] < 2 or (table.sum(axis=0) == 0).any():
        return 1.0
    return float(chi2_contingency(table, correction=table.shape[1] == 2).pvalue)
