"""FT815 loss-spike: found where the loss jumps, silent over noise, falls and warm restarts."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason
from tests.runs import Course, course, logged
from tests.tables import Case

CODE = "FT815"
SIZES = (50, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let the loss jump so many times, far beyond its noise."""
    noise = float(10 ** rng.uniform(-2.5, -0.9))
    drawn = course(rng, n, train_noise=noise)
    places = np.linspace(0.25, 0.9, 2 * round(dose) + 1)[1::2] + rng.uniform(-0.05, 0.05)
    for place in places:
        height = max(1.0, 14 * noise) * rng.uniform(1, 4)
        drawn = jumping(drawn, height, float(place), int(rng.integers(1, max(2, n // 60))))
    return Case("loss-spike", None, options={"run": logged(rng, drawn)}, subject={"run": "run"})


def jumping(drawn: Course, height: float, at: float, width: int) -> Course:
    """The course whose losses jump by ``height`` of themselves and come back within ``width``."""
    after = np.arange(len(drawn.steps)) - round(at * (len(drawn.steps) - 1))
    bump = 1 + height * np.where(after < 0, 0.0, np.exp(-np.maximum(after, 0) / (width / 3)))
    return drawn.with_(train=drawn.train * bump, eval=drawn.eval * bump)


def twin(rng: np.random.Generator, n: int) -> Case:
    """Warm restarts, steps of the learning rate and noise, but no spike."""
    schedule = str(rng.choice(["restarts", "drops", "cosine", "warm-up"]))
    drawn = course(rng, n, schedule=schedule, heat=rng.uniform(0.0, 0.3), wander=0.03)
    return Case("loss-spike", None, options={"run": logged(rng, drawn)}, subject={"run": "run"})


def falling(n: int = 400) -> np.ndarray:
    rng = np.random.default_rng(0)
    return (0.3 + 2 * np.exp(-np.arange(n) / 60)) * np.exp(rng.normal(0, 0.05, n))


def spikes(values: np.ndarray) -> list[int]:
    told = measured(audited(CODE, run={"train/loss": values, "val/loss": falling()}), run="run")
    assert told.value == len(told.details["steps"])
    return list(told.details["steps"])


def test_each_spike_is_counted_once_and_placed():
    values = falling()
    assert spikes(values) == []
    values[100:104] *= 5
    values[300] *= 9
    assert spikes(values) == [100, 300]
    found = only(audited(CODE, run={"train/loss": values}))
    assert found.measurement.details["step"] == 300
    assert found.measurement.details["height"] == pytest.approx(8, rel=0.15)
    assert [one["x"] for one in found.measurement.figure["marks"]] == [100, 300]


@pytest.mark.parametrize("change", ["steep", "rise", "skewed", "constant", "negative", "ends low"])
def test_what_is_no_spike(change):
    rng = np.random.default_rng(1)
    n = 400
    values = {
        "steep": 5 / (1 + np.arange(n)),
        "rise": np.where(np.arange(n) < 200, 1.0, 5.0),
        "skewed": rng.exponential(1.0, n),
        "constant": np.ones(n),
        "negative": -2 - np.arange(n) / n + rng.normal(0, 0.1, n),
        "ends low": np.exp(-np.arange(n) / 20) + 1e-4 * rng.random(n),
    }[change]
    assert spikes(values) == []


def test_points_that_are_not_finite_and_short_logs():
    values = falling()
    values[50] = np.inf
    assert spikes(values) == []
    told = reason(audited(CODE, run={"loss": [3.0, 2.0, 9.0, 1.0]}), CODE)
    assert told == "no run logged 15 values of a loss"


def test_a_jump_with_the_learning_rate_is_a_restart():
    values, rate = falling(), np.linspace(1, 0.1, 400)
    values[200:206] *= 4
    assert spikes(values) == [200]
    rate[200:] += 0.5
    run = {"train/loss": values, "learning_rate": rate}
    assert measured(audited(CODE, run=run), run="run").value == 0
