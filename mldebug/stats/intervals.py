"""Intervals, tails and the correction for many subjects. Loads neither NumPy nor SciPy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.95
"""The confidence level of every interval that a measurement carries."""

Interval = tuple[float, float]
Bounds = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value that speaks about rows not seen.

    ``interval`` is None where the rows are too few for one; ``p`` is the two-sided p-value against
    the null that the function which made the estimate names, or None.
    """

    value: float
    interval: Interval | None
    p: float | None = None


def critical_value(level: float = LEVEL) -> float:
    """The half-width of the central ``level`` of a standard normal variable: 1.96 at .95."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def _within(low: float, high: float, bounds: Bounds) -> Interval:
    """An interval clipped to bounds, of which either may be absent."""
    smallest = -math.inf if bounds[0] is None else bounds[0]
    largest = math.inf if bounds[1] is None else bounds[1]
    return min(max(low, smallest), largest), max(min(high, largest), smallest)


def wilson(count: float, n: float, level: float = LEVEL) -> Interval:
    """The Wilson score interval of a share.

    Parameters
    ----------
    count, n : float
        Successes and trials; ``n = 0`` gives (0, 1). Effective, non-integer numbers are allowed.
    level : float
        The confidence level.

    Returns
    -------
    tuple of float
        Both ends, in [0, 1].

    References
    ----------
    Wilson 1927, J. Am. Stat. Assoc. 22, 209-212.
    """
    if n <= 0:
        return 0.0, 1.0
    z = critical_value(level)
    share = count / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(max(share * (1 - share), 0.0) / n + (z / (2 * n)) ** 2)
    scale = 1 + z * z / n
    low = 0.0 if count <= 0 else (centre - spread) / scale
    high = 1.0 if count >= n else (centre + spread) / scale
    return _within(low, high, (0.0, 1.0))


def normal(
    value: float, standard_error: float, level: float = LEVEL, bounds: Bounds = (None, None)
) -> Interval:
    """The interval ``value`` plus and minus a normal quantile of standard errors, in bounds."""
    spread = critical_value(level) * standard_error
    return _within(value - spread, value + spread, bounds)


def stricter(value: float, interval: Interval, bounds: Bounds, level: float) -> Interval:
    """A 95 % interval widened to a stricter level.

    Parameters
    ----------
    value : float
        The estimate.
    interval : tuple of float
        Its 95 % interval.
    bounds : tuple of float or None
        Of the quantity; the result is clipped to them.
    level : float
        The wanted level.

    Notes
    -----
    Each side's half-width is multiplied by z(level) / z(.95). On a transformed or skewed scale this
    is an approximation, exact at the level .95.
    """
    ratio = critical_value(level) / critical_value(LEVEL)
    below = max(value - interval[0], 0.0) * ratio
    above = max(interval[1] - value, 0.0) * ratio
    return _within(value - below, value + above, bounds)


def benjamini_hochberg(p: Sequence[float], q: float = 0.05) -> list[bool]:
    """Which hypotheses are rejected at the false discovery rate ``q``.

    Parameters
    ----------
    p : sequence of float
        The p-values, in any order. One that is not a number counts as 1.
    q : float
        The false discovery rate.

    Returns
    -------
    list of bool
        In the order of ``p``. Equal p-values get equal verdicts.

    References
    ----------
    Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57, 289-300.
    """
    ranked = sorted(value for value in p if not math.isnan(value))
    threshold = -1.0
    for rank, value in enumerate(ranked, start=1):
        if value <= q * rank / len(p):
            threshold = value
    return [value <= threshold for value in p]


def paired_difference(
    a: Sequence[float],
    b: Sequence[float],
    level: float = LEVEL,
    bounds: Bounds = (None, None),
    test_to_train: float = 0.0,
) -> Estimate:
    """The mean of ``a - b`` over pairs, with its interval and p-value against 0.

    Parameters
    ----------
    a, b : sequence of float, the same length
        For example the scores of two models on the same folds or rows.
    level : float
        The confidence level.
    bounds : tuple of float or None
        The difference's bounds.
    test_to_train : float
        For cross-validated scores, evaluation rows over training rows of one fold: the folds share
        training rows, so the variance of their mean is larger by this share. 0 for independent
        pairs.

    Returns
    -------
    Estimate
        The interval and p are None for fewer than two pairs. Where all differences are equal the
        interval is that one value.

    References
    ----------
    Nadeau & Bengio 2003, Machine Learning 52, 239-281.
    """
    differences = [float(one) - float(other) for one, other in zip(a, b, strict=True)]
    n = len(differences)
    if n == 0:
        return Estimate(math.nan, None)
    mean = math.fsum(differences) / n
    if n == 1:
        return Estimate(mean, None)
    variance = math.fsum((one - mean) ** 2 for one in differences) / (n - 1)
    error = math.sqrt(variance * (1 / n + test_to_train))
    if error <= 1e-15 * abs(mean) or error == 0:
        return Estimate(mean, (mean, mean), 1.0 if mean == 0 else 0.0)
    from scipy.special import stdtr, stdtrit

    spread = float(stdtrit(n - 1, 0.5 + level / 2)) * error
    p = 2 * float(stdtr(n - 1, -abs(mean) / error))
    return Estimate(mean, _within(mean - spread, mean + spread, bounds), p)


def binomial_tail(count: int, n: int, share: float) -> float:
    """The probability of ``count`` or more successes in ``n`` trials of probability ``share``."""
    from scipy.special import bdtrc

    return 1.0 if count <= 0 else 0.0 if count > n else float(bdtrc(count - 1, n, share))


def poisson_tail(count: int, mean: float) -> float:
    """The probability of ``count`` or more events where ``mean`` are expected."""
    from scipy.special import pdtrc

    return 1.0 if count <= 0 else float(pdtrc(count - 1, mean))
