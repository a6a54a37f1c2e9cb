"""Statistics of a curve: its trend, the noise about it, and intervals of what is read off it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mldebug.arrays import namespace, to_host

Array = Any

WINDOW = 0.05
"""The share of a curve's points that its trend is averaged over."""
FEWEST_AVERAGED = 3
ROUNDS = 200
"""Simulated curves behind an interval."""
SPIKE = 5.0
"""Noise standard deviations by which a spike stands out from both neighbours."""
TINY = 1e-12
SHORTEST_AUTOCORRELATED = 60
"""Of fewer points the autocorrelation of the noise cannot be told from the trend."""


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


def long_run_sd(values: np.ndarray) -> float:
    """The standard deviation that the mean of many points has, times the root of their number.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_points,)
        Finite, in order, at least three.

    Returns
    -------
    float
        At least that of single points, and more where the noise of neighbours is alike.

    Notes
    -----
    From the mean absolute second difference, times ``sqrt(pi / 12)``, of the last two thirds of the
    curve, where it is flatter; of the points, and of the means of blocks of a third of the trend's
    window, whichever is more. O(n).
    """
    n = len(values)
    late = values[n // 3 :] if n >= 12 else values
    block = max(1, window_of(n) // 3)
    means = late[: len(late) // block * block].reshape(-1, block).mean(axis=1)
    return max(_mean_bend(late), float(np.sqrt(block)) * _mean_bend(means))


def _mean_bend(values: np.ndarray) -> float:
    if len(values) < 3:
        return 0.0
    bends = np.abs(values[:-2] - 2 * values[1:-1] + values[2:])
    return float(bends.mean() * (np.pi / 12) ** 0.5)


def without_spikes(values: np.ndarray) -> np.ndarray:
    """The curve with each point that stands out from both neighbours replaced by their mean.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_points,)
        Finite, in order.

    Returns
    -------
    numpy.ndarray of shape (n_points,)

    Notes
    -----
    A point stands out if it is `SPIKE` noise standard deviations above, or below, both neighbours;
    the last, if it is so from the one before it and by three times the step before that. O(n log n).
    """
    n = len(values)
    if n < 4:
        return values
    far = SPIKE * max(noise_sd(values), TINY * float(np.abs(values).max()))
    calm = values.copy()
    middle, before, after = values[1:-1], values[:-2], values[2:]
    out = (middle - np.maximum(before, after) > far) | (np.minimum(before, after) - middle > far)
    calm[1:-1] = np.where(out, (before + after) / 2, middle)
    last = abs(values[-1] - calm[-2])
    if last > far + 3 * abs(calm[-2] - calm[-3]):
        calm[-1] = calm[-2]
    return calm


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a curve: the mean of some of its points, with its standard error."""

    value: float
    error: float


def end_level(values: np.ndarray, share: float = WINDOW) -> Level:
    """Where a curve ends: the mean of its last points, a share of them and at least three.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_points,)
        Finite, in order.
    share : float
        Of the points.
    """
    last = values[-window_of(len(values), share) :]
    return Level(float(last.mean()), long_run_sd(values) / len(last) ** 0.5)


def bootstrap_interval(
    values: np.ndarray,
    fitted: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    seed: int,
    level: float = 0.95,
) -> tuple[float, float]:
    """The interval of a statistic of a curve, by simulated noise about its trend.

    Parameters
    ----------
    values, fitted : numpy.ndarray of shape (n_points,)
        The curve and its `trend` over `window_of` its points.
    statistic : callable
        Of an array of shape (n_curves, n_points) to one of shape (n_curves,).
    seed : int
        Of the simulation.
    level : float
        Of the interval.

    Returns
    -------
    tuple of float

    Notes
    -----
    `ROUNDS` curves are the trend plus normal noise of the residuals' local standard deviation and
    first-order autocorrelation, both corrected for what the trend took of them: blocks of the
    residuals themselves would be too quiet, as a moving average leaves them no slow part. The
    interval is mirrored about the value found (the basic interval). O(n) a round.

    Its 95 % intervals held the truth in 90 to 97 % of 250 simulated curves of each of 20, 50, 200
    and 1,000 points, flat, falling and U-shaped, for statistics that are linear in the values: a
    level at the end, a difference of ends, a slope. Where neighbours' noise is alike (first-order
    autocorrelation .5), in 80 to 94 % from 200 points on and 60 to 75 % below. Of the least of a
    flat, short curve it holds 82 to 85 %: use `rise_to_end` for that.

    References
    ----------
    Davison & Hinkley 1997, Bootstrap Methods and their Application, ch. 5 and 8.
    """
    from scipy.signal import lfilter

    n = len(values)
    residuals = values - fitted
    window = min(window_of(n), n)
    scale = _local_sd(residuals, max(2 * window + 1, 15)) / (1 - 1 / window) ** 0.5
    alike = _autocorrelation(residuals) + (window + 1) / (window * (window - 1))
    alike = min(max(alike, 0.0), 0.95) if n >= SHORTEST_AUTOCORRELATED else 0.0
    rng = np.random.default_rng(seed)
    white = rng.standard_normal((ROUNDS, n))
    first = alike * rng.standard_normal((ROUNDS, 1))
    noise = lfilter([(1 - alike**2) ** 0.5], [1.0, -alike], white, axis=-1, zi=first)[0]
    drawn = statistic(fitted + scale * noise)
    found = float(statistic(values[None, :])[0])
    tail = (1 - level) / 2
    upper, lower = np.quantile(drawn, [1 - tail, tail])
    middle = float(statistic(fitted[None, :])[0])
    return found - float(upper - middle), found - float(lower - middle)


def _local_sd(residuals: np.ndarray, width: int) -> np.ndarray:
    """The root mean square of the nearest points of each, as many everywhere."""
    n = len(residuals)
    width = min(width, n)
    sums = np.concatenate([np.zeros(1), np.cumsum(residuals**2)])
    start = np.clip(np.arange(n) - width // 2, 0, n - width)
    mean: np.ndarray = (sums[start + width] - sums[start]) / width
    return np.asarray(np.sqrt(np.maximum(mean, 0.0)))


def _autocorrelation(residuals: np.ndarray) -> float:
    """Of neighbours; 0 where nothing varies."""
    total = float(residuals @ residuals)
    return float(residuals[1:] @ residuals[:-1]) / total if total > 0 else 0.0


def _index(places: np.ndarray, like: Array) -> Array:
    return namespace(like).asarray(places.astype(np.int64), device=_device(like))


def _device(values: Array) -> Any:
    from mldebug.arrays import device_of

    return device_of(values)
