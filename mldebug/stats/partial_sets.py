"""Partial statistics that hold sets: the distinct values of a column, and a sample of rows.

They merge as those of `mldebug.stats.partial` do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mldebug.arrays import namespace, to_host
from mldebug.stats.fingerprints import number_hashes, sample_keys

Array = Any

EXACT_DISTINCT = 1_000_000
"""The number of distinct values up to which they are counted exactly."""
KEPT_DISTINCT = 65_536
"""Beyond it, the distinct values that are kept: those of the smallest hashes."""
FREQUENT = 64
"""Beyond it, the frequent values whose counts are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Distinct:
    """The distinct values of a column and how often each occurs.

    Parameters
    ----------
    n : int
        The number of values that are not missing.
    values : numpy.ndarray of shape (k,), int64, uint64 or float64, increasing
        All distinct values if ``exact``; else those `KEPT_DISTINCT` whose hashes are smallest.
    counts : numpy.ndarray of shape (k,), int64
        How often each of ``values`` occurs: exact in either case.
    exact : bool
        Whether there are at most `EXACT_DISTINCT` distinct values.
    frequent, frequent_counts : numpy.ndarray of shape (at most `FREQUENT`,)
        Beyond that, frequent values, each with a lower bound of its count.

    Notes
    -----
    What is kept beyond the cap is the set of the k values of smallest hash, with exact counts,
    since a value once beyond the k-th hash can never come back. It does not depend on how the rows
    were grouped, and estimates the number of distinct values to within 1 / sqrt(k): .4 %.

    References
    ----------
    Bar-Yossef et al. 2002, RANDOM, doi:10.1007/3-540-45726-7_1; Gibbons 2001, VLDB.
    """

    n: int
    values: np.ndarray
    counts: np.ndarray
    exact: bool
    frequent: np.ndarray
    frequent_counts: np.ndarray

    def merge(self, other: Distinct) -> Distinct:
        """Both in one."""
        values, counts = _added(self.values, self.counts, other.values, other.counts)
        exact = self.exact and other.exact
        frequent = self.values[:0], self.counts[:0]
        if not exact:
            frequent = _added(*_most(self), *_most(other))
        return _capped(Distinct(self.n + other.n, values, counts, exact, *frequent))

    @property
    def n_distinct(self) -> float:
        """The number of distinct values: exact, or estimated from the k-th smallest hash."""
        if self.exact or len(self.values) < KEPT_DISTINCT:
            return float(len(self.values))
        farthest = (float(_hashes(self.values).max()) + 2.0**63) / 2.0**64
        return (len(self.values) - 1) / farthest

    def table(self) -> tuple[np.ndarray, np.ndarray]:
        """The values that are known, increasing, and their counts: all of them if ``exact``.

        Otherwise those kept and the frequent ones; the counts of the latter are lower bounds.
        """
        if self.exact:
            return self.values, self.counts
        fresh = ~np.isin(self.frequent, self.values)
        more = self.frequent[fresh], self.frequent_counts[fresh]
        return _added(self.values, self.counts, *more)

    def top(self, k: int = 1) -> list[tuple[float | int, int]]:
        """The most frequent values and their counts; equal counts by value.

        Exact, or where ``exact`` is false lower bounds: exact for a value that is among the
        `FREQUENT` most frequent ones of every chunk.
        """
        values, counts = _most(self)
        ranked = np.lexsort((values, -counts))[:k]
        return [(values[i].item(), int(counts[i])) for i in ranked]


