"""Two shapes of a curve: how far it climbs anywhere, and how straight it falls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mldebug.stats.curves import long_run_sd, window_of
from mldebug.stats.intervals import critical_value

ANYWHERE = 4.5
"""Standard errors that hold for every pair of windows of a curve at once."""
SHORTEST = 12
CERTAIN = 3.0
LARGEST = 5.0
"""A ratio of falls beyond this is told as this."""


@dataclass(frozen=True, slots=True)
class LargestRise:
    """How far a curve climbs above an earlier level, in its own unit, and where.

    ``start`` and ``stop`` are the points in the middle of the lowest and the highest window, and
    ``lowest`` is the level of the first.
    """

    value: float
    interval: tuple[float, float] | None
    start: int
    stop: int
    lowest: float


def largest_rise(values: np.ndarray) -> LargestRise:
    """The largest rise of a curve from one level to a later one.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_points,)
        Finite, in order, at least 6.

    Returns
    -------
    LargestRise
        Without interval below `SHORTEST` points.

    Notes
    -----
    Levels are means of windows of 5 % of the points (at least 3) that do not overlap. Both are the
    most extreme of many, so the lower end counts `ANYWHERE` standard errors, by the noise of the
    points up to the rise or of the late ones, whichever is more. O(n).
    """
    n = len(values)
    width = window_of(n)
    sums = np.concatenate([np.zeros(1), np.cumsum(values - values[0])])
    means = (sums[width:] - sums[:-width]) / width
    if len(means) <= width:
        return LargestRise(0.0, None, 0, 0, float(values[0]))
    lowest = np.minimum.accumulate(means)[:-width]
    rises = means[width:] - lowest
    stop = int(rises.argmax()) + width
    start = int(means[: stop - width + 1].argmin())
    found = max(float(rises.max()), 0.0)
    early = values[: start + width]
    noise = max(long_run_sd(values), long_run_sd(early))
    spread = ANYWHERE * noise * (2 / width) ** 0.5
    interval = (max(found - spread, 0.0), found + spread) if n >= SHORTEST else None
    half = width // 2
    return LargestRise(found, interval, start + half, stop + half, float(means[start] + values[0]))


@dataclass(frozen=True, slots=True)
class Straightness:
    """The fall of a curve over the second half of its course over that of the first.

    ``interval`` is None for a curve too short, and ``fell`` tells whether it fell beyond noise.
    """

    value: float
    interval: tuple[float, float] | None
    fell: bool


def straightness(places: np.ndarray, values: np.ndarray) -> Straightness:
    """How straight a curve falls: 1 for a line, near 0 for one that has levelled out.

    Parameters
    ----------
    places : numpy.ndarray of shape (n_points,)
        Rising: how much of its course the curve has done.
    values : numpy.ndarray of shape (n_points,)
        Finite.

    Notes
    -----
    ``(middle - end) / (start - middle)`` of means over a tenth of the course at the start, about its
    middle and at its end, each moved to the end of its window by the slope of the whole. The interval
    is of a ratio of normal variables by the delta method, and `CERTAIN` standard errors of the first
    half's fall must be above 0 for there to be any ratio. O(n).

    References
    ----------
    Casella & Berger 2002, Statistical Inference, section 5.5.4.
    """
    course = (places - places[0]) / max(float(places[-1] - places[0]), 1e-300)
    ends = [course <= 0.1, np.abs(course - 0.5) <= 0.05, course >= 0.9]
    counts = np.array([int(one.sum()) for one in ends])
    if len(values) < SHORTEST or counts.min() == 0:
        return Straightness(0.0, None, fell=False)
    first, middle, last = (float(values[one].mean()) for one in ends)
    where = [float(course[one].mean()) for one in ends]
    noise = long_run_sd(values)
    errors = noise**2 / counts
    early = (first - middle) / (where[1] - where[0])
    late = (middle - last) / (where[2] - where[1])
    sure = early > CERTAIN * float(errors[0] + errors[1]) ** 0.5 / (where[1] - where[0])
    if not sure:
        return Straightness(0.0, (0.0, 0.0), fell=False)
    ratio = late / early
    near, far = where[1] - where[0], where[2] - where[1]
    variance = (
        (errors[1] + errors[2]) / far**2
        + ratio**2 * (errors[0] + errors[1]) / near**2
        + 2 * ratio * errors[1] / (near * far)
    ) / early**2
    spread = critical_value() * (1 + 2.5 / len(values)) * float(max(variance, 0.0)) ** 0.5
    low, value, high = (
        min(max(one, 0.0), LARGEST) for one in (ratio - spread, ratio, ratio + spread)
    )
    return Straightness(value, (low, high), fell=True)
