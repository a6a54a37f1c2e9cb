"""The difference of two shares. Loads neither NumPy nor SciPy."""

from __future__ import annotations

from math import erfc, sqrt

from mldebug.stats.intervals import LEVEL, Estimate, wilson


def share_difference(
    count: int, n: int, other_count: int, other_n: int, level: float = LEVEL
) -> Estimate:
    """A share less another with its interval, and its p-value against no difference.

    Parameters
    ----------
    count, n, other_count, other_n : int
        Hits and trials of each; there are trials of both.
    level : float
        The confidence level.

    Notes
    -----
    The interval joins the Wilson intervals of both shares; p is that of Pearson's chi-square of the
    two by two table.

    References
    ----------
    Newcombe 1998, Stat. Med. 17, 873-890, method 10.
    """
    one, other = count / n, other_count / other_n
    low, high = wilson(count, n, level)
    other_low, other_high = wilson(other_count, other_n, level)
    value = one - other
    ends = (
        value - sqrt((one - low) ** 2 + (other_high - other) ** 2),
        value + sqrt((high - one) ** 2 + (other - other_low) ** 2),
    )
    pooled = (count + other_count) / (n + other_n)
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / other_n))
    p = erfc(abs(value) / error / sqrt(2)) if error > 0 else 1.0
    return Estimate(value, (max(ends[0], -1.0), min(ends[1], 1.0)), p)
