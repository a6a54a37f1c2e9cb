"""Rises, falls, slopes and flat ends of curves: oracles, properties, and coverage by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mldebug.stats import curve_changes as changes
from mldebug.stats.curves import window_of

CURVES = arrays(np.float64, st.integers(6, 80), elements=st.floats(-1e4, 1e4, allow_nan=False))


def levels(values):
    width = window_of(len(values))
    return np.convolve(values, np.ones(width) / width, "valid")


@given(CURVES)
def test_a_rise_is_that_of_the_moving_average(values):
    rise = changes.rise_to_end(values)
    expected = levels(values)
    size = max(np.abs(values).max(), 1.0)
    assert rise.value == pytest.approx(expected[-1] - expected.min(), abs=1e-9 * size)
    assert rise.lowest == pytest.approx(expected.min(), abs=1e-9 * size)
    assert rise.end == pytest.approx(expected[-1], abs=1e-9 * size)
    assert rise.interval[0] <= rise.value <= rise.interval[1]
    assert rise.interval[0] >= 0
    assert 0 <= rise.place < len(values)


@given(CURVES, st.floats(0.01, 100), st.floats(-1e4, 1e4))
def test_a_rise_follows_the_scale_and_not_the_level(values, scale, shift):
    before, after = changes.rise_to_end(values), changes.rise_to_end(scale * values + shift)
    size = scale * max(np.abs(values).max(), 1.0) + abs(shift)
    told = [scale * one for one in (before.value, *before.interval)]
    np.testing.assert_allclose([after.value, *after.interval], told, atol=1e-8 * size)


@pytest.mark.parametrize("n", [10, 15, 50, 500, 2_000])
def test_a_curve_that_does_not_rise_is_rarely_said_to(n):
    rng = np.random.default_rng(n)
    rounds = 2_000 if n <= 500 else 500
    found = [changes.rise_to_end(rng.normal(0, 1, n)).interval[0] > 0 for _ in range(rounds)]
    assert np.mean(found) < 0.05


@pytest.mark.parametrize("n", [20, 200, 2_000])
def test_the_interval_of_a_rise_covers(n):
    rng = np.random.default_rng(n)
    t = np.linspace(0, 1, n)
    truth = 2 * np.exp(-10 * t) + np.maximum(t - 0.4, 0)
    expected = levels(truth)[-1] - levels(truth).min()
    told = [changes.rise_to_end(truth + rng.normal(0, 0.1, n)).interval for _ in range(300)]
    assert np.mean([low <= expected <= high for low, high in told]) >= 0.95


def test_short_curves_have_no_interval():
    assert changes.rise_to_end(np.arange(5.0)).interval is None
    assert changes.decrease(np.arange(5.0), 5, 2, 3.0).interval is None
    assert changes.flat_end(np.ones(7), 0.1).interval is None


def test_the_scale_of_a_loss_near_zero_is_its_range():
    assert changes.relative_scale(2.0, 3.0, 2.0) == 2.0
    assert changes.relative_scale(0.0, 10.0, 0.0) == pytest.approx(0.5)
    assert changes.relative_scale(-3.0, 1.0, -3.0) == 3.0
    assert changes.relative_scale(0.0, 0.0, 0.0) > 0


@given(CURVES)
def test_a_slope_is_that_of_least_squares(values):
    places = np.log(np.arange(len(values)) + 1.0)
    expected = np.polyfit(places, values, 1)[0]
    found = changes.slope(places, values, 1.0)
    assert found.value == pytest.approx(expected, abs=1e-7 * max(np.abs(values).max(), 1.0))


def test_the_error_of_a_slope_is_that_of_the_simulation():
    rng = np.random.default_rng(0)
    places = np.arange(50.0)
    found = [changes.slope(places, rng.normal(0, 0.3, 50), 0.3) for _ in range(2_000)]
    assert np.std([one.value for one in found]) == pytest.approx(found[0].error, rel=0.06)


@pytest.mark.parametrize(("n", "fall"), [(30, 0.0), (30, 0.3), (500, 0.0), (500, 0.3)])
def test_the_interval_of_a_decrease_covers(n, fall):
    rng = np.random.default_rng(n)
    truth = 2 - 2 * fall * np.arange(n) / n
    early, late = truth[: n // 5].mean(), truth[-(n // 2) :].mean()
    noisy = (truth + rng.normal(0, 0.1, n) for _ in range(400))
    told = [changes.decrease(one, 5, 2, 3.4).interval for one in noisy]
    share = np.mean([low <= (early - late) / early <= high for low, high in told])
    assert share >= 0.92


def test_a_quick_fall_counts_from_the_first_points():
    values = 1 + 4 * np.exp(-np.arange(1_000) / 10)
    assert changes.decrease(values, 5, 2, 3.4).value > 0.4


def test_a_flat_end_is_found_and_a_turn_is_not_flat():
    t = np.linspace(0, 1, 400)
    knee = 1 - np.minimum(t / 0.5, 1)
    flat = changes.flat_end(knee, 0.01)
    assert flat.value == pytest.approx(0.54, abs=0.03)
    assert changes.flat_end(np.abs(t - 0.5), 0.01).value < 0.05
    assert changes.flat_end(np.ones(100), 0.01).value == 1.0


@given(CURVES.filter(lambda one: len(one) >= 8), st.floats(0.01, 1e4))
def test_a_flat_end_lies_in_its_interval(values, same):
    flat = changes.flat_end(values, same)
    assert 0 <= flat.interval[0] <= flat.value <= flat.interval[1] <= 1


@pytest.mark.parametrize("n", [50, 500])
def test_the_interval_of_a_flat_end_covers(n):
    rng = np.random.default_rng(n)
    truth = 1 - np.minimum(np.linspace(0, 1, n) / 0.5, 1)
    expected = changes.flat_end(truth, 0.05).value
    told = [changes.flat_end(truth + rng.normal(0, 0.02, n), 0.05).interval for _ in range(300)]
    assert np.mean([low <= expected + 1 / n and expected <= high for low, high in told]) >= 0.93
