"""Trends, noise and intervals of curves, against plain NumPy and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mldebug.stats import curves

FINITE = st.floats(-1e6, 1e6, allow_nan=False)
CURVES = arrays(np.float64, st.integers(4, 60), elements=FINITE)


def plain_trend(values, window):
    """The centred moving average, point by point."""
    n = len(values)
    told = []
    for place in range(n):
        reach = min(place, n - 1 - place, window // 2)
        low, high = place - reach, place + reach
        if high - low < 2:
            low, high = (0, 2) if place == 0 else (n - 3, n - 1) if place == n - 1 else (low, high)
        told.append(values[low : high + 1].mean())
    return np.array(told)


@given(CURVES, st.sampled_from([3, 5, 9, 31]))
def test_trend_is_the_moving_average(values, window):
    expected = plain_trend(values, window)
    scale = max(np.abs(values).max(), 1e-9)
    np.testing.assert_allclose(curves.trend(values, window), expected, atol=1e-9 * scale)


@given(CURVES, FINITE, st.floats(0.1, 100))
def test_trend_and_noise_follow_shift_and_scale(values, shift, scale):
    size = scale * max(np.abs(values).max(), abs(shift), 1.0)
    before, after = (curves.trend(one, 5) for one in (values, scale * values + shift))
    np.testing.assert_allclose(after, scale * before + shift, atol=1e-8 * size)
    for sd in (curves.noise_sd, curves.long_run_sd):
        assert sd(scale * values + shift) == pytest.approx(scale * sd(values), abs=1e-8 * size)
        assert sd(values[::-1]) >= 0


@given(st.integers(4, 500), FINITE, st.floats(-1e3, 1e3))
def test_a_straight_line_is_its_own_trend_and_has_no_noise(n, start, step):
    line = start + step * np.arange(n)
    size = max(np.abs(line).max(), 1.0)
    inside = curves.trend(line, curves.window_of(n))[1:-1]
    np.testing.assert_allclose(inside, line[1:-1], atol=1e-9 * size)
    assert curves.noise_sd(line) == pytest.approx(0, abs=1e-9 * size)
    assert curves.long_run_sd(line) == pytest.approx(0, abs=1e-9 * size)


@given(st.integers(1, 10_000))
def test_a_window_is_odd_and_a_twentieth(n):
    window = curves.window_of(n)
    assert window % 2 == 1
    assert abs(window - max(n / 20, 3)) <= 1.5


def test_every_array_library_has_the_same_trend(on_device):
    values = np.random.default_rng(0).normal(0, 1, (3, 200))
    expected = np.stack([plain_trend(row, 11) for row in values])
    np.testing.assert_allclose(on_device(curves.trend, values, 11), expected, atol=1e-12)


def test_every_array_library_has_the_same_noise(library):
    values = np.random.default_rng(0).normal(0, 1, 500)
    assert curves.noise_sd(library.asarray(values)) == pytest.approx(curves.noise_sd(values))


@pytest.mark.parametrize("n", [50, 500, 5_000])
def test_noise_is_that_of_the_simulation(n):
    rng = np.random.default_rng(n)
    falls = 3 * np.exp(-np.linspace(0, 5, n))
    found = [
        [sd(falls + rng.normal(0, 0.2, n)) for sd in (curves.noise_sd, curves.long_run_sd)]
        for _ in range(200)
    ]
    np.testing.assert_allclose(np.mean(found, axis=0), 0.2, rtol=0.15)


def test_alike_neighbours_make_the_mean_of_many_points_vary_more():
    rng = np.random.default_rng(0)
    several = [np.convolve(rng.normal(0, 1, 2_003), np.ones(4), "valid") for _ in range(30)]
    # Each draw is in four sums: the mean of many of these varies as if the draws had an sd of 4.
    assert np.mean([curves.long_run_sd(one) for one in several]) == pytest.approx(4, rel=0.15)
    assert max(curves.noise_sd(one) for one in several) < 2


def test_lone_spikes_go_and_steps_stay():
    rng = np.random.default_rng(1)
    calm = rng.normal(0, 0.1, 200)
    spiky = calm.copy()
    spiky[[3, 100, 199]] += (5, -4, 6)
    back = curves.without_spikes(spiky)
    assert np.abs(back).max() < 1
    kept = np.delete(np.arange(200), [3, 100, 199])
    assert (back[kept] == calm[kept]).mean() > 0.97
    step = calm + 5 * (np.arange(200) >= 100)
    np.testing.assert_allclose(curves.without_spikes(step)[98:102], step[98:102], atol=0.2)
    assert (curves.without_spikes(np.arange(50.0)) == np.arange(50.0)).all()


def test_the_end_is_the_mean_of_the_last_window():
    values = np.random.default_rng(0).normal(0, 1, 400)
    level = curves.end_level(values)
    assert level.value == pytest.approx(values[-21:].mean())
    assert level.error == pytest.approx(1 / 21**0.5, rel=0.2)


def end_of(several):
    return several[..., -curves.window_of(several.shape[-1]) :].mean(axis=-1)


def fall_of(several):
    return several[..., : curves.window_of(several.shape[-1])].mean(axis=-1) - end_of(several)


@pytest.mark.parametrize("n", [50, 500])
@pytest.mark.parametrize("statistic", [end_of, fall_of])
def test_the_simulated_interval_covers(n, statistic):
    rng = np.random.default_rng(n)
    truth = 2 * np.exp(-np.linspace(0, 5, n))
    held = []
    for seed in range(150):
        values = truth + rng.normal(0, 0.1, n)
        fitted = curves.trend(values, curves.window_of(n))
        low, high = curves.bootstrap_interval(values, fitted, statistic, seed)
        held.append(low <= float(statistic(truth[None])[0]) <= high)
    assert 0.87 <= np.mean(held) <= 0.99


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(0).normal(0, 1, 100)
    fitted = curves.trend(values, 5)
    told = [curves.bootstrap_interval(values, fitted, end_of, seed) for seed in (1, 1, 2)]
    assert told[0] == told[1] != told[2]


def test_a_curve_without_noise_has_no_width():
    values = np.ones(50)
    assert curves.bootstrap_interval(values, values, end_of, 0) == (1.0, 1.0)
