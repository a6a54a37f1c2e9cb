"""The difference of two shares, of counts that are already on the host."""

from __future__ import annotations

from math import hypot, sqrt

from mldebug.stats.intervals import LEVEL, Estimate, Interval

FEWEST_EXPECTED = 5
"""With fewer expected rows in a cell the exact test takes the place of the chi-square test."""


def share_difference(
    count: float, n: float, other: float, m: float, level: float = LEVEL
) -> Estimate:
    """The share ``other / m`` minus ``count / n``, with its interval and p against no difference.

    Parameters
    ----------
    count, n : float
        Successes and trials of one sample; n >= 1. Of rows that come in groups, as many as they
        are worth; the p-value is that of the nearest whole numbers.
    other, m : float
        Those of the other; m >= 1.
    level : float
        The confidence level of the interval.

    Notes
    -----
    The `hybrid_interval` with the exact ends of either share (Newcombe's are Wilson's). With
    Wilson's it exceeded a difference of .05 between no success in 6,000 trials and few in 40 in
    5.7 % of samples; with the exact ones, in sizes from 10 to 6,000, in at most 3 %. O(1), the
    exact test O(min margin).

    References
    ----------
    Newcombe 1998, Stat. Med. 17, 873-890; Clopper & Pearson 1934, Biometrika 26, 404-413.
    """
    p, q = count / n, other / m
    ends = hybrid_interval(p, exact_interval(count, n, level), q, exact_interval(other, m, level))
    whole = [round(one) for one in (count, n, other, m)]
    return Estimate(q - p, ends, equal_shares_p(*whole))


def hybrid_interval(p: float, ends_p: Interval, q: float, ends_q: Interval) -> Interval:
    """The interval of ``q - p``, from two shares and the interval of each.

    Notes
    -----
    The low end is q - p - sqrt((q - low of q)^2 + (high of p - p)^2), and the high end mirrors it;
    neither is beyond -1 or 1.

    References
    ----------
    Newcombe 1998, Stat. Med. 17, 873-890.
    """
    return (
        max(q - p - hypot(q - ends_q[0], ends_p[1] - p), -1.0),
        min(q - p + hypot(ends_q[1] - q, p - ends_p[0]), 1.0),
    )


def exact_interval(count: float, n: float, level: float = LEVEL) -> Interval:
    """Clopper and Pearson's interval of a share, which covers it in at least its level of samples."""
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, n - count + 1, tail))
    high = 1.0 if count == n else float(betaincinv(count + 1, n - count, 1 - tail))
    return low, high


def equal_shares_p(count: int, n: int, other: int, m: int) -> float:
    """The two-sided p-value of the hypothesis that two shares are equal.

    Of Pearson's chi-square test, or of Fisher's exact test (the tables that are no likelier than
    the one found) where a cell has fewer than 5 expected rows.
    """
    successes, total = count + other, n + m
    if successes in (0, total):
        return 1.0
    if min(n, m) * min(successes, total - successes) / total < FEWEST_EXPECTED:
        return _fisher_p(count, n, successes, total)
    from scipy.special import chdtrc

    pooled = successes / total
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return float(chdtrc(1, ((count / n - other / m) / error) ** 2))


def _fisher_p(count: int, n: int, successes: int, total: int) -> float:
    import numpy as np
    from scipy.special import betaln

    def log_choose(of: int, taken: np.ndarray) -> np.ndarray:
        return np.asarray(-betaln(1 + of - taken, 1 + taken) - np.log1p(of))

    fewest, most = max(0, n - (total - successes)), min(n, successes)
    taken = np.arange(fewest, most + 1, dtype=np.float64)
    log_chance = log_choose(successes, taken) + log_choose(total - successes, n - taken)
    log_chance -= log_chance.max()
    chance = np.exp(log_chance)
    found = chance[count - fewest]
    return float(min(chance[chance <= found * (1 + 1e-9)].sum() / chance.sum(), 1.0))
