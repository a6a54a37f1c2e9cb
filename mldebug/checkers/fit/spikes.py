"""Where a curve jumps far above its surroundings and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

COARSER = 4
FEWEST = 15
MOST_TRIED = 1_000
AT_ONCE = 2**18


def spikes_of(
    values: np.ndarray, deviations: float, height: float
) -> list[tuple[int, int, int, float]]:
    """The spikes of a curve, point by point and as means of 4, 16, ... points.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_points,), dtype float64
        Finite, in order, at least `FEWEST` of them.
    deviations, height : float
        A spike is higher than both; see ``mldebug.stats.series.spike_scores``.

    Returns
    -------
    list of tuple
        First and last point, how far its surroundings reach, and height of each, in order. What
        overlaps or lies within reach of each other is one.

    Notes
    -----
    O(n log n): each scale has a quarter of the points of the one before.
    """
    from mldebug.stats.series import cell_means

    found, cell = [], 1
    while cell == 1 or len(values) // cell >= 2 * FEWEST:
        cells = cell_means(values, cell)
        size = min(max(len(cells) // 20 | 1, 5), 25)
        high, heights = _high(cells, size, deviations, height)
        starts = len(values) - len(cells) * cell + high * cell
        reach = size * cell
        found += [
            (int(at), int(at) + cell - 1, reach, float(top))
            for at, top in zip(starts[:MOST_TRIED], heights, strict=False)
        ]
        cell *= COARSER
    merged: list[tuple[int, int, int, float]] = []
    for first, last, reach, top in sorted(found):
        if merged and first <= merged[-1][1] + max(merged[-1][2], reach):
            start, stop, before, highest = merged[-1]
            merged[-1] = start, max(stop, last), max(before, reach), max(highest, top)
        else:
            merged.append((first, last, reach, top))
    return merged


def _high(
    cells: np.ndarray, size: int, deviations: float, height: float
) -> tuple[np.ndarray, np.ndarray]:
    """The places of the cells that stand high above their surroundings, and how high.

    A long curve is taken in parts that overlap by a block on either side, to bound the memory.
    """
    import numpy as np

    from mldebug.stats.series import spike_scores

    places, heights = [], []
    first = len(cells) % size
    step = AT_ONCE // size * size
    for start in range(first, len(cells), step):
        low, stop = max(start - size, first), min(start + step + size, len(cells))
        scores, above = spike_scores(cells[low:stop], size)
        found = np.flatnonzero((scores > deviations) & (above > height))
        inside = (found + low >= start) & (found + low < start + step)
        places.append(found[inside] + low)
        heights.append(above[found[inside]])
    return np.concatenate(places), np.concatenate(heights)
