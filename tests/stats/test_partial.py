import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.stats import partial
from mldebug.stats.partial import Moments, extremes, merged, moments, order
from mldebug.stats.partial_sets import distinct

FIELDS = ("n", "mean", "m2")


def planted(seed=0, n=500):
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(3, 2, n), 1)
    x[rng.random(n) < 0.05] = 0.0
    return x, rng.random(n) < 0.1


def chunks(n, cuts):
    return list(zip([0, *cuts], [*cuts, n], strict=True))


def made(kind, x, missing, start, stop):
    return kind(x[start:stop], missing[start:stop])


def host(statistic):
    return {name: getattr(statistic, name) for name in type(statistic).__slots__}


def same(one, other):
    return all(np.array_equal(host(one)[name], host(other)[name]) for name in host(one))


def test_moments_agree_with_numpy_on_each_library(on_device):
    x, missing = planted()
    kept = x[~missing]
    found = Moments(*on_device(partial.moment_sums, x, missing))
    assert found.n == len(kept)
    assert found.mean == pytest.approx(kept.mean())
    assert found.variance == pytest.approx(kept.var(ddof=1))


def test_moments_of_columns_are_those_of_each_column(on_device):
    x, missing = planted(n=600)
    table, holes = x.reshape(200, 3), missing.reshape(200, 3)
    whole = on_device(partial.moment_sums, table, holes)
    for j in range(3):
        assert whole[:, j] == pytest.approx(
            partial.moment_sums(table[:, j], holes[:, j]), rel=1e-12
        )


def test_moments_of_nothing_of_a_constant_and_of_infinity():
    nothing = moments(np.array([np.nan, 1.0]), np.array([False, True]))
    constant = moments(np.full(1000, 0.1), np.zeros(1000, bool))
    infinite = moments(np.array([np.inf, 1.0, 3.0]), np.zeros(3, bool))
    assert (nothing.n, nothing.variance) == (0, 0)
    assert constant.merge(constant).m2 == 0
    assert constant.mean == 0.1
    assert (infinite.n, infinite.mean) == (2, 2)
    for one in (nothing.merge(constant), constant.merge(nothing)):
        assert same(one, constant)


@given(st.integers(0, 20), st.lists(st.integers(1, 499), unique=True, max_size=6).map(sorted))
def test_any_chunks_give_the_same(seed, cuts):
    x, missing = planted(seed)
    for kind in (extremes, distinct, order):
        whole = made(kind, x, missing, 0, 500)
        parts = [made(kind, x, missing, *cut) for cut in chunks(500, cuts)]
        assert same(merged(parts), whole)
        if len(parts) > 2:
            assert same(parts[0].merge(merged(parts[1:])), whole)
    whole = moments(x, missing)
    parts = [made(moments, x, missing, *cut) for cut in chunks(500, cuts)]
    for grouped in (merged(parts), parts[0].merge(merged(parts[1:])) if cuts else parts[0]):
        for name in FIELDS:
            found, expected = getattr(grouped, name), getattr(whole, name)
            assert found == pytest.approx(expected, rel=1e-11)
    assert same(merged(parts), pickle.loads(pickle.dumps(merged(parts))))


def test_extremes_agree_with_numpy_on_each_library(on_device):
    x, missing = planted()
    x[:2] = [np.inf, np.nan]
    missing[0] = False
    kept = x[~missing & ~np.isnan(x)]
    found = on_device(partial.extreme_values, x, missing).tolist()
    assert found == [
        len(kept), 500 - len(kept), 1, (kept == 0).sum(), (kept < 0).sum(), kept.min(), np.inf
    ]  # fmt: skip


def test_order_on_each_library(on_device):
    x = np.array([np.nan, 1.0, 2.0, 99.0, 2.0, 3.0])
    missing = np.array([False, False, False, True, False, False])
    assert on_device(partial.order_counts, x, missing).tolist() == [4, 2, 0, 1, 1, 3]
    assert on_device(partial.order_counts, x[:1], missing[:1]).tolist()[0] == 0


def test_order_tells_sorted_from_shuffled():
    rng = np.random.default_rng(4)
    x, none = np.sort(rng.normal(size=100)), np.zeros(100, bool)
    assert order(x, none).strictly
    tied = order(np.floor(x), none)
    assert not tied.strictly
    assert tied.decreases == 0
    assert not order(rng.permutation(x), none).strictly
    assert not order(x, ~none).strictly
    assert merged([order(x[:50], none[:50]), order(x[50:], none[50:])]).strictly
    assert not merged([order(x[50:], none[50:]), order(x[:50], none[:50])]).strictly


@pytest.mark.parametrize("made_of", [moments, extremes, order, distinct])
def test_an_empty_chunk_changes_nothing(made_of):
    x, none = np.array([2.0, 1.0, 2.0]), np.zeros(0)
    whole = made_of(x)
    for one in (made_of(none).merge(whole), whole.merge(made_of(none))):
        assert same(one, whole)
    assert made_of(none).merge(made_of(none)).n == 0


def test_the_numbers_of_one_column_can_be_written():
    whole = merged([moments(np.array([1.0, 2.0])), moments(np.array([4.0]))])
    assert f"{whole.mean:.2f} {whole.sd:.2f}" == "2.33 1.53"


@pytest.mark.parametrize("start", [-(2**63), 2**53, 2**63 - 99, 2**64 - 99])
@pytest.mark.parametrize("cut", [0, 1, 50])
def test_the_order_of_whole_numbers_that_floats_confuse(start, cut):
    kind = np.uint64 if start > 2**62 else np.int64
    values = np.array([start + row for row in range(99)], kind)
    rising = merged([order(values[:cut]), order(values[cut:])])
    falling = merged([order(values[::-1][:cut]), order(values[::-1][cut:])])
    assert rising.strictly
    assert (rising.first, rising.last) == (start, start + 98)
    assert (falling.increases, falling.decreases, falling.ties) == (0, 98, 0)
    gappy = order(values, np.arange(99) % 3 == 0)
    assert (gappy.n, gappy.first, gappy.last) == (66, start + 1, start + 98)


def test_order_of_whole_numbers_on_each_library(on_device):
    x = np.array([7, 2**60, 2**60 + 1, -5, 2**60 + 1, 3])
    missing = np.array([True, False, False, True, False, False])
    told = on_device(partial.order_counts, x, missing).tolist()
    assert told == [4, 1, 1, 1, 2**60, 3]
