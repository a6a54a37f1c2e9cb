"""How often a value of one sample is larger than one of another."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np

from mldebug.arrays import namespace, to_host
from mldebug.stats.intervals import Interval, critical_value, wilson


def placements(x: Any, y: Any) -> Any:
    """The area under the curve and the two variances of DeLong's method.

    Parameters
    ----------
    x : array of shape (n,)
        Without NaN.
    y : array of shape (m,)
        Without NaN.

    Returns
    -------
    array of shape (3,), float64
        P(y > x) + P(y = x) / 2, the variance of the placements of x among y, and of y among x; on
        the device of the samples.

    Notes
    -----
    Placements come from sorted order: O((n + m) log(n + m)) instead of n m.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44; Sun & Xu 2014, IEEE SPL 21.
    """
    xp = namespace(x, y)
    of_x, of_y = 1 - _placed(xp, x, y), _placed(xp, y, x)
    return xp.stack([xp.mean(of_y), _variance(xp, of_x), _variance(xp, of_y)])


def _placed(xp: Any, values: Any, among: Any) -> Any:
    """The share of ``among`` below each value, equal ones counting half."""
    among = xp.sort(among)
    low = xp.astype(xp.searchsorted(among, values, side="left"), xp.float64)
    high = xp.astype(xp.searchsorted(among, values, side="right"), xp.float64)
    return (low + high) / (2 * among.shape[0])


def _variance(xp: Any, values: Any) -> Any:
    deviations = values - xp.mean(values)
    return xp.sum(deviations * deviations) / max(values.shape[0] - 1, 1)


def auc(x: Any, y: Any) -> tuple[float, Interval]:
    """P(y > x) + P(y = x) / 2 with its 95 % interval, within [0, 1].

    Parameters
    ----------
    x, y : array of shape (n,) and (m,)
        Without NaN; neither is empty.

    Notes
    -----
    On the logit scale, the larger of DeLong's variance and that of two exponential samples whose
    area is drawn to .5 by two rows of the smaller one: DeLong's is too small where few values
    overlap. Where none do it is 0, and the interval is Wilson's for as many trials as the smaller
    sample has rows. In 400 samples with 20 and 300 rows and a true area of .95, the interval misses
    it in 3 %; with DeLong's variance alone, in 11 %.

    References
    ----------
    Hanley & McNeil 1982, Radiology 143, 29-36; Qin & Hotilovac 2008, Stat. Methods Med. Res. 17.
    """
    value, of_x, of_y = to_host(placements(x, y)).tolist()
    n, m = x.shape[0], y.shape[0]
    few = min(n, m)
    variance = of_x / n + of_y / m
    if variance == 0 or not 0 < value < 1:
        return value, wilson(value * few, few)
    error = sqrt(max(variance, _exponential_variance((value * few + 1) / (few + 2), n, m)))
    half = critical_value() * error / (value * (1 - value))
    centre = log(value / (1 - value))
    return value, (_share_of(centre - half), _share_of(centre + half))


def _exponential_variance(value: float, n: int, m: int) -> float:
    """The variance of the area under the curve if both samples were of exponential variables."""
    twice_y, twice_x = value / (2 - value), 2 * value**2 / (1 + value)
    same = value * (1 - value) + (m - 1) * (twice_y - value**2)
    return (same + (n - 1) * (twice_x - value**2)) / (n * m)


def _share_of(logit: float) -> float:
    """The logistic function, for any argument."""
    small = exp(-abs(logit))
    return 1 / (1 + small) if logit >= 0 else small / (1 + small)


def midranks(values: np.ndarray) -> np.ndarray:
    """The rank of each value, from 1, ties sharing their mean rank. O(n log n)."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]
