"""The alikeness of neighbours: on every library, against counts and by what holds of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mldebug.stats.order import batch_means, number_alikeness, word_alikeness

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=50)


def test_both_are_the_same_on_each_library(on_device):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=200), rng.normal(size=200)
    assert on_device(number_alikeness, x, y) == pytest.approx(number_alikeness(x, y))
    one, other = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    assert on_device(word_alikeness, one, other) == pytest.approx(word_alikeness(one, other))
    assert on_device(lambda v: batch_means(v, 7), x) == pytest.approx(batch_means(x, 7))


def test_the_mean_is_the_rank_correlation_of_pairs_with_like_margins():
    rng = np.random.default_rng(1)
    x = rng.normal(size=4_000)
    y = 0.6 * x + 0.8 * rng.normal(size=4_000)
    both = np.append(x, y), np.append(y, x)
    expected = stats.spearmanr(*both).statistic
    assert np.mean(number_alikeness(x, y)) == pytest.approx(expected, abs=1e-6)


@given(PAIRS)
def test_the_mean_for_words_counts_equal_pairs(pairs):
    one, other = map(np.array, zip(*pairs, strict=True))
    values = np.append(one, other)
    equal = values[:, None] == values[None, :]
    n = len(values)
    chance = (equal.sum() - n) / (n * (n - 1))
    found = float(np.mean(word_alikeness(one, other)))
    if chance == 1:
        assert found == 0
    else:
        assert found == pytest.approx((np.mean(one == other) - chance) / (1 - chance))


@given(PAIRS)
def test_equal_pairs_are_wholly_alike_and_order_is_all_that_numbers_tell(pairs):
    x, y = (np.array(side, float) for side in zip(*pairs, strict=True))
    found = number_alikeness(x, y)
    assert number_alikeness(np.exp(x), np.exp(y)) == pytest.approx(found)
    if len(set(x.tolist())) > 1:
        assert np.mean(number_alikeness(x, x)) == pytest.approx(1)
