"""HP614 warmup-missing-or-long: found where the beginning costs much, silent on usual schedules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason
from tests.runs import Course, course, logged
from tests.tables import Case

CODE = "HP614"
SIZES = (100, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A warm-up over the share ``dose``, or an early climb that costs a quarter, as its rung is."""
    if rng.random() < 0.5:
        made = course(rng, n)
        rate = _warmed(rng, made, dose)
        return case(rng, made.with_(rate=rate))
    made = course(rng, n, train_noise=float(10 ** rng.uniform(-2.5, -1.3)), schedule="constant")
    return case(rng, climbing(rng, made, dose / 4))


def _warmed(rng: np.random.Generator, made: Course, share: float) -> np.ndarray:
    up = np.minimum(made.at / share, 1.0)
    down = np.clip((1 - made.at) / (1 - share), 0, 1)
    after = [np.ones_like(down), down, 0.5 * (1 - np.cos(np.pi * down))][int(rng.integers(3))]
    return 10 ** rng.uniform(-4, -2) * np.where(made.at < share, up, after)


def climbing(rng: np.random.Generator, made: Course, share: float) -> Course:
    """The course that is above its start until a share of it is over."""
    height = float(rng.uniform(0.5, 3.0))
    place = share * (len(made.at) - 1)
    x = np.arange(len(made.at)) / place
    later = np.interp(np.maximum(x - 1, 0) * place, np.arange(len(x)), made.train)
    train = np.where(x < 1, made.train[0] * (1 + height * np.sin(np.pi * np.minimum(x, 1))), later)
    return made.with_(train=train, eval=train * 1.05)


def case(rng: np.random.Generator, made: Course) -> Case:
    return Case("warmup", None, options={"run": logged(rng, made)}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """No warm-up and no climb, a short warm-up, one cycle or warm restarts."""
    schedule = str(rng.choice(["constant", "cosine", "drops", "warm-up", "one-cycle", "restarts"]))
    return case(rng, course(rng, n, schedule=schedule))


def told(rate: Any, train: Any = None, **config: Any) -> Any:
    rng = np.random.default_rng(4)
    made = course(rng, len(rate), train_noise=0.02)
    losses = made.train if train is None else np.asarray(train)
    run = logged(rng, made.with_(rate=np.asarray(rate), train=losses, config=config))
    return measured(audited(CODE, run=run), run="run")


def test_the_share_before_the_highest_rate():
    t = np.arange(400) / 400
    found = told(np.minimum(t / 0.5, 1.0))
    assert found.value == pytest.approx(0.5, abs=0.01)
    assert found.details["form"] == "long"
    assert found.figure["marks"][0]["label"] == "the beginning ends"


def test_a_run_that_was_planned_longer():
    t = np.arange(400) / 400
    steps = course(np.random.default_rng(4), 400).steps[-1]
    assert told(np.minimum(t / 0.5, 1.0), max_steps=10 * int(steps)).value < 0.06


def test_a_run_that_was_stopped_in_its_decay():
    place = np.arange(200) / 1_000
    rate = np.where(place < 0.1, place / 0.1, (1 - place) / 0.9)
    assert told(rate).value == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize(
    "rate",
    [
        np.minimum(np.arange(300) / 30, 1.0),
        np.geomspace(1e-7, 1, 300),
        np.where(np.arange(300) < 90, 0.04 + 0.96 * np.arange(300) / 90, 1.0),
        np.abs(np.arange(300) % 100 - 50) / 50,
        np.zeros(300),
        np.ones(300),
    ],
    ids=["short", "search", "one cycle", "cycles", "zero", "constant"],
)
def test_what_is_no_long_warm_up(rate):
    assert told(rate).value <= 0.11


def test_cycles_by_their_name():
    rate = np.minimum(np.arange(300) / 150, 1.0)
    assert told(rate, scheduler="OneCycleLR").value == 0


def test_an_early_climb_is_a_missing_warm_up():
    rng = np.random.default_rng(0)
    made = climbing(rng, course(rng, 600, train_noise=0.03, schedule="constant"), 0.15)
    found = only(audited(CODE, run=logged(rng, made)))
    assert found.measurement.value == pytest.approx(0.15, abs=0.02)
    assert found.measurement.details["form"] == "missing"
    assert "without warm-up, its loss climbs by" in found.message


def test_a_loss_that_never_comes_back_or_climbs_late_is_another_matter():
    flat = np.ones(400)
    assert told(flat, np.linspace(1, 5, 400)).value == 0
    assert told(flat, np.where(np.arange(400) < 200, 1.0, 4.0)).value == 0


def test_a_run_without_learning_rates():
    expected = "no run logged 20 values of its learning rate"
    assert reason(audited(CODE, run={"loss": [3.0, 2.0, 1.5, 1.2, 1.1]}), CODE) == expected
