"""A climb at the beginning of a curve is placed and measured; noise and lasting rises are none."""

from __future__ import annotations

import numpy as np
import pytest

from mldebug.stats.early_climb import early_climb

ASKED = (0.1, 6.0, 0.1)


def falling(n: int, share: float, height: float) -> np.ndarray:
    """A curve from 1 that climbs by ``height`` over a share of it, comes back and falls."""
    place = np.arange(n) / n
    climb = height * np.sin(np.pi * np.clip(place / share, 0, 1)) if share else 0.0
    return np.where(place < share, 1 + climb, np.exp(-(place - share)))


@pytest.mark.parametrize("n", [100, 1_000, 2_000])
def test_where_it_is_back_and_how_high_it_was(n):
    rng = np.random.default_rng(n)
    values = falling(n, 0.15, 0.8) * np.exp(rng.normal(0, 0.02, n))
    found = early_climb(values, *ASKED)
    assert found.back == pytest.approx(0.15 * n, abs=0.02 * n)
    assert found.height == pytest.approx(0.8, abs=0.15)


def test_noise_does_not_climb():
    rng = np.random.default_rng(0)
    drawn = [falling(300, 0.0, 0.0) * np.exp(rng.normal(0, 0.2, 300)) for _ in range(500)]
    assert np.mean([early_climb(values, *ASKED).back > 0 for values in drawn]) < 0.01


@pytest.mark.parametrize(
    "values",
    [np.ones(50), np.zeros(50), np.linspace(1, 5, 50), np.linspace(-1, -5, 50), np.arange(9.0)],
    ids=["flat", "zero", "lasting", "negative", "short"],
)
def test_what_is_no_climb(values):
    assert early_climb(values, *ASKED).back == 0


def test_a_small_climb_does_not_count():
    assert early_climb(falling(400, 0.15, 0.05), *ASKED).back == 0
    assert early_climb(falling(400, 0.15, 0.2), *ASKED).back > 0
