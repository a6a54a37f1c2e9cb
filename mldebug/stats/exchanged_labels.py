"""Whether labels were exchanged among classes: which exchange a confusion matrix speaks for."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, factorial, sqrt

import numpy as np

from mldebug.stats.intervals import LEVEL, binomial_tail, critical_value

TAIL = (1 - LEVEL) / 2
FEWEST_TRIALS = 1.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange of labels.

    Parameters
    ----------
    meant : dict of int to int
        What each exchanged label means; empty where none is certain.
    gain : float
        The share of rows with these labels on which the predictions agree with the meant class,
        minus that on which they agree with the label; without a certain exchange of the one that
        comes closest.
    interval : tuple of float
        The 95 % interval of the gain, of which the low end stands for the search too.
    agreed, would_agree : float
        Both shares.
    """

    meant: dict[int, int]
    gain: float
    interval: tuple[float, float]
    agreed: float
    would_agree: float


def exchange(confusion: np.ndarray) -> Exchange:
    """The exchange of labels under which they agree most with the predictions.

    Parameters
    ----------
    confusion : numpy.ndarray of shape (n_classes, n_classes), an integer type
        Rows of each label (first axis) and predicted class (second).

    Returns
    -------
    Exchange

    Notes
    -----
    The permutation of the labels that agrees most is found by the Hungarian method, and each of its
    cycles is tested by itself: of the rows that agree with either the label or the meant class, more
    than half must agree with the meant one (McNemar's exact test) at .025 over the number of cycles
    of that length among the classes, C(K, k) (k - 1)!, for it is the best of so many. The low end
    of the interval is at that level too. O(K^3).

    References
    ----------
    Kuhn 1955, Naval Research Logistics 2; McNemar 1947, Psychometrika 12.
    """
    from scipy.optimize import linear_sum_assignment

    table = np.asarray(confusion, dtype=np.int64)
    _, meant = linear_sum_assignment(table, maximize=True)
    cycles = [one for one in _cycles(meant.tolist()) if table[one].sum()]
    certain = [one for one in cycles if _is_certain(table, one, meant)]
    if certain:
        labels = [label for one in certain for label in one]
        tries = sum(_tries(len(table), len(one)) for one in certain)
        return _measured(
            table, labels, meant[labels], tries, {one: int(meant[one]) for one in labels}
        )
    return _closest(table)


def _cycles(meant: list[int]) -> list[list[int]]:
    """The cycles of a permutation that are longer than 1."""
    left, found = set(range(len(meant))), []
    while left:
        one = min(left)
        cycle = []
        while one in left:
            left.remove(one)
            cycle.append(one)
            one = meant[one]
        if len(cycle) > 1:
            found.append(cycle)
    return found


def _tries(classes: int, length: int) -> float:
    """The number of cycles of a length among the classes."""
    return float(comb(classes, length)) * factorial(length - 1)


def _is_certain(table: np.ndarray, cycle: list[int], meant: np.ndarray) -> bool:
    agreeing, would = int(table[cycle, cycle].sum()), int(table[cycle, meant[cycle]].sum())
    tail = binomial_tail(would, would + agreeing, 0.5)
    return would > agreeing and tail * _tries(len(table), len(cycle)) < TAIL


def _measured(
    table: np.ndarray, labels: list[int], meant: np.ndarray, tries: float, told: dict[int, int]
) -> Exchange:
    rows = max(int(table[labels].sum()), 1)
    agreed, would = (float(table[labels, to].sum()) / rows for to in (labels, meant))
    gain, error = would - agreed, _error(would, agreed, rows)
    below = critical_value(1 - (1 - LEVEL) / max(tries, FEWEST_TRIALS))
    low, high = gain - below * error, gain + critical_value() * error
    return Exchange(told, gain, (max(low, -1.0), min(high, 1.0)), agreed, would)


def _error(would: float, agreed: float, rows: int) -> float:
    """The standard error of the gain, with two rows added on either side."""
    smoothed = [(share * rows + 1) / (rows + 2) for share in (would, agreed)]
    variance = min(sum(smoothed), 1.0) - (smoothed[0] - smoothed[1]) ** 2
    return sqrt(max(variance, 1 / (rows + 2)) / rows)


def _closest(table: np.ndarray) -> Exchange:
    """The exchange of two labels whose gain might be largest; certain it is not."""
    there = np.flatnonzero(table.sum(axis=1))
    best = Exchange({}, 0.0, (0.0, 0.0), 1.0, 0.0)
    farthest = -2.0
    for place, one in enumerate(there):
        for other in there[place + 1 :]:
            pair = [int(one), int(other)]
            found = _measured(table, pair, np.array(pair[::-1]), 1.0, {})
            if found.interval[1] > farthest:
                farthest = found.interval[1]
                best = found
    value = min(max(best.gain, 0.0), 1.0)
    return Exchange({}, value, (0.0, max(best.interval[1], value)), best.agreed, best.would_agree)
