"""A curve that climbs at its beginning and comes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mldebug.stats.curves import noise_sd, trend

START = 0.005
"""The share of the points that the start is the mean of."""


@dataclass(frozen=True, slots=True)
class EarlyClimb:
    """The point where a curve is back at its start, 0 if it did not climb; and how far it climbed."""

    back: int
    height: float


def early_climb(
    values: np.ndarray, early: float, deviations: float, least_height: float
) -> EarlyClimb:
    """The climb of a curve above its start in its first part, if it comes back.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_points,)
        Finite, in order.
    early : float
        The share of the points within which it must climb.
    deviations : float
        Standard errors by which it must be above the start.
    least_height : float
        By which it must be above it, as a share of the start or of a twentieth of the whole range.

    Returns
    -------
    EarlyClimb

    Notes
    -----
    The start is the mean of the first `START` of the points, the climb that of the highest moving mean
    of as many. The noise is that of second differences; of a positive curve relative to its level, as
    the noise of a loss mostly is, and read where it is calm, after the first part. O(n log n).
    """
    n = len(values)
    width = max(2 * (round(START * n) // 2) + 1, 1)
    start = float(values[:width].mean())
    span = float(values.max() - values.min())
    first = max(round(early * n), 2 * width + 1)
    smooth = trend(values, width) if width >= 3 else values
    top = int(smooth[:first].argmax())
    scale = max(abs(start), 0.05 * span)
    if top < width or scale <= 0:
        return EarlyClimb(0, 0.0)
    rise = float(smooth[top]) - start
    calm = values[first:]
    noise = noise_sd(np.log(calm)) * start if values.min() > 0 else noise_sd(calm)
    error = noise * (2 / width) ** 0.5
    below = np.flatnonzero(smooth[top:] <= start)
    if rise <= max(deviations * error, least_height * scale) or not len(below):
        return EarlyClimb(0, 0.0)
    return EarlyClimb(top + int(below[0]), rise / scale)
