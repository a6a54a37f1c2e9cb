import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.stats import series


def drawn(seed=0, n=203):
    rng = np.random.default_rng(seed)
    return 0.5 + 2 * np.exp(-np.arange(n) / 40) + rng.normal(0, 0.05, n)


def test_each_kernel_agrees_on_each_library(on_device):
    values = drawn()
    profiles = np.random.default_rng(1).normal(size=(7, 9))
    kept = np.arange(len(values)) % 50 > 5
    for kernel, *given_ in (
        (series.relative_scale, values[:5], values),
        (series.spike_scores, values, 7),
        (series.cell_means, values, 4),
        (series.repeated_correlation, profiles),
        (series.mean_and_error, values),
        (series.fast_noise, values),
        (series.swing_products, values, kept, 10),
    ):
        found, expected = on_device(kernel, *given_), kernel(*given_)
        pairs = (
            zip(found, expected, strict=True) if isinstance(found, tuple) else [(found, expected)]
        )
        for one, other in pairs:
            np.testing.assert_allclose(one, other)


def test_a_relative_change_is_of_the_level_or_of_the_range():
    values = np.array([2.0, 1.0, 0.0])
    assert series.relative_scale(values, values).tolist() == [2.0, 1.0, 0.1]
    below = values - 1
    assert series.relative_scale(below, below).tolist() == [2.0, 2.0, 2.0]
    assert series.relative_scale(0 * values, 0 * values).tolist() == [1.0, 1.0, 1.0]


def test_one_high_point_has_the_highest_score_and_its_own_height():
    values = drawn()
    values[120] += 3
    scores, heights = series.spike_scores(values, 7)
    assert len(scores) == 203
    assert scores.argmax() == heights.argmax() == 120
    around = np.median(values[110:131])
    assert heights[120] == pytest.approx((values[120] - around) / around, rel=0.1)
    assert np.sort(scores)[-2] < 5


@given(st.floats(0.01, 100), st.integers(0, 50))
def test_scores_and_heights_have_no_unit(factor, seed):
    values = drawn(seed)
    for one, other in zip(
        series.spike_scores(values, 7), series.spike_scores(factor * values, 7), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10)


def test_the_mean_correlation_is_that_of_all_pairs():
    profiles = np.random.default_rng(0).normal(size=(6, 8)) + np.arange(8)
    table = np.corrcoef(profiles)
    value, error = series.repeated_correlation(profiles)
    assert value == pytest.approx(table[np.triu_indices(6, 1)].mean())
    left = [series.repeated_correlation(np.delete(profiles, one, axis=0))[0] for one in range(6)]
    assert error == pytest.approx((5 / 6 * np.sum((left - np.mean(left)) ** 2)) ** 0.5)
    profiles[2] = 3.0
    assert np.isfinite(series.repeated_correlation(profiles)[0])


@pytest.mark.parametrize("memory", [0.0, 0.6])
def test_the_error_of_a_mean_knows_that_neighbours_are_alike(memory):
    rng = np.random.default_rng(0)
    walks = rng.normal(0, 1, (2000, 40))
    for place in range(1, 40):
        walks[:, place] = memory * walks[:, place - 1] + (1 - memory**2) ** 0.5 * walks[:, place]
    told = np.array([series.mean_and_error(one) for one in walks])
    assert np.mean(np.abs(told[:, 0]) > 1.96 * told[:, 1]) < 0.13
    assert told[:, 1].mean() < 2 * told[:, 0].std()


def test_noise_is_told_from_a_smooth_course_and_from_an_outlier():
    rng = np.random.default_rng(0)
    n = 2_000
    values = np.sin(np.arange(n) / 100) + rng.normal(0, 0.1, n)
    assert series.fast_noise(values)[0] == pytest.approx(0.1, rel=0.05)
    values[700] += 50
    assert series.fast_noise(values)[0] == pytest.approx(0.1, rel=0.06)
    assert series.fast_noise(np.ones(9))[0] == 0
    squares = [series.fast_noise(rng.normal(0, 1, 42))[0] ** 2 for _ in range(4_000)]
    freedom = series.fast_noise(rng.normal(0, 1, 42))[1]
    assert np.var(squares) == pytest.approx(2 / freedom, rel=0.15)


def test_swings_are_told_from_noise():
    rng = np.random.default_rng(0)
    n = 20_000
    kept = np.ones(n, bool)
    noise = rng.normal(0, 1, n)
    swing = 0.5 * np.sin(np.arange(n) / 5)
    assert series.swing_products(noise, kept, 10)[0].mean() == pytest.approx(0, abs=0.02)
    found = series.swing_products(noise + swing, kept, 10)[0].mean()
    assert found == pytest.approx(0.125, abs=0.02)
    variances, weights = series.swing_products(swing, np.arange(n) < n // 2, 10)
    assert variances[:5] == pytest.approx(0.125, abs=0.002)
    assert variances[6:].tolist() == [0.0] * 4
    assert weights[0] == 1
    assert weights[-1] == 0
