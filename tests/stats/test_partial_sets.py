from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mldebug.stats import partial_sets
from mldebug.stats.partial import merged
from mldebug.stats.partial_sets import distinct, sample


def chunks(n, cuts):
    return list(zip([0, *cuts], [*cuts, n], strict=True))


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=60))
def test_distinct_counts_exactly(values):
    found = distinct(np.array(values), np.zeros(len(values), bool))
    expected = Counter(values)
    assert found.n_distinct == len(expected)
    assert dict(found.top(99)) == dict(expected)
    assert found.top()[0][1] == max(expected.values())


def test_distinct_makes_no_difference_between_zeros():
    found = distinct(np.array([0.0, -0.0, np.nan, 5.0]), np.array([False, False, False, True]))
    assert found.top(9) == [(0.0, 2)]


@pytest.fixture
def small_caps(monkeypatch):
    monkeypatch.setattr(partial_sets, "EXACT_DISTINCT", 3000)
    monkeypatch.setattr(partial_sets, "KEPT_DISTINCT", 1024)


@pytest.mark.usefixtures("small_caps")
def test_distinct_beyond_the_cap_is_estimated_whatever_the_chunks():
    rng = np.random.default_rng(5)
    x = rng.integers(0, 40_000, 20_000)
    x[rng.random(len(x)) < 0.2] = -7
    none = np.zeros(len(x), bool)
    truth = len(np.unique(x))
    found = [
        merged([distinct(x[i : i + step], none[i : i + step]) for i in range(0, len(x), step)])
        for step in (500, 1700, 20_000)
    ]
    for one in found:
        assert not one.exact
        assert np.array_equal(one.values, found[0].values)
        assert np.array_equal(one.counts, found[0].counts)
        assert one.n == len(x)
        assert one.n_distinct == pytest.approx(truth, rel=4 / np.sqrt(1024))
        assert one.top() == [(-7, (x == -7).sum())]
    counted = Counter(x.tolist())
    kept = zip(found[0].values.tolist(), found[0].counts.tolist(), strict=True)
    assert all(counted[value] == count for value, count in kept)


@given(st.integers(0, 5), st.lists(st.integers(1, 499), unique=True, max_size=6).map(sorted))
def test_samples_do_not_depend_on_chunks_or_their_order(seed, cuts):
    whole = sample(0, 500, seed, 60)
    parts = [sample(start, stop - start, seed, 60) for start, stop in chunks(500, cuts)]
    for one in (merged(parts), merged(parts[::-1])):
        assert one.keys.tolist() == whole.keys.tolist()
        assert one.numbers.tolist() == whole.numbers.tolist()
    assert len(set(whole.rows.tolist())) == 60


def test_a_sample_larger_than_the_rows_is_all_of_them():
    assert sample(10, 20, 0, 60).rows.tolist() == list(range(10, 30))


def test_samples_are_uniform_over_rows():
    taken = np.zeros(100)
    for seed in range(400):
        taken[sample(0, 100, seed, 20).rows] += 1
    assert stats.chisquare(taken).pvalue > 0.001


def test_distinct_of_arrays_of_each_library(library):
    x, missing = np.array([3.0, 1.0, 3.0, np.nan, 8.0]), np.array([False] * 4 + [True])
    found = distinct(library.asarray(x), library.asarray(missing))
    assert (found.n, found.top(5)) == (3, [(3.0, 2), (1.0, 1)])
    codes = distinct(library.asarray(np.array([2, 2, 0], np.int32)), library.asarray(missing[:3]))
    assert codes.top(5) == [(2, 2), (0, 1)]


@pytest.mark.usefixtures("small_caps")
def test_the_table_of_values_holds_the_frequent_ones_beyond_the_cap():
    x = np.concatenate([np.arange(5000), np.full(700, 4321)])
    values, counts = distinct(x).table()
    assert counts[values == 4321].tolist() == [701]
    assert (np.diff(values) > 0).all()
    assert len(values) >= 1024


@pytest.mark.parametrize("start", [-(2**63), 2**53, 2**63 - 99, 2**64 - 99])
def test_whole_numbers_that_floats_confuse_are_told_apart(start):
    kind = np.uint64 if start > 2**62 else np.int64
    values = np.array([start + row for row in range(99)] * 2, kind)
    parts = [distinct(values[first:last]) for first, last in chunks(198, [1, 40, 150])]
    found = merged(parts)
    assert (found.n, found.n_distinct) == (198, 99)
    assert found.top(2) == [(start, 2), (start + 1, 2)]
    assert all(isinstance(value, int) for value, _ in found.top(2))
