"""How often a value of one sample is larger than one of another."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np

from mldebug.arrays import namespace, to_host
from mldebug.stats.intervals import Interval, critical_value

BISECTIONS = 50


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
    among = xp.sort(among, stable=False)
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
    At each end the farther of two: DeLong's variance on the logit scale, which is too small where
    few values overlap; and the score interval with the variance that exponential samples have. In
    1,000 samples of normal values with areas from .5 to .99 and sizes from 10 to 2,000 the low end
    exceeded the truth in at most 3.0 % and the high end fell short in at most 3.2 %.

    References
    ----------
    Qin & Hotilovac 2008, Stat. Methods Med. Res. 17, 207-221; Newcombe 2006, Stat. Med. 25,
    559-573, method 5; Hanley & McNeil 1982, Radiology 143, 29-36.
    """
    value, of_x, of_y = to_host(placements(x, y)).tolist()
    n, m = x.shape[0], y.shape[0]
    low, high = _score_end(value, n, m), 1 - _score_end(1 - value, m, n)
    error = sqrt(of_x / n + of_y / m)
    if 0 < value < 1:
        half = critical_value() * error / (value * (1 - value))
        centre = log(value / (1 - value))
        low, high = min(low, _share_of(centre - half)), max(high, _share_of(centre + half))
    return value, (low, high)


def _score_end(value: float, n: int, m: int) -> float:
    """The smallest area from which the found one is not further than 1.96 of that area's errors."""
    low, high = 0.0, value
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        far = value - middle > critical_value() * sqrt(_exponential_variance(middle, n, m))
        low, high = (middle, high) if far else (low, middle)
    return low


def _exponential_variance(value: float, n: int, m: int) -> float:
    """The variance of the area for exponential samples, of the two orientations the larger.

    Either sample may be the more spread out, and where one is small that decides.
    """
    both = value / (2 - value) - value**2, 2 * value**2 / (1 + value) - value**2
    spread = (max(n, m) - 1) * max(both) + (min(n, m) - 1) * min(both)
    return max(value * (1 - value) + spread, 0.0) / (n * m)


def _share_of(logit: float) -> float:
    """The logistic function, for any argument."""
    small = exp(-abs(logit))
    return 1 / (1 + small) if logit >= 0 else small / (1 + small)


def midranks(values: np.ndarray) -> np.ndarray:
    """The rank of each value, from 1, ties sharing their mean rank. O(n log n)."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]
