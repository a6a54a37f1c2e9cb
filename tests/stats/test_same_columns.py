import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.stats.same_columns import affine_signature, log_arrangements, row_weights

NUMBERS = st.lists(st.integers(-1_000, 1_000), min_size=3, max_size=40).map(np.array)
FACTORS = st.sampled_from([-1e9, -2.5, -1e-6, 1e-12, 0.3, 1.0, 1e6])


def signature(x):
    x = np.asarray(x, float)
    return float(affine_signature(x, np.isnan(x), row_weights(len(x))))


def test_signature_agrees_with_its_formula_on_each_library(on_device):
    rng = np.random.default_rng(0)
    for x in (rng.normal(3, 2, 500), np.where(rng.random(90) < 0.2, np.nan, rng.random(90))):
        there = ~np.isnan(x)
        standard = (x[there] - x[there].mean()) / x[there].std()
        expected = abs(np.sum(standard * row_weights(len(x))[there])) / np.sqrt(there.sum())
        found = on_device(affine_signature, x, np.isnan(x), row_weights(len(x)))
        assert float(found) == pytest.approx(expected)


@given(NUMBERS, FACTORS, st.integers(-50, 50))
def test_signature_knows_no_scale_and_no_origin(x, factor, shift):
    assert signature(factor * (x + shift)) == pytest.approx(signature(x), rel=1e-9, abs=1e-9)


def test_unrelated_columns_have_other_signatures():
    rng = np.random.default_rng(1)
    found = np.sort([signature(rng.normal(size=200)) for _ in range(200)])
    assert np.diff(found).min() > 1e-7
    assert 0.2 < np.mean(found) < 1.2


def test_constant_empty_and_extreme_columns_have_a_signature():
    assert signature(np.full(9, 7.5)) == 0
    assert signature([]) == 0
    assert signature([np.nan, np.nan]) == 0
    assert np.isfinite(signature([1.7e308, -1.7e308, 0.0]))
    assert signature([5e-324, 0.0, 5e-324]) == pytest.approx(signature([1.0, 0.0, 1.0]))


def test_weights_are_spread_evenly_and_the_same_everywhere(library):
    found = row_weights(1_000)
    assert abs(found.mean()) < 0.06
    assert found.std() == pytest.approx(1 / math.sqrt(3), rel=0.05)
    other = row_weights(1_000, library.xp, library.device)
    assert bool(library.xp.all(other == library.asarray(row_weights(1_000))))


@pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 1), (3, 2, 1), (2, 2, 1), (2, 2, 2), (5,)])
def test_arrangements_are_as_many_as_one_can_count(sizes):
    codes = np.repeat(np.arange(len(sizes)), sizes).tolist()

    def without_names(dealt):
        order = {}
        return tuple(order.setdefault(code, len(order)) for code in dealt)

    ways = set(permutations(codes))
    for named, counted in ((True, ways), (False, {without_names(one) for one in ways})):
        found = log_arrangements(np.array(sizes), named=named)
        assert found == pytest.approx(math.log(len(counted)), abs=1e-9)
