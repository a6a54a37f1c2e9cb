"""HP607 learning-rate-low: found where the loss falls along a line and the rate explains it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mldebug.artefacts import Run
from tests.audits import audited, measured, only, reason
from tests.runs import Course, course, logged
from tests.tables import Case

CODE = "HP607"
SIZES = (50, 500, 5_000)
BELOW: tuple[dict[str, Any], ...] = (
    {"optimizer": "adam", "lr": 1e-6},
    {"optim": "adamw_torch", "learning_rate": 1e-7},
    {"optimizer": {"name": "SGD", "lr": 1e-5, "momentum": 0.9}},
    {"optimizer": "sgd", "lr": 1e-4},
)
COMMON = {"optimizer": "adamw", "epochs": 3}


def ratio(place: np.ndarray, losses: np.ndarray) -> float:
    """The quantity, of expected losses at shares of the summed rate."""
    ends = [place <= 0.1, np.abs(place - 0.5) <= 0.05, place >= 0.9]
    (a, b, c), (x, y, z) = ([one[end].mean() for end in ends] for one in (losses, place))
    return float((b - c) / (z - y) / ((a - b) / (y - x)))


def slow(rng: np.random.Generator, made: Course, dose: float) -> Course:
    """The course that falls by a power of the summed rate whose two halves have this ratio."""
    summed = np.concatenate([[0.0], np.cumsum((made.rate[1:] + made.rate[:-1]) / 2)])
    place = summed / summed[-1]
    low, high = 0.05, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if ratio(place, 1 - place**middle) > dose else (middle, high)
    train = made.train[0] * (1 - rng.uniform(0.3, 0.9) * place**high)
    return made.with_(train=train, eval=1.02 * train)


def drawn(rng: np.random.Generator, n: int) -> Course:
    noise = float(10 ** rng.uniform(-2.5, -1.5))
    schedule = str(rng.choice(["constant", "cosine", "linear", "warm-up"]))
    return course(rng, n, train_noise=noise, schedule=schedule, paced=True)


def at_rate(made: Course, config: dict[str, Any], rate: float | None = None) -> Course:
    """The course with such settings, its schedule scaled to the rate."""
    held = config.get("lr", config.get("learning_rate"))
    held = rate if rate is not None else held or config["optimizer"]["lr"]
    return made.with_(config=config, rate=made.rate * held / made.rate.max())


def case(runs: Run | list[Run]) -> Case:
    return Case("rate-low", None, options={"run": runs}, subject={"run": "run"})


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A fall along a line under a rate below the usual, or below that of a run that got further."""
    made = drawn(rng, n)
    straight = slow(rng, made, dose)
    if rng.random() < 0.6:
        return case(logged(rng, at_rate(straight, BELOW[int(rng.integers(len(BELOW)))])))
    low = at_rate(straight, {**COMMON, "lr": 1e-4, "seed": 1})
    high = at_rate(
        made.with_(train=straight.train[-1] * 0.5 * made.train / made.train[-1]), COMMON, 1e-3
    )
    high = high.with_(config={**COMMON, "lr": 1e-3, "seed": 2})
    return case([logged(rng, low), logged(rng, high, "higher")])


def twin(rng: np.random.Generator, n: int) -> Case:
    """One half of the evidence alone: a straight fall at a usual rate, or a low rate that suffices."""
    made = drawn(rng, n)
    if rng.random() < 0.5:
        return case(logged(rng, at_rate(made, BELOW[int(rng.integers(len(BELOW)))])))
    return case(logged(rng, at_rate(slow(rng, made, 1.0), {"optimizer": "adam", "lr": 1e-3})))


def told(run: Any) -> Any:
    return audited(CODE, run=run)


def run_of(config: dict[str, Any], losses: np.ndarray, rate: Any = None) -> Run:
    rng = np.random.default_rng(3)
    made = course(rng, len(losses), train_noise=0.01, schedule="constant", stride=1)
    rate = np.full(len(losses), config["lr"]) if rate is None else rate
    return logged(rng, made.with_(train=losses, eval=losses, rate=rate, config=config))


def test_the_ratio_and_the_reason_are_told():
    found = only(told(run_of({"optimizer": "Adam", "lr": 2e-6}, np.linspace(3, 2.5, 300))))
    assert found.measurement.value == pytest.approx(1.0, abs=0.1)
    assert found.measurement.details["reason"] == "adam seldom needs less than 1e-05"
    assert f"falls {found.measurement.value:.0%} as fast" in found.message


def test_the_rate_that_was_summed_counts_not_the_steps():
    place = np.arange(400) / 400
    rate = 1e-6 * 0.5 * (1 + np.cos(np.pi * place))
    done = np.cumsum(rate) / rate.sum()
    found = measured(told(run_of({"optimizer": "adam", "lr": 1e-6}, 3 - done, rate)), run="run")
    assert found.value == pytest.approx(1.0, abs=0.15)


def test_a_loss_that_does_not_fall_counts_only_far_below_the_usual():
    flat = np.full(200, 2.3)
    assert only(told(run_of({"optimizer": "adam", "lr": 1e-7}, flat))).measurement.value == 1
    assert measured(told(run_of({"optimizer": "adam", "lr": 5e-6}, flat)), run="run").value == 0


def test_fine_tuning_that_levels_out_is_not_slow():
    losses = 1 + 2 * np.exp(-np.arange(300) / 30)
    found = measured(told(run_of({"optimizer": "adamw", "lr": 1e-6}, losses)), run="run")
    assert found.value < 0.1
    usual = measured(
        told(run_of({"optimizer": "adamw", "lr": 1e-4}, np.linspace(3, 2, 300))), run="run"
    )
    assert (usual.value, usual.interval) == (0.0, (0.0, 0.0))


def test_a_run_without_a_rate():
    expected = "no run logged both a training curve and its learning rate"
    assert reason(told({"loss": np.linspace(3, 1, 50)}), CODE) == expected
