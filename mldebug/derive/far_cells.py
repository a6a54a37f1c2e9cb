"""Which rows lie farther out than the tail of the rest explains, and in which columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table
from mldebug.checker import derived
from mldebug.columns import numbers

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.neighbours import Neighbours
    from mldebug.derive.space import Space

TAIL = (0.1, 0.2)
TAIL_ROWS = 400
"""The tail is the largest 10 % of the values, or 20 % at most where these are fewer than so many."""
CENSORED = (0.05, 0.2, 0.45)
FEWEST_EXCESSES = 20
FIT_ROWS, FIT_POINTS = 20_000, 400
FEWEST_DISTINCT = 10
EXPECTED = 0.05
"""So many values of the whole table may be expected beyond the reach of one tail."""
A_CODE = 5
"""A value that so many far rows share, and half of the far rows of the column, is a code."""
TOGETHER = ""
"""The name that stands for all columns together: the distance to the nearest neighbours."""


@dataclass(frozen=True, slots=True)
class FarCells:
    """Cells beyond the reach of their column's tail, and rows far from all others.

    Parameters
    ----------
    rows : numpy.ndarray of shape (n_cells,), dtype int64
        Rows of train; a row that is far in several columns stands there as often.
    columns : tuple of str, of length n_cells
        The column of each, or "" where the row is far from its neighbours in all together.
    scores : numpy.ndarray of shape (n_cells,), dtype float64
        The distance from the threshold of the tail over its reach, above 1.
    compared : numpy.ndarray of shape (n_compared,), dtype int64
        The rows of train whose neighbours are known, in rising order.
    """

    rows: np.ndarray
    columns: tuple[str, ...]
    scores: np.ndarray
    compared: np.ndarray


@derived()
def far_cells(
    train: Table,
    train_sample: np.ndarray,
    non_features: frozenset[str],
    space: Space,
    neighbours: Neighbours,
) -> FarCells:
    """The far cells of train's numbers, and the rows that are far from their neighbours.

    Notes
    -----
    For each column and side, and for the distance to the ten neighbours over what is usual around
    them, a generalised Pareto distribution is fitted to the largest 10 to 20 % of the values, of
    which the largest 5, 20 and 45 % are only known to lie beyond the others; a value is far if one
    of the fits, at the upper end of its uncertainty, brings fewer than .05 values so far out in the
    whole table. The target is no column here: whether it is wrong is asked of the labels. O(n) a
    column.
    """
    import numpy as np

    names = [one.name for one in train.of_kind(Kind.NUMBER) if one.name not in non_features]
    rows, scores, columns = [], [], []
    for name, places, ratios in _far(train, train_sample, names):
        rows.append(train_sample[places])
        scores.append(ratios)
        columns += [name] * len(places)
    asked = space.train_rows[neighbours.queries]
    ratios = _ratios(_isolation(neighbours, len(space.train)))
    apart = np.flatnonzero(ratios > 1)
    rows.append(asked[apart])
    scores.append(ratios[apart])
    columns += [TOGETHER] * len(apart)
    return FarCells(np.concatenate(rows), tuple(columns), np.concatenate(scores), asked)


def _isolation(neighbours: Neighbours, n_train: int) -> np.ndarray:
    """The mean distance of each row to its neighbours, over what is usual around them.

    What is usual is the median of the neighbours' own mean distances, but no less than the median of
    all rows': where the rows thin out, distances grow without any of them being set apart.
    """
    import numpy as np

    own = neighbours.distances.mean(axis=1, dtype=np.float64)
    usual = float(np.median(own))
    known = np.full(n_train, usual)
    known[neighbours.queries] = own
    around = np.maximum(np.median(known[neighbours.places], axis=1), usual)
    return np.asarray(np.divide(own, around, out=np.zeros_like(own), where=around > 0))


def _far(
    train: Table, sample: np.ndarray, names: list[str]
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """By column, the places in the sample that are far on either side, and how far."""
    import numpy as np

    largest = float(np.finfo(np.float64).max) / 4
    for name in names:
        values = numbers(train[name].data)[sample]
        present = np.isfinite(values) & (np.abs(values) < largest)
        finite = values[present]
        if len(finite) < FEWEST_EXCESSES:
            continue
        places = np.flatnonzero(present)
        ratios = np.maximum(_ratios(finite), _ratios(-finite))
        far = np.flatnonzero(ratios > 1)
        far = far[~_codes(finite[far])]
        yield name, places[far], ratios[far]


def _codes(values: np.ndarray) -> np.ndarray:
    """Which of the far values are one that many share: a code for something, such as -999."""
    import numpy as np

    if not len(values):
        return np.zeros(0, dtype=bool)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    shared = (counts >= A_CODE) & (counts >= len(values) / 2)
    return np.asarray(shared[inverse])


def _ratios(values: np.ndarray) -> np.ndarray:
    """How far each value lies above the threshold, over the reach of the tail; 0 below it."""
    import numpy as np

    from mldebug.stats.tails import tail_reach

    fitted = values[:: max(len(values) // FIT_ROWS, 1)]
    share = min(max(TAIL_ROWS / len(fitted), TAIL[0]), TAIL[1])
    place = int((1 - share) * (len(fitted) - 1))
    threshold = float(np.partition(fitted, place)[place])
    excesses = np.sort(fitted[fitted > threshold]) - threshold
    expected = EXPECTED * len(fitted) / len(values)
    reach = np.inf
    for left_out in CENSORED:
        censored = round(left_out * len(excesses))
        kept = excesses[: len(excesses) - censored]
        step = max(len(kept) // FIT_POINTS, 1)
        # Thinned from the end, so that the last one is where the others are known to lie beyond.
        thinned = kept[::-1][::step][::-1]
        if len(kept) < FEWEST_EXCESSES or len(np.unique(thinned)) < FEWEST_DISTINCT:
            continue
        reach = min(reach, float(tail_reach(thinned, censored, expected, len(kept) / len(thinned))))
    return np.asarray(np.maximum(values - threshold, 0.0) / reach)
