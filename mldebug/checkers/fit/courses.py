"""The course of a loss, and what the learning rate does beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.learning_curves import Curve

RISE, SETTLING = 1e-3, 0.02
DROP, STEADY, AROUND = 0.6, 0.9, 0.05


def rate_rising(rate: Curve | None, curve: Curve) -> np.ndarray:
    """Where the learning rate rises or has just risen."""
    import numpy as np

    if rate is None:
        return np.zeros(len(curve), bool)
    there = np.interp(curve.steps, rate.steps, rate.values)
    up = np.diff(there, prepend=there[:1]) > RISE * max(float(there.max()), 0.0)
    lasting = np.ones(max(round(SETTLING * len(curve)), 1))
    return np.convolve(up, lasting)[: len(curve)] > 0


def falling_course(
    values: np.ndarray, kept: np.ndarray, slowest: float, shortest: int
) -> np.ndarray:
    """The course of a loss about which it swings.

    Parameters
    ----------
    values, kept : numpy.ndarray of shape (n_points,)
        The loss, and which of its points count.
    slowest : float
        The share of the points that slow drifts are averaged over.
    shortest : int
        Stretches of fewer points have no course.

    Returns
    -------
    numpy.ndarray of shape (n_points,), dtype float64
        The falling isotonic fit of each stretch with the moving average of what it leaves; NaN
        elsewhere. O(n).
    """
    import numpy as np
    from scipy.optimize import isotonic_regression

    from mldebug.stats.curves import trend, window_of

    course = np.full(len(values), np.nan)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], kept.astype(int), [0]])))
    for start, stop in edges.reshape(-1, 2):
        if stop - start >= shortest:
            part = values[start:stop]
            fit = isotonic_regression(part, increasing=False).x
            window = window_of(len(values), slowest)
            course[start:stop] = fit + trend(part - fit, window)
    return course


def rate_drops(rate: Curve | None, start: float, stop: float) -> bool:
    """Whether the learning rate, steady until then, drops where a stretch ends."""
    import numpy as np

    if rate is None or stop <= start:
        return False
    margin = AROUND * float(rate.steps[-1] - rate.steps[0])
    places = [stop - 2 * margin, stop - margin, stop + margin]
    earlier, before, after = np.interp(places, rate.steps, rate.values)
    return bool(after < DROP * before and before > STEADY * earlier)
