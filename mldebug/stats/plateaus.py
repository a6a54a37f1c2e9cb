"""How long a curve stands still before it falls on."""

from __future__ import annotations

import numpy as np


def longest_wait(
    curves: np.ndarray, least_fall: float, above: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The longest stretch of each curve in which it hardly falls, far above where it ends up.

    Parameters
    ----------
    curves : numpy.ndarray of shape (n_curves, n_points)
        Smoothed.
    least_fall : float
        A stretch ends when the curve has fallen by this share of its whole fall.
    above : float
        Where it ends the curve must still stand this share of the whole fall over its lowest.

    Returns
    -------
    waits : numpy.ndarray of shape (n_curves,)
        The lengths, as shares of the points.
    starts, stops : numpy.ndarray of shape (n_curves,), dtype int64
        The first and the last point of each stretch; equal where there is none.

    Notes
    -----
    On the lowest value so far, which never rises, so that the end of a stretch from any point is
    found by bisection: O(n log n) a curve.
    """
    n = curves.shape[1]
    place = np.arange(n)
    starts = np.zeros(len(curves), np.int64)
    stops = np.zeros(len(curves), np.int64)
    for row, lowest in enumerate(np.minimum.accumulate(curves, axis=1)):
        whole = lowest[0] - lowest[-1]
        ends = np.searchsorted(-lowest, -(lowest - least_fall * whole), side="right") - 1
        high = (lowest - lowest[-1] >= above * whole) & (ends < n - 1)
        waits = np.where(high & (whole > 0), ends - place, 0)
        starts[row] = waits.argmax()
        stops[row] = starts[row] + waits.max(initial=0)
    return (stops - starts) / max(n - 1, 1), starts, stops
