"""How often a value of one sample is larger than one of another."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from mldebug.arrays import namespace, to_host
from mldebug.stats.intervals import critical_value


def placements(x: Any, y: Any) -> np.ndarray:
    """The area under the curve and the two variances of DeLong's method.

    Parameters
    ----------
    x : array of shape (n,)
        Without NaN.
    y : array of shape (m,)
        Without NaN.

    Returns
    -------
    numpy.ndarray of shape (3,)
        P(y > x) + P(y = x) / 2, the variance of the placements of x among y, and of y among x.

    Notes
    -----
    Placements come from sorted order: O((n + m) log(n + m)) instead of n m.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44; Sun & Xu 2014, IEEE SPL 21.
    """
    xp = namespace(x, y)
    x, y = xp.sort(x), xp.sort(y)
    n, m = x.shape[0], y.shape[0]

    def placed(values: Any, among: Any) -> Any:
        low = xp.astype(xp.searchsorted(among, values, side="left"), xp.float64)
        high = xp.astype(xp.searchsorted(among, values, side="right"), xp.float64)
        return (low + high) / (2 * among.shape[0])

    of_y = placed(y, x)
    of_x = 1 - placed(x, y)
    parts = (xp.mean(of_y), _variance(xp, of_x, n), _variance(xp, of_y, m))
    return to_host(xp.stack(parts))


def _variance(xp: Any, values: Any, n: int) -> Any:
    deviations = values - xp.mean(values)
    return xp.sum(deviations * deviations) / max(n - 1, 1)


def auc(x: Any, y: Any) -> tuple[float, tuple[float, float]]:
    """P(y > x) + P(y = x) / 2 with its 95 % interval after DeLong, within [0, 1]."""
    value, of_x, of_y = (float(one) for one in placements(x, y))
    half = critical_value() * sqrt(of_x / x.shape[0] + of_y / y.shape[0])
    return value, (max(0.0, value - half), min(1.0, value + half))


def midranks(values: np.ndarray) -> np.ndarray:
    """The rank of each value, from 1, ties sharing their mean rank. O(n log n)."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]