def distinct(x: Array, missing: Array | None = None) -> Distinct:
    """The distinct values of a chunk of numbers or codes, shape (n,); NaN counts as missing.

    Integers are told apart exactly, floats as float64. All chunks of a column must be of one type.
    """
    xp = namespace(x)
    floating = xp.isdtype(x.dtype, "real floating")
    if x.dtype != xp.uint64:
        x = xp.astype(x, xp.float64 if floating else xp.int64)
    # On the host: how many distinct values there are decides the size of the result
    values = to_host(x + 0)
    if missing is not None:
        values = values[~to_host(missing)]
    values.sort()  # in place: it is a copy
    if floating:
        values = values[: len(values) - np.count_nonzero(np.isnan(values))]
    is_first = np.ones(len(values), bool)
    is_first[1:] = values[1:] != values[:-1]
    places = np.flatnonzero(is_first)
    counts = np.diff(places, append=len(values)).astype(np.int64, copy=False)
    values = values[places]
    return _capped(Distinct(int(counts.sum()), values, counts, True, values[:0], counts[:0]))


def _most(one: Distinct) -> tuple[np.ndarray, np.ndarray]:
    """The frequent values, increasing, with their counts."""
    if one.exact:
        return _largest(one.values, one.counts)
    return one.frequent, one.frequent_counts


def _capped(one: Distinct) -> Distinct:
    """The same; beyond the cap, the values of smallest hash."""
    values, counts = one.values, one.counts
    if one.exact and len(values) <= EXACT_DISTINCT:
        return one
    if len(values) > KEPT_DISTINCT:
        nearest = np.argpartition(_hashes(values), KEPT_DISTINCT - 1)[:KEPT_DISTINCT]
        keep = np.sort(nearest)
        values, counts = values[keep], counts[keep]
    return Distinct(one.n, values, counts, False, *_largest(*_most(one)))


def _hashes(values: np.ndarray) -> np.ndarray:
    return np.asarray(number_hashes(values, np.zeros(len(values), bool)))


def _largest(values: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The `FREQUENT` values of the largest counts, of equal counts the smallest values."""
    if len(values) <= FREQUENT:
        return values, counts
    repeated = counts[counts > 1]
    least = 1 if len(repeated) < FREQUENT else np.partition(repeated, -FREQUENT)[-FREQUENT]
    more = np.flatnonzero(counts > least)
    as_many = np.flatnonzero(counts == least)[: FREQUENT - len(more)]
    places = np.sort(np.concatenate([more, as_many]))
    return values[places], counts[places]


def _added(
    values: np.ndarray, counts: np.ndarray, more: np.ndarray, more_counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Two increasing lists of values in one, the counts of equal values added up."""
    if len(values) == 0:
        return more, more_counts
    places = np.searchsorted(values, more)
    known = values[np.minimum(places, len(values) - 1)] == more
    counts = counts.copy()
    counts[places[known]] += more_counts[known]
    fresh = places[~known]
    return np.insert(values, fresh, more[~known]), np.insert(counts, fresh, more_counts[~known])


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The row numbers of the k smallest keys: a uniform sample without replacement.

    Parameters
    ----------
    k : int
        The size of the sample; below k rows it holds them all.
    keys, numbers : numpy.ndarray of shape (at most k,), int64
        In increasing order of the keys; no two rows have the same key.
    """

    k: int
    keys: np.ndarray
    numbers: np.ndarray

    def merge(self, other: Sample) -> Sample:
        """Both in one."""
        fresh = slice(None)
        if len(self.keys) >= self.k:
            fresh = slice(int(np.searchsorted(other.keys, self.keys[-1])))
        places = np.searchsorted(self.keys, other.keys[fresh])
        keys = np.insert(self.keys, places, other.keys[fresh])[: self.k]
        return Sample(self.k, keys, np.insert(self.numbers, places, other.numbers[fresh])[: self.k])

    @property
    def rows(self) -> np.ndarray:
        """The numbers of the sampled rows, increasing."""
        return np.sort(self.numbers)


def sample(start: int, n: int, seed: int, k: int) -> Sample:
    """The sample of the rows ``start`` to ``start + n - 1``; of no data, only of numbers."""
    keys = sample_keys(start, n, seed)
    places = np.argpartition(keys, k)[:k] if k < n else np.arange(n)
    places = places[np.argsort(keys[places])]  # no two keys are equal: any sort orders them so
    return Sample(k, keys[places], places + start)
