"""Which columns say the same: signatures that survive another scale, and chance partitions."""

from __future__ import annotations

from typing import Any

import numpy as np

from mldebug.arrays import device_of, namespace
from mldebug.stats.fingerprints import mixed

Array = Any


def row_weights(n: int, xp: Any = np, device: Any = None) -> Array:
    """A fixed number in [-1, 1) for each row, shape (n,), float64, as if drawn at random."""
    rows = xp.arange(n, dtype=xp.int64, device=device)
    return xp.astype(mixed(mixed(rows) + 1), xp.float64) / 2.0**63


def affine_signature(x: Array, missing: Array, weights: Array) -> Array:
    """A number that all columns a + b x share, whatever a and b (b not 0).

    Parameters
    ----------
    x : array of shape (n,), float64
        Finite values; what stands at a missing place does not matter.
    missing : array of shape (n,), bool
        Where a value is missing.
    weights : array of shape (n,), float64
        From `row_weights`.

    Returns
    -------
    array of shape (), float64
        The absolute weighted sum of the standardised column over the root of n, about a standard
        normal's size for unrelated columns; 0 for a constant one.

    Notes
    -----
    Two passes, O(n). Equal in exact arithmetic; in float64 up to 1e-16 times the column's distance
    from 0 in standard deviations.
    """
    xp = namespace(x)
    there = xp.astype(~missing, xp.float64)
    zero = xp.zeros_like(x)
    n = xp.sum(there)
    one = xp.ones_like(n)
    n = xp.where(n > 0, n, one)
    x = xp.where(missing, zero, x)
    largest = xp.max(xp.abs(x)) if x.shape[0] else xp.asarray(0.0, device=device_of(x))
    x = x / xp.where(largest > 0, largest, xp.ones_like(largest))  # no square overflows
    centred = xp.where(missing, zero, x - xp.sum(x) / n)
    spread = xp.sqrt(xp.sum(centred * centred) / n)
    total = xp.abs(xp.sum(centred * weights)) / xp.sqrt(n)
    return xp.where(spread > 0, total / xp.where(spread > 0, spread, one), xp.zeros_like(total))


def log_arrangements(sizes: np.ndarray, *, named: bool) -> float:
    """The logarithm of the number of ways to part rows into groups of these sizes.

    Parameters
    ----------
    sizes : numpy.ndarray of shape (k,), an integer type
        At least 1 each.
    named : bool
        Whether it matters which group is which, as it does of numbers on a scale.

    Returns
    -------
    float
        log of n! / (prod sizes!), less the logarithms of the factorials of how often each size
        occurs where the groups are not named. One over that number is the probability that values
        dealt out at random, in groups of these sizes, part the rows in one given way.
    """
    from scipy.special import gammaln

    sizes = np.asarray(sizes, dtype=np.float64)
    ways = gammaln(sizes.sum() + 1) - gammaln(sizes + 1).sum()
    if not named:
        ways -= gammaln(np.unique(sizes, return_counts=True)[1] + 1.0).sum()
    return float(ways)
