"""FT814 oscillating: found where the loss swings, silent over noise, wandering and restarts."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason
from tests.runs import Course, course, logged
from tests.tables import Case

CODE = "FT814"
SIZES = (100, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let the loss swing by such a share of itself, at a drawn and slowly drifting period."""
    noise = float(10 ** rng.uniform(-2.5, -1))
    drawn = course(rng, n, train_noise=noise, floor=rng.uniform(0.1, 0.4))
    shortest = max(8.0, n / 150)
    period = np.exp(rng.uniform(np.log(shortest), np.log(max(n / 12, shortest + 1))))
    pace = 1 + 0.1 * np.sin(np.linspace(0, rng.uniform(1, 6), n))
    wave = dose * np.sin(2 * np.pi * np.cumsum(pace) / period)
    drawn = drawn.with_(train=drawn.train * (1 + wave))
    return Case("oscillating", None, options={"run": logged(rng, drawn)}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """Weights that wander a little, warm restarts, drops of the learning rate, noise."""
    schedule = str(rng.choice(["restarts", "drops", "cosine", "one-cycle"]))
    heat = rng.uniform(0.0, 0.2)
    drawn: Course = course(rng, n, schedule=schedule, heat=heat, wander=rng.uniform(0.0, 0.04))
    return Case("oscillating", None, options={"run": logged(rng, drawn)}, subject={"run": "run"})


def swinging(share: float, period: float, n: int = 1_000, noise: float = 0.05) -> np.ndarray:
    rng = np.random.default_rng(0)
    at = np.arange(n)
    loss = (1 + np.exp(-at / 200)) * (1 + share * np.sin(2 * np.pi * at / period))
    return loss + rng.normal(0, noise, n)


@pytest.mark.parametrize("period", [8, 30, 100])
def test_the_amplitude_is_that_of_the_wave(period):
    found = only(audited(CODE, run={"train/loss": swinging(0.3, period)}))
    # A slow swing looks in part like the course itself.
    assert found.measurement.value == pytest.approx(0.3, rel=0.15 + period / 1_000)
    assert found.measurement.details["noise"] == pytest.approx(0.04, abs=0.03)


@pytest.mark.parametrize("shape", ["noise", "steep", "rise", "bump", "constant", "negative"])
def test_what_is_no_swing(shape):
    rng = np.random.default_rng(0)
    n = 500
    at = np.arange(n)
    loss = {
        "noise": rng.lognormal(0, 0.3, n),
        "steep": 5 / (1 + at),
        "rise": 1 + np.maximum(at - 250, 0) / 100 + rng.normal(0, 0.01, n),
        "bump": 1 + 3 * np.exp(-(((at - 250) / 8) ** 2)) + rng.normal(0, 0.01, n),
        "constant": np.ones(n),
        "negative": -at / n + rng.normal(0, 0.05, n),
    }[shape]
    assert measured(audited(CODE, run={"train/loss": loss}), run="run").interval[0] < 0.15


def test_a_learning_rate_that_rises_explains_the_rise():
    at = np.arange(1_000) % 200 / 200
    loss = 1 + 2 * np.exp(-5 * at) + np.random.default_rng(0).normal(0, 0.02, 1_000)
    assert audited(CODE, run={"train/loss": loss}).findings
    told = measured(audited(CODE, run={"train/loss": loss, "lr": 1 - at}), run="run")
    assert told.value < 0.05


def test_short_logs_are_not_checked():
    told = "no run logged its training loss 40 times while the learning rate did not rise"
    assert reason(audited(CODE, run={"train/loss": swinging(0.3, 8, 39)}), CODE) == told
