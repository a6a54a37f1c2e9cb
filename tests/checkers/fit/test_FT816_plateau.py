"""FT816 plateau: found where the loss stands still and then falls on, silent on steady falls."""

from __future__ import annotations

import numpy as np
import pytest

from mldebug.stats.curves import trend, window_of
from mldebug.stats.plateaus import longest_wait
from tests.audits import audited, measured, only, reason
from tests.runs import course, logged
from tests.tables import Case

CODE = "FT816"
SIZES = (50, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let the loss stand still, at a drawn height, so that it waits for this share of the run."""
    noise = float(10 ** rng.uniform(-2.5, -1.2))
    schedule = str(rng.choice(["constant", "cosine", "warm-up"]))
    drawn = course(rng, n, train_noise=noise, floor=rng.uniform(0.1, 0.3), schedule=schedule)
    level, held = rng.uniform(0.4, 0.9), dose
    for _ in range(6):
        train = waiting(n, level, min(max(held, 0.0), 0.9))
        smooth = trend(train, window_of(n))
        held += dose - float(longest_wait(smooth[None], 0.05, 0.2)[0][0])
    start, floor = drawn.train[0], drawn.train[-1]
    train = floor + (start - floor) * train
    drawn = drawn.with_(train=train, eval=train * 1.05)
    return Case("plateau", None, options={"run": logged(rng, drawn)}, subject={"run": "run"})


def waiting(n: int, level: float, held: float) -> np.ndarray:
    """An exponential fall from 1 to 0 that waits at a level for a share of the points."""
    t = np.linspace(0, 1, n)
    begin = (1 - held) * -np.log(level) / 5
    progress = np.where(t < begin, t, np.maximum(t - held, begin)) / (1 - held)
    fall = np.exp(-5 * progress)
    return (fall - fall.min()) / (fall.max() - fall.min())


def twin(rng: np.random.Generator, n: int) -> Case:
    """Steady falls, with drops of the learning rate and weights that wander."""
    schedule = str(rng.choice(["drops", "cosine", "warm-up", "constant"]))
    drawn = course(rng, n, schedule=schedule, heat=rng.uniform(0, 0.2), wander=0.02)
    return Case("plateau", None, options={"run": logged(rng, drawn)}, subject={"run": "run"})


def test_the_plateau_is_measured_and_marked():
    loss = 1 + waiting(400, 0.6, 0.5) + np.random.default_rng(0).normal(0, 0.01, 400)
    told = only(audited(CODE, run={"train/loss": loss})).measurement
    assert told.value == pytest.approx(0.5, abs=0.08)
    assert told.interval[0] <= told.value <= told.interval[1]
    assert [one["x"] for one in told.figure["marks"]] == [
        told.details["start"],
        told.details["stop"],
    ]


@pytest.mark.parametrize("shape", ["noise", "constant", "line", "power", "ends flat", "rising"])
def test_what_is_no_plateau(shape):
    rng = np.random.default_rng(0)
    t = np.linspace(0, 1, 500)
    loss = {
        "noise": rng.normal(1, 0.1, 500),
        "constant": np.ones(500),
        "line": 2 - t + rng.normal(0, 0.02, 500),
        "power": (1 + 50 * t) ** -0.5,
        "ends flat": np.exp(-20 * t) + rng.normal(0, 0.01, 500),
        "rising": 1 + t,
    }[shape]
    assert measured(audited(CODE, run={"train/loss": loss}), run="run").value < 0.2


def test_a_drop_of_the_learning_rate_explains_where_it_ends():
    loss = 1 + waiting(400, 0.6, 0.5) + np.random.default_rng(0).normal(0, 0.01, 400)
    stop = only(audited(CODE, run={"train/loss": loss})).measurement.details["stop"]
    rate = np.where(np.arange(400) < stop, 0.1, 0.01)
    told = measured(audited(CODE, run={"train/loss": loss, "lr": rate}), run="run")
    assert (told.value, told.interval) == (0.0, (0.0, 0.0))


def test_short_logs_are_not_checked():
    told = "no run logged 20 values of a loss"
    assert reason(audited(CODE, run={"train/loss": np.ones(19)}), CODE) == told
