"""Partial statistics: each is made from one chunk of rows, and two of them merge into one.

The function named as the statistic runs a kernel on the chunk's device and brings its few numbers
to the host; what it returns is picklable. Chunks lie on one fixed grid and are merged from left to
right, which makes the result the same to the last bit whatever the reader's batches or the workers.
The sets, of values and of rows, stand in `mldebug.stats.partial_sets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from mldebug.arrays import device_of, namespace, to_host

if TYPE_CHECKING:
    from collections.abc import Iterable

Array = Any


class Partial(Protocol):
    """What merges with another of its kind."""

    def merge(self, other: Any) -> Any:
        """Both in one; ``other`` holds the rows after those of ``self``."""


P = TypeVar("P", bound=Partial)


def merged(partials: Iterable[P]) -> P:
    """All partials in one, merged from left to right; there must be at least one."""

    def both(one: P, other: P) -> P:
        result: P = one.merge(other)
        return result

    return reduce(both, partials)


def _kept(x: Array, missing: Array | None, instead: float) -> tuple[Any, Array, Array]:
    """The namespace, the values as float64 with ``instead`` at missing places, where they are."""
    xp = namespace(x)
    x = xp.astype(x, xp.float64)
    missing = xp.isnan(x) if missing is None else missing | xp.isnan(x)
    return xp, xp.where(missing, xp.full_like(x, instead), x), ~missing


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """The number of finite values, their mean, and the sum of squared deviations from it.

    Parameters
    ----------
    n, mean, m2 : numpy.ndarray of shape (n_columns,), float64, or floats
        ``m2`` is the sum of squared deviations.

    References
    ----------
    Chan, Golub & LeVeque 1983, Am. Stat. 37, 242-247.
    """

    n: np.ndarray
    mean: np.ndarray
    m2: np.ndarray

    def merge(self, other: Moments) -> Moments:
        """Both in one."""
        a, b = self.n, other.n
        n = a + b
        safe = np.where(n > 0, n, 1.0)
        delta = other.mean - self.mean
        share = delta / safe
        mean = np.where(a == 0, other.mean, self.mean + share * b)
        m2 = self.m2 + other.m2 + delta * share * a * b
        return Moments(n, mean[()], m2)

    @property
    def variance(self) -> np.ndarray:
        """The unbiased variance; 0 for fewer than two values."""
        variance: np.ndarray = np.where(self.n > 1, self.m2 / np.maximum(self.n - 1, 1), 0.0)[()]
        return variance

    @property
    def sd(self) -> np.ndarray:
        """The square root of the variance."""
        deviation: np.ndarray = np.sqrt(self.variance)
        return deviation


def moments(x: Array, missing: Array | None = None) -> Moments:
    """The moments of a chunk, shape (n,) or (n, n_columns); NaN counts as missing."""
    return Moments(*to_host(moment_sums(x, missing)))


def moment_sums(x: Array, missing: Array | None) -> Array:
    """The kernel of `Moments`.

    Parameters
    ----------
    x : array of shape (n,) or (n, n_columns)
        Values of any real type; infinite ones are not counted.
    missing : array of the same shape, bool
        Where a value is missing.

    Returns
    -------
    array of shape (3,) or (3, n_columns), float64
        n, mean, m2. Deviations are taken from the smallest value first, so that a constant
        has a variance of exactly 0.
    """
    xp, x, there = _kept(x, missing, 0.0)
    if x.shape[0] == 0:
        return xp.zeros((3, *x.shape[1:]), dtype=xp.float64, device=device_of(x))
    there = there & xp.isfinite(x)
    zero = xp.zeros_like(x)
    n = xp.sum(xp.astype(there, xp.float64), axis=0)
    safe = xp.where(n > 0, n, xp.ones_like(n))
    largest = xp.full_like(x, xp.finfo(x.dtype).max)
    pivot = xp.min(xp.where(there, x, largest), axis=0)
    pivot = xp.where(n > 0, pivot, xp.zeros_like(pivot))
    above = xp.where(there, x - pivot, zero)
    mean = xp.sum(above, axis=0) / safe
    deviation = xp.where(there, above - mean, zero)
    return xp.stack([n, pivot + mean, xp.sum(deviation * deviation, axis=0)])


@dataclass(frozen=True, slots=True, eq=False)
class Extremes:
    """The number of values, the missing, infinite, zero and negative ones, and both extremes.

    Of no values, ``low`` is inf and ``high`` -inf. Infinite values count as extremes.
    """

    n: np.ndarray
    missing: np.ndarray
    infinite: np.ndarray
    zeros: np.ndarray
    negative: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def merge(self, other: Extremes) -> Extremes:
        """Both in one."""
        return Extremes(
            self.n + other.n,
            self.missing + other.missing,
            self.infinite + other.infinite,
            self.zeros + other.zeros,
            self.negative + other.negative,
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
        )


def extremes(x: Array, missing: Array | None = None) -> Extremes:
    """The extremes of a chunk, shape (n,) or (n, n_columns); NaN counts as missing."""
    return Extremes(*to_host(extreme_values(x, missing)))


def extreme_values(x: Array, missing: Array | None) -> Array:
    """The kernel of `Extremes`: its seven numbers in order, shape (7,) or (7, n_columns)."""
    xp, x, there = _kept(x, missing, 0.0)
    if x.shape[0] == 0:
        nothing = xp.zeros((1, *x.shape[1:]), dtype=xp.float64, device=device_of(x))
        return xp.concat([nothing] * 5 + [nothing + xp.inf, nothing - xp.inf])
    infinity = xp.full_like(x, xp.inf)

    def count(which: Array) -> Array:
        return xp.sum(xp.astype(which, xp.float64), axis=0)

    return xp.stack(
        [
            count(there),
            count(~there),
            count(there & xp.isinf(x)),
            count(there & (x == 0)),
            count(there & (x < 0)),
            xp.min(xp.where(there, x, infinity), axis=0),
            xp.max(xp.where(there, x, -infinity), axis=0),
        ]
    )


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """How successive values of a column compare; missing ones are passed over.

    ``increases``, ``decreases`` and ``ties`` add up to ``n - 1``; first and last are those values,
    ints where the column holds integers.
    """

    n: int
    increases: int
    decreases: int
    ties: int
    first: float | int
    last: float | int

    def merge(self, other: Order) -> Order:
        """Both in one; ``other`` holds the rows after those of ``self``."""
        if self.n == 0 or other.n == 0:
            return other if self.n == 0 else self
        return Order(
            self.n + other.n,
            self.increases + other.increases + (other.first > self.last),
            self.decreases + other.decreases + (other.first < self.last),
            self.ties + other.ties + (other.first == self.last),
            self.first,
            other.last,
        )

    @property
    def strictly(self) -> bool:
        """Whether each value is above the one before."""
        return self.n > 1 and self.increases == self.n - 1


def order(x: Array, missing: Array | None = None) -> Order:
    """The order of a chunk of shape (n,); NaN counts as missing."""
    n, increases, decreases, ties, first, last = to_host(order_counts(x, missing)).tolist()
    return Order(int(n), int(increases), int(decreases), int(ties), first, last)


def order_counts(x: Array, missing: Array | None) -> Array:
    """The kernel of `Order`: its six numbers, shape (6,).

    Float64 for floats; integers are compared exactly, and told as int64 or uint64.
    """
    xp = namespace(x)
    if xp.isdtype(x.dtype, "integral"):
        x = x if x.dtype == xp.uint64 else xp.astype(x, xp.int64)
        there = xp.ones_like(x, dtype=xp.bool) if missing is None else ~missing
    else:
        xp, x, there = _kept(x, missing, 0.0)
    if x.shape[0] == 0:
        return xp.zeros(6, dtype=x.dtype, device=device_of(x))
    places = xp.argsort(xp.astype(~there, xp.int64), stable=True)
    x = xp.take(x, places)
    there = xp.take(there, places)
    before, after, both = x[:-1], x[1:], there[1:]
    n = xp.sum(xp.astype(there, xp.int64))
    last = xp.where(n > 0, n - 1, xp.zeros_like(n))
    counts = [xp.sum(xp.astype(both & which, x.dtype)) for which in _comparisons(before, after)]
    ends = [x[0], xp.take(x, xp.reshape(last, (1,)))[0]]
    return xp.stack([xp.astype(n, x.dtype), *counts, *ends])


def _comparisons(before: Array, after: Array) -> tuple[Array, Array, Array]:
    return after > before, after < before, after == before
