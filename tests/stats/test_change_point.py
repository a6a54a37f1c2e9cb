"""A change of level: on every library, where it is, and how often there seems to be one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.stats.change_point import change, mean_change


def autoregression(rng, n, share):
    values = np.empty(n)
    values[0] = rng.normal()
    for place in range(1, n):
        values[place] = share * values[place - 1] + np.sqrt(1 - share**2) * rng.normal()
    return values


def p_of(values):
    return change(mean_change(values).tolist(), len(values)).p


def test_it_is_the_same_on_each_library(on_device):
    values = np.random.default_rng(0).normal(size=300) + (np.arange(300) > 120)
    assert on_device(mean_change, values) == pytest.approx(mean_change(values))


def test_the_place_and_the_size_of_a_step():
    rng = np.random.default_rng(1)
    values = rng.normal(size=4_000) + 0.7 * (np.arange(4_000) >= 1_200)
    told = mean_change(values).tolist()
    assert told[0] == pytest.approx(1_200, abs=60)
    found = change(told, 4_000)
    assert found.interval[0] < 0.7 < found.interval[1]
    assert found.p < 1e-9


@pytest.mark.parametrize("share", [0.0, 0.5, 0.8, 0.9])
@pytest.mark.parametrize("n", [200, 2_000])
def test_sequences_without_a_change_seldom_have_one(share, n):
    tried = [p_of(autoregression(np.random.default_rng(seed), n, share)) for seed in range(150)]
    # Two hundred values that hang together so closely are worth ten independent ones.
    assert np.mean(np.array(tried) < 0.05) <= (0.14 if share == 0.9 and n == 200 else 0.09)


def test_the_interval_holds_the_size():
    held = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        values = autoregression(rng, 1_500, 0.4) + 0.8 * (np.arange(1_500) >= 600)
        low, high = change(mean_change(values).tolist(), 1_500).interval
        held.append(low <= 0.8 <= high)
    assert np.mean(held) >= 0.91


@given(st.lists(st.integers(-9, 9), min_size=20, max_size=60), st.floats(0.1, 50))
def test_the_size_knows_no_unit_and_no_direction(values, scale):
    x = np.array(values, float)
    one, other = (change(mean_change(v).tolist(), len(x)) for v in (x, 3 - scale * x))
    assert one.value == pytest.approx(other.value, rel=1e-6, abs=1e-6)
    assert one.value >= 0


def test_a_constant_does_not_change():
    told = mean_change(np.ones(50)).tolist()
    assert change(told, 50).p == 1.0
