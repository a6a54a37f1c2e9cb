"""The largest rise of a curve and its straightness, by simulation and by what they must hold."""

from __future__ import annotations

import numpy as np
import pytest

from mldebug.stats.curve_shapes import largest_rise, straightness


@pytest.mark.parametrize("n", [20, 60, 300, 1_000])
def test_noise_does_not_climb(n):
    rng = np.random.default_rng(n)
    flat = [largest_rise(rng.normal(0, 1, n)).interval for _ in range(1_000)]
    assert np.mean([one[0] > 0 for one in flat]) < 0.03


@pytest.mark.parametrize("n", [50, 400])
def test_a_climb_is_held_by_its_interval(n):
    rng = np.random.default_rng(n)
    curve = np.interp(np.arange(n) / n, [0, 0.4, 0.5, 0.7, 0.8, 1], [3, 1, 1, 2, 2, 1])
    found = [largest_rise(curve + rng.normal(0, 0.05, n)) for _ in range(200)]
    held = [one.interval[0] <= 1 <= one.interval[1] for one in found]
    assert np.mean(held) > 0.93
    assert 0.35 * n < np.median([one.start for one in found]) < 0.55 * n
    assert 0.65 * n < np.median([one.stop for one in found]) < 0.85 * n
    assert np.median([one.lowest for one in found]) == pytest.approx(1, abs=0.06)


def test_a_falling_curve_does_not_climb():
    assert largest_rise(np.linspace(2, 1, 100)).value == 0
    assert largest_rise(np.linspace(2, 1, 6)).interval is None


@pytest.mark.parametrize("power", [1.0, 0.6])
@pytest.mark.parametrize("n", [40, 300])
def test_the_ratio_of_falls_has_its_coverage(n, power):
    rng = np.random.default_rng(n)
    place = np.arange(n) / (n - 1)
    curve = 2 - place**power
    ends = [place <= 0.1, np.abs(place - 0.5) <= 0.05, place >= 0.9]
    level, at = ([float(one[end].mean()) for end in ends] for one in (curve, place))
    late = (level[1] - level[2]) / (at[2] - at[1])
    true = late / ((level[0] - level[1]) / (at[1] - at[0]))
    found = [straightness(place, curve + rng.normal(0, 0.05, n)) for _ in range(500)]
    assert all(one.fell for one in found)
    assert np.mean([one.interval[0] <= true <= one.interval[1] for one in found]) > 0.92


def test_what_does_not_fall_has_no_ratio():
    rng = np.random.default_rng(0)
    place = np.arange(200.0)
    told = [straightness(place, rng.normal(1, 1, 200)).fell for _ in range(500)]
    assert np.mean(told) < 0.02
    assert straightness(place, np.full(200, 3.0)).value == 0
    assert straightness(place[:5], place[:5]).interval is None


def test_a_line_is_straight_wherever_its_points_lie():
    for places in (np.arange(100.0), np.arange(100.0) ** 2, np.sort(np.r_[0:100:7, 40:60:0.5])):
        assert straightness(places, 5 - 0.01 * places).value == pytest.approx(1.0)
