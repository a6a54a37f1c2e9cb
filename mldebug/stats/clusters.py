"""What rows are worth that come in groups: rows of one person say less than as many people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mldebug.stats.intervals import LEVEL, critical_value
from mldebug.stats.noise import design_effect

Array = np.ndarray[Any, np.dtype[Any]]


def independent_rows(values: Array, groups: Array | None) -> float:
    """How many independent rows would tell the mean of values as surely as these do.

    Parameters
    ----------
    values : numpy.ndarray of shape (n,), a float type
        Finite.
    groups : numpy.ndarray of shape (n,), int64, or None
        The group of each row, from 0 on, some may lack rows; None if each row is alone.

    Returns
    -------
    float
        n without groups; else n over the design effect, at most n and at least 1.

    Notes
    -----
    The design effect is k / (k - 1) times the sum of squares of the k groups' sums of deviations
    from the mean, over that of the deviations themselves. Values that do not vary tell nothing of
    it: then rows of a group count as alike. As the effect is known from k groups only, the result is
    multiplied by the square of the normal 97.5 % quantile over Student's with k - 1 degrees of
    freedom. O(n).

    References
    ----------
    Kish 1965, Survey Sampling; Rao & Scott 1981, J. Am. Stat. Assoc. 76, 221-230.
    """
    n = len(values)
    if groups is None:
        return float(n)
    k = int(np.count_nonzero(np.bincount(groups)))
    if not np.ptp(values) > 0:
        return max(_alike(groups) * _sureness(k), 1.0)
    effect = float(design_effect(values, groups, int(groups.max()) + 1)) * k / max(k - 1, 1)
    return float(max(n / max(effect, 1.0) * _sureness(k), 1.0))


def independent_numbers(values: Array, groups: Array | None) -> float:
    """`independent_rows` of the ranks of numbers of shape (n,): what their distribution rests on."""
    if groups is None:
        return float(len(values))
    from mldebug.stats.ranking import midranks

    return independent_rows(midranks(values), groups)


def independent_words(codes: Array, groups: Array | None) -> float:
    """How many independent rows would tell the shares of categories as surely as these do.

    Parameters
    ----------
    codes : numpy.ndarray of shape (n,), int64
        The category of each row, from 0 on.
    groups : numpy.ndarray of shape (n,), int64, or None
        As of `independent_rows`.

    Returns
    -------
    float
        As `independent_rows` of the indicators of the categories, each with the say of its variance
        (Rao and Scott's first-order correction). O(n log n), whatever the number of categories.
    """
    n = len(codes)
    if groups is None:
        return float(n)
    counts, sizes = np.bincount(codes), np.bincount(groups).astype(np.float64)
    shares = counts / n
    variance = float((shares * (1 - shares)).sum()) * n
    if not variance > 0:
        return max(_alike(groups) * _sureness(int(np.count_nonzero(sizes))), 1.0)
    pairs, joint = np.unique(groups * len(counts) + codes, return_counts=True)
    # The sum over all groups and categories of (rows of both - rows of the group x the share)^2
    expected = sizes[pairs // len(counts)] * shares[pairs % len(counts)]
    squares = float((joint**2 - 2 * joint * expected).sum())
    squares += float((sizes**2).sum()) * float((shares**2).sum())
    k = int(np.count_nonzero(sizes))
    effect = squares / variance * k / max(k - 1, 1)
    return max(n / max(float(effect), 1.0) * _sureness(k), 1.0)


def independent_pair(
    measure: Callable[[Array, Array | None], float],
    values: tuple[Array, Array],
    groups: tuple[Array | None, Array | None],
    *,
    alike: bool,
) -> tuple[float, float]:
    """The independent rows of two samples.

    Parameters
    ----------
    measure : callable
        `independent_rows`, `independent_numbers` or `independent_words`.
    values, groups : tuple
        Of either sample, as ``measure`` takes them.
    alike : bool
        Whether rows of one group are as much alike in both: of the two design effects the larger
        then holds for both, as neither is known well.
    """
    n, m = (measure(one, told) for one, told in zip(values, groups, strict=True))
    if not alike:
        return n, m
    effect = max(len(values[0]) / n, len(values[1]) / m)
    return max(len(values[0]) / effect, 1.0), max(len(values[1]) / effect, 1.0)


def _sureness(k: int) -> float:
    """What the spread of so few groups is worth, were it known."""
    from scipy.special import stdtrit

    if k < 2:
        return 0.0
    upper = 0.5 + LEVEL / 2
    return float((critical_value() / stdtrit(k - 1, upper)) ** 2)


def _alike(groups: Array) -> float:
    """The independent rows of groups whose rows are all alike."""
    sizes = np.bincount(groups).astype(np.float64)
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def errors_of_means(values: Array, groups: Array | None = None) -> Array:
    """The standard errors of the means of columns of shape (n, m): each column as `error_of_mean`."""
    if groups is None:
        return np.asarray(np.std(values, axis=0, ddof=1) / np.sqrt(len(values)))
    return np.array([error_of_mean(column, groups) for column in values.T])


def error_of_mean(values: Array, groups: Array | None = None) -> float:
    """The standard error of the mean of values of shape (n,), n >= 2, of rows that come in groups."""
    return float(np.std(values, ddof=1) / np.sqrt(independent_rows(values, groups)))
