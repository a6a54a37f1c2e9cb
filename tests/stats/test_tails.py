"""The reach of a tail: on every library, against what is known of the distribution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mldebug.stats.tails import separations, tail_reach


def excesses(values, censored=0):
    ordered = np.sort(values)
    return ordered[: len(ordered) - censored] if censored else ordered


def test_the_reach_is_the_same_on_each_library(on_device):
    values = excesses(np.random.default_rng(0).pareto(2.0, 400), 20)
    found = on_device(lambda y: tail_reach(y, 20, 0.05), values)
    assert float(found) == pytest.approx(float(tail_reach(values, 20, 0.05)))


@pytest.mark.parametrize("shape", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("share", [0.0, 0.3])
def test_the_reach_is_beyond_the_true_quantile_in_most_samples(shape, share):
    rng = np.random.default_rng(1)
    n, expected = 400, 0.05
    true = stats.genpareto.ppf(1 - expected / n, shape)
    censored = round(share * n)
    reaches = [
        float(
            tail_reach(
                excesses(stats.genpareto.rvs(shape, size=n, random_state=rng), censored),
                censored,
                expected,
            )
        )
        for _ in range(100)
    ]
    # The upper end of a 95 % interval falls short in 2.5 % of the samples, of so few in a few more.
    assert np.mean(np.array(reaches) >= true) >= 0.9
    assert np.median(reaches) < 60 * true


def test_what_was_thinned_reaches_about_as_far():
    values = excesses(np.random.default_rng(2).pareto(3.0, 8_000))
    whole = float(tail_reach(values, 0, 0.05))
    thinned = float(tail_reach(values[::-1][::20][::-1], 0, 0.05, 20.0))
    assert thinned == pytest.approx(whole, rel=0.25)


def test_more_uncertainty_and_rarer_values_reach_farther():
    values = excesses(np.random.default_rng(3).exponential(1.0, 400))
    assert tail_reach(values, 0, 0.001) > tail_reach(values, 0, 0.1)
    assert tail_reach(values[:200], 200, 0.05) > tail_reach(values, 0, 0.05)


@given(st.floats(1e-6, 1e6), st.integers(0, 1_000))
def test_the_reach_is_in_the_unit_of_the_values(scale, seed):
    values = excesses(np.random.default_rng(seed).exponential(1.0, 60))
    assert float(tail_reach(scale * values, 0, 0.05)) == pytest.approx(
        scale * float(tail_reach(values, 0, 0.05))
    )


@pytest.mark.parametrize("unit", [5e-324, 1e-300, 1e290])
def test_values_near_the_ends_of_what_a_float_holds(unit):
    values = np.array([1.0, 2, 3, 4, 5, 7, 9, 14, 20, 40])
    assert float(tail_reach(unit * values, 0, 0.05)) / unit == pytest.approx(
        float(tail_reach(values, 0, 0.05)), rel=0.01
    )


def test_separations_are_the_same_on_each_library(on_device):
    values = np.sort(np.random.default_rng(4).pareto(2.0, 60) + 0.1)[::-1].copy()
    found = on_device(lambda y: separations(y, 3, 12), values)
    np.testing.assert_allclose(found, separations(values, 3, 12))


@pytest.mark.parametrize("index", [0.2, 1.0])
@pytest.mark.parametrize("j", [1, 3])
def test_separations_of_a_pareto_tail_are_f_distributed_whatever_its_index(index, j):
    rng = np.random.default_rng(5)
    drawn = np.sort(np.exp(index * rng.exponential(1.0, (600, 100))), axis=1)[:, ::-1]
    found = [separations(one, 3, 10)[j - 1] for one in drawn]
    assert stats.kstest(found, stats.f(2 * j, 20).cdf).pvalue > 0.01


def test_separations_of_a_light_tail_are_smaller():
    rng = np.random.default_rng(6)
    drawn = np.sort(np.abs(rng.normal(size=(600, 100))), axis=1)[:, ::-1]
    found = np.array([separations(one, 1, 10)[0] for one in drawn])
    assert np.mean(stats.f.sf(found, 2, 20) < 0.05) < 0.02


def test_a_value_that_was_moved_away_stands_apart():
    values = np.sort(np.abs(np.random.default_rng(7).normal(size=100)))[::-1].copy()
    before = separations(values, 1, 10)[0]
    values[0] *= 10
    spacings = np.arange(2, 12) * np.log(values[1:11] / values[2:12])
    assert separations(values, 1, 10)[0] == pytest.approx(before + np.log(10) / spacings.mean())
