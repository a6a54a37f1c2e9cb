"""Statistics of a curve: its trend, the noise about it, and intervals of what is read off it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mldebug.arrays import namespace, to_host

Array = Any

WINDOW = 0.05
"""The share of a curve's points that its trend is averaged over."""
FEWEST_AVERAGED = 3
ROUNDS = 200
"""Resampled curves behind an interval."""


def window_of(n: int, share: float = WINDOW) -> int:
    """The odd number of points that a trend is averaged over: ``share`` of n, but at least 3."""
    return max(FEWEST_AVERAGED, 2 * (round(share * n) // 2) + 1)


def trend(values: Array, window: int) -> Array:
    """The centred moving average; near the ends over the points that are there.

    Parameters
    ----------
    values : array of shape (..., n_points), floating
        Finite.
    window : int
        Odd; how many points are averaged.

    Returns
    -------
    array of shape (..., n_points)

    Notes
    -----
    By cumulative sums of the values less their mean, O(n) whatever the window. Half a window from
    an end the average is of as many points on both sides as there are, so that a slope does not
    bias it; the last point's is of itself and its neighbour.
    """
    xp = namespace(values)
    n = values.shape[-1]
    centre = xp.mean(values, axis=-1, keepdims=True)
    zero = xp.zeros_like(values[..., :1])
    sums = xp.concat([zero, xp.cumulative_sum(values - centre, axis=-1)], axis=-1)
    place = np.arange(n)
    reach = np.minimum(np.minimum(place, n - 1 - place), window // 2)
    # An end point alone would carry all its noise: it takes its neighbours on the one side too.
    low = np.where(place - reach > 0, place - reach, 0)
    high = place + reach
    least = min(FEWEST_AVERAGED - 1, n - 1)
    high = np.where(high - low < least, np.minimum(low + least, n - 1), high)
    low = np.where(high - low < least, high - least, low)
    counts = xp.asarray(high - low + 1.0, dtype=values.dtype, device=_device(values))
    upper = xp.take(sums, _index(high + 1, values), axis=-1)
    lower = xp.take(sums, _index(low, values), axis=-1)
    return (upper - lower) / counts + centre


def noise_sd(values: Array) -> float:
    """The standard deviation of the noise about a smooth curve, from its second differences.

    Parameters
    ----------
    values : array of shape (n_points,), floating
        Finite, in order.

    Returns
    -------
    float
        0 for fewer than 4 points.

    Notes
    -----
    The median of ``|y[i-1] - 2 y[i] + y[i+1]| / sqrt(6)`` over that of a standard normal, .6745: a
    trend that is straight over three points does not count, nor do up to half of the points that
    are outliers. O(n log n).
    """
    xp = namespace(values)
    if values.shape[0] < 4:
        return 0.0
    bends = xp.abs(values[:-2] - 2 * values[1:-1] + values[2:])
    ordered = xp.sort(bends)
    middle = ordered.shape[0] // 2
    return float(to_host(ordered[middle])) / (0.674489750196 * 6**0.5)


def bootstrap_interval(
    values: np.ndarray,
    fitted: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    seed: int,
    level: float = 0.95,
) -> tuple[float, float]:
    """The interval of a statistic of a curve, by resampling blocks of what is left of the trend.

    Parameters
    ----------
    values, fitted : numpy.ndarray of shape (n_points,)
        The curve and its trend.
    statistic : callable
        Of an array of shape (n_curves, n_points) to one of shape (n_curves,).
    seed : int
        Of the resampling.
    level : float
        Of the interval.

    Returns
    -------
    tuple of float

    Notes
    -----
    `ROUNDS` curves are the trend plus residuals in blocks of n**(1/3) points drawn with
    replacement, scaled up for the degrees of freedom that the trend took. The basic interval is
    mirrored about the value found, so that the optimism of a minimum is taken back. O(n) a round.

    References
    ----------
    Künsch 1989, Ann. Statist. 17; Davison & Hinkley 1997, ch. 5.
    """
    n = len(values)
    residuals = values - fitted
    residuals = (residuals - residuals.mean()) * (n / max(n - n / FEWEST_AVERAGED, 1)) ** 0.5
    rng = np.random.default_rng(seed)
    block = max(1, round(n ** (1 / 3)))
    starts = rng.integers(0, n, (ROUNDS, -(-n // block)))
    places = (starts[:, :, None] + np.arange(block)).reshape(ROUNDS, -1)[:, :n] % n
    drawn = statistic(fitted + residuals[places])
    found = float(statistic(values[None, :])[0])
    tail = (1 - level) / 2
    upper, lower = np.quantile(drawn, [1 - tail, tail])
    middle = float(statistic(fitted[None, :])[0])
    return found - float(upper - middle), found - float(lower - middle)


def _index(places: np.ndarray, like: Array) -> Array:
    return namespace(like).asarray(places.astype(np.int64), device=_device(like))


def _device(values: Array) -> Any:
    from mldebug.arrays import device_of

    return device_of(values)
