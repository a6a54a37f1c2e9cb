import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from mldebug.stats.selection import (
    Noise,
    expected_maximum,
    noise_of_folds,
    noise_of_seeds,
    optimism,
)


@pytest.mark.parametrize("k", [1, 2, 5, 30, 1_000])
def test_the_expected_maximum_is_the_integral_over_its_density(k):
    wanted, _ = integrate.quad(
        lambda x: x * k * stats.norm.pdf(x) * stats.norm.cdf(x) ** (k - 1), -9, 9, limit=200
    )
    assert expected_maximum(k) == pytest.approx(wanted, abs=1e-7)


def test_two_groups_are_compared_as_in_the_t_test():
    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, 5), rng.normal(0.5, 1, 7)
    noise = noise_of_seeds([a, b])
    wanted = stats.ttest_ind(a, b).confidence_interval(0.95)
    half = noise.quantile() * noise.of_difference(5, 7)
    assert 2 * half == pytest.approx(wanted.high - wanted.low)
    assert noise.freedom == 10


def test_the_interval_of_the_deviation_is_that_of_chi_square():
    low, high = Noise(1.0, 12).factors()
    assert low == pytest.approx((12 / stats.chi2.ppf(0.975, 12)) ** 0.5)
    assert high == pytest.approx((12 / stats.chi2.ppf(0.025, 12)) ** 0.5)


def test_folds_are_compared_as_in_the_corrected_paired_test():
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 0.02, (2, 5)) + rng.normal(0, 0.1, 5)
    noise = noise_of_folds(scores)
    differences = scores[0] - scores[1]
    variance = differences.var(ddof=1) * (1 / 5 + 1 / 4)
    assert noise.of_difference(5, 5) == pytest.approx(variance**0.5)
    assert noise.freedom == 4


@given(st.floats(-5, 5), st.lists(st.floats(-5, 5), min_size=4, max_size=4))
def test_what_is_hard_for_all_is_no_noise(level, hard):
    scores = np.random.default_rng(0).normal(0, 1, (6, 4))
    moved = noise_of_folds(scores + level + np.array(hard))
    assert moved.sd == pytest.approx(noise_of_folds(scores).sd, rel=1e-6)


def test_without_repeats_there_is_no_noise_to_be_told():
    assert noise_of_seeds([[1.0], [2.0]]) is None
    assert noise_of_seeds([]) is None
    assert noise_of_folds(np.ones((1, 5))) is None
    assert noise_of_folds(np.ones((5, 1))) is None


@pytest.mark.parametrize("spread", [0.0, 0.5, 2.0])
def test_the_optimism_is_what_the_winner_loses_when_it_runs_again(spread):
    rng = np.random.default_rng(2)
    true = spread * rng.normal(size=(4_000, 15))
    seen = true + rng.normal(size=true.shape)
    best = seen.argmax(axis=1)[:, None]
    lost = np.take_along_axis(seen - true, best, axis=1).mean()
    told = [optimism(np.sort(one)[::-1], np.ones(15), 0)[0] for one in seen[:120]]
    assert np.mean(told) == pytest.approx(lost, abs=0.1)


def test_the_optimism_scales_and_is_reproducible():
    means = np.linspace(1, 0, 8)
    one = optimism(means, np.full(8, 0.2), 3, (0.5, 1.0, 2.0))
    assert one == optimism(means, np.full(8, 0.2), 3, (0.5, 1.0, 2.0))
    assert one[0] < one[1] < one[2]
    tenfold = optimism(10 * means, np.full(8, 2.0), 3)
    assert tenfold[0] == pytest.approx(10 * one[1])
    assert optimism(means, np.zeros(8), 0) == [0.0]
