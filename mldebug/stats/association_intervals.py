"""Associations of two columns of any kind with their 95 % intervals."""

from __future__ import annotations

from math import atanh, sqrt, tanh

import numpy as np

from mldebug.stats.association import association
from mldebug.stats.intervals import Estimate, critical_value
from mldebug.stats.ranking import midranks


def association_estimate(
    one: np.ndarray, other: np.ndarray, one_is_coded: bool, other_is_coded: bool
) -> Estimate:
    """The strength of association of two columns with its 95 % interval.

    Parameters
    ----------
    one, other : numpy.ndarray of shape (n,), dtype float64
        Numbers, or category codes; missing as NaN.
    one_is_coded, other_is_coded : bool
        Which of them holds codes.

    Returns
    -------
    Estimate
        The value as of `mldebug.stats.association.association`; the interval is None for fewer than
        five complete rows.

    Notes
    -----
    The interval is symmetric on the scale of the inverse hyperbolic tangent. Its standard error is
    that of the influence values, which count in that the ranks are estimated too; unless both columns
    hold categories, at least that of ranks of normal values, sqrt((1 + r^2 / 2) / (n - 3)); and at
    least that of a change of 1/n in the value. Values above 1 - 1/n count as that, so that no few
    rows are certain. O(n log n).

    References
    ----------
    Bonett & Wright 2000, Psychometrika 65, 23-28; Hampel 1974, J. Am. Stat. Assoc. 69, 383-393.
    """
    present = ~(np.isnan(one) | np.isnan(other))
    one, other = one[present], other[present]
    n = len(one)
    value = association(one, other, one_is_coded, other_is_coded)
    if n < 5:
        return Estimate(value, None)
    if one_is_coded and other_is_coded:
        influence = _of_theils_u(one, other)
    elif one_is_coded or other_is_coded:
        codes, values = (one, other) if one_is_coded else (other, one)
        influence = _of_correlation_ratio(codes, midranks(values), value)
    else:
        influence = _of_spearman(midranks(one) / n, midranks(other) / n)
    near = min(value, 1 - 1 / n)
    error = float(np.std(influence)) / sqrt(n) / (1 - near**2)
    if not (one_is_coded and other_is_coded):
        error = max(error, sqrt((1 + near**2 / 2) / (n - 3)))
    half = critical_value() * max(error, 1 / n / (1 - near**2))
    low, high = tanh(atanh(near) - half), tanh(atanh(near) + half)
    return Estimate(value, (max(low, 0.0), 1.0 if value > near else max(high, value)))


def _of_spearman(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Influence values of the correlation of ranks, which are given divided by n."""
    x, y = x - x.mean(), y - y.mean()
    covariance, of_x, of_y = (float(np.mean(one)) for one in (x * y, x * x, y * y))
    if of_x <= 0 or of_y <= 0:
        return np.zeros(len(x))
    moved = x * y + _carried(x, y) + _carried(y, x)
    spread_x, spread_y = x * x + 2 * _carried(x, x), y * y + 2 * _carried(y, y)
    correlation = covariance / sqrt(of_x * of_y)
    shrunk = spread_x / of_x + spread_y / of_y
    found = moved / sqrt(of_x * of_y) - correlation / 2 * shrunk
    return np.asarray(found - found.mean())


def _carried(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """What a row at x adds to the mean of rank times weight by raising the ranks above it."""
    order = np.argsort(x, kind="stable")
    ordered = x[order]
    sums = np.concatenate([[0.0], np.cumsum(weights[order])])
    low, high = np.searchsorted(ordered, x, "left"), np.searchsorted(ordered, x, "right")
    return np.asarray((sums[-1] - (sums[low] + sums[high]) / 2) / len(x))


def _of_correlation_ratio(codes: np.ndarray, values: np.ndarray, ratio: float) -> np.ndarray:
    """Influence values of the root of the share of variance between categories."""
    _, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    means = np.bincount(inverse, weights=values) / counts
    within, total = (values - means[inverse]) ** 2, (values - values.mean()) ** 2
    whole = float(total.mean())
    if whole <= 0 or ratio <= 0:
        return np.zeros(len(values))
    left = float(within.mean()) / whole
    of_square = (left * (total - whole) - (within - left * whole)) / whole
    return np.asarray(of_square / (2 * ratio))


def _of_theils_u(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Influence values of the mutual information over the smaller entropy."""
    surprises = []
    _, a = np.unique(one, return_inverse=True)
    _, b = np.unique(other, return_inverse=True)
    for codes in (a, b, a * (int(b.max()) + 1) + b):
        _, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
        surprises.append(-np.log(counts / len(codes))[inverse])
    smaller = min(surprises[:2], key=lambda told: float(told.mean()))
    entropy = float(smaller.mean())
    if entropy <= 0:
        return np.zeros(len(one))
    shared = surprises[0] + surprises[1] - surprises[2]
    share = float(shared.mean()) / entropy
    found = (shared - share * smaller) / entropy
    return np.asarray(found - found.mean())
