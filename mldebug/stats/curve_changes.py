"""How a curve changes in its course: it rises from its lowest level, falls, slopes, or stays flat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mldebug.stats.curves import TINY, WINDOW, long_run_sd, window_of, without_spikes
from mldebug.stats.intervals import critical_value

SIMULTANEOUS = 3.4
"""Standard errors that hold for every window of a curve at once, and for an estimated noise."""
SCALES = (1, 2, 4)
"""How many times as long as the end the windows are in which a lowest level is looked for."""
SHORTEST = 6
"""A curve of fewer points tells no interval."""
QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Rise:
    """How far a curve ends above its lowest level, in the curve's own unit.

    Parameters
    ----------
    value : float
        Never negative.
    interval : tuple of float or None
        None for a curve too short for one.
    place : int
        The point in the middle of the lowest window.
    lowest, end : float
        Both levels.
    """

    value: float
    interval: tuple[float, float] | None
    place: int
    lowest: float
    end: float


def rise_to_end(values: np.ndarray) -> Rise:
    """The rise of a curve from its lowest level to its end.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_points,)
        Finite, in order.

    Returns
    -------
    Rise

    Notes
    -----
    Levels are means of windows of 5 % of the points (at least 3), the end the last of them. The
    lowest of many windows is low by luck too, so each lower end counts `SIMULTANEOUS` standard
    errors, which hold for all windows at once: the rise is at least ``end - mean - c se`` of any
    window, also of those 2 and 4 times as long, and the largest of these bounds is the lower end.
    Where a curve of independent normal noise does not rise at all, the lower end was above 0 in
    2.1 to 3.6 % of 20,000 simulated curves of 10 to 2,000 points. O(n).

    References
    ----------
    Dümbgen & Spokoiny 2001, Multiscale testing of qualitative hypotheses, Ann. Statist. 29.
    """
    n = len(values)
    width = min(window_of(n), n)
    sums = np.concatenate([np.zeros(1), np.cumsum(values - values[-1])])
    means = (sums[width:] - sums[:-width]) / width
    start = int(means.argmin())
    found = float(means[-1] - means[start])
    noise = long_run_sd(values)
    bounds = []
    for scale in SCALES:
        wide = width if scale == 1 else scale * width + 1
        before = n - width - wide + 1
        if before > 0:
            levels = (sums[wide:] - sums[:-wide])[:before] / wide
            error = noise * (1 / width + 1 / wide) ** 0.5
            bounds.append(float(means[-1] - levels.min()) - SIMULTANEOUS * error)
    low = min(max([*bounds, 0.0]), found)
    high = found + SIMULTANEOUS * noise * (2 / width) ** 0.5
    return Rise(
        found,
        (low, high) if bounds else None,
        start + width // 2,
        # Not from the sums, whose rounding would make a level of 0 something else.
        float(values[start : start + width].mean()),
        float(values[-width:].mean()),
    )


def relative_scale(reference: float, first: float, lowest: float) -> float:
    """What a change of a loss is divided by, so that one near 0, or below it, makes sense too.

    The size of the loss that it is a change from, or a twentieth of how far the loss has fallen in
    all, whichever is more. A loss may be of any size: only one that is 0 throughout has a scale of
    its own, `TINY`, below which a change is rounding.
    """
    return max(abs(reference), WINDOW * (first - lowest)) or TINY


@dataclass(frozen=True, slots=True)
class Slope:
    """The fall of a curve per unit of its places, with its standard error."""

    value: float
    error: float


def slope(places: np.ndarray, values: np.ndarray, noise: float) -> Slope:
    """The slope of a straight line through points, by least squares. O(n).

    Parameters
    ----------
    places, values : numpy.ndarray of shape (n_points,)
        Not all at one place.
    noise : float
        The standard deviation of the values' noise, as `long_run_sd` tells it.
    """
    away = places - places.mean()
    spread = float(away @ away)
    return Slope(float(away @ values) / spread, noise / spread**0.5)


@dataclass(frozen=True, slots=True)
class Decrease:
    """How far a curve falls from its start, relative to it, with a 95 % interval."""

    value: float
    interval: tuple[float, float] | None
    first: float
    last: float


def decrease(values: np.ndarray, early: int, late: int, certain: float) -> Decrease:
    """The fall of a curve from its start to its late part, as a share of the start.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_points,)
        Finite, in order.
    early, late : int
        The start is the first ``1 / early`` of the points, and the late part the last ``1 / late``.
    certain : float
        Standard errors by which the first 5 % must lie above the start to be the start themselves.

    Returns
    -------
    Decrease
        Without interval below 6 points.

    Notes
    -----
    The difference of two means, with `long_run_sd` and a normal quantile. O(n).
    """
    n = len(values)
    calm = without_spikes(values)
    noise = long_run_sd(calm)
    last = calm[-max(n // late, 1) :]
    start, quick = calm[: max(n // early, 1)], calm[: min(window_of(n), n)]
    apart = certain * noise * (1 / len(start) + 1 / len(quick)) ** 0.5
    if float(quick.mean() - start.mean()) > apart or len(start) < len(quick):
        start = quick
    first, end = float(start.mean()), float(last.mean())
    scale = relative_scale(first, first, end)
    # The noise is estimated from few points where there are few: about Student's quantile.
    spread = critical_value() * (1 + 5 / n) * noise * (1 / len(start) + 1 / len(last)) ** 0.5
    spread /= scale
    value = (first - end) / scale
    interval = (value - spread, value + spread) if n >= SHORTEST else None
    return Decrease(value, interval, first, end)


@dataclass(frozen=True, slots=True)
class FlatEnd:
    """The share of a curve's points that its longest flat stretch up to the end has."""

    value: float
    interval: tuple[float, float] | None


def flat_end(values: np.ndarray, same: float) -> FlatEnd:
    """The longest stretch up to the end over whose quarters a curve stays the same.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_points,)
        Finite, in order.
    same : float
        The range of the four quarters' means below which they count as the same.

    Returns
    -------
    FlatEnd
        Without interval below 8 points.

    Notes
    -----
    The lower end is the longest stretch whose range is below ``same`` even with two standard errors
    of a difference added, the upper end that with `SIMULTANEOUS` of them taken off. O(n).
    """
    n = len(values)
    if n < 2 * QUARTERS:
        return FlatEnd(0.0, None)
    sizes = np.arange(2 * QUARTERS, n + 1)
    sums = np.concatenate([np.zeros(1), np.cumsum(values - values[-1])])
    edges = n - sizes[:, None] * np.arange(QUARTERS, -1, -1) // QUARTERS
    means = np.diff(sums[edges], axis=1) / np.diff(edges, axis=1)
    ranges = means.max(axis=1) - means.min(axis=1)
    errors = long_run_sd(values) * (2 * QUARTERS / sizes) ** 0.5
    shares = [
        float(sizes[ranges + factor * errors < same].max(initial=0)) / n
        for factor in (critical_value(), 0.0, -SIMULTANEOUS)
    ]
    return FlatEnd(shares[1], (shares[0], max(shares[1], shares[2])))
