"""HP606 learning-rate-high: found where the loss climbs and the rate explains it; both are needed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mldebug.artefacts import Run
from tests.audits import audited, measured, only, reason
from tests.runs import Course, course, logged
from tests.tables import Case

CODE = "HP606"
SIZES = (200, 500, 5_000)
BEYOND: tuple[dict[str, Any], ...] = (
    {"optimizer": "adam", "lr": 0.05},
    {"optim": "adamw_torch", "learning_rate": 0.1},
    {"optimizer": {"_target_": "torch.optim.SGD", "lr": 1.0, "momentum": 0.9}},
    {"optimizer": "sgd", "lr": 5.0},
    {"optimizer": "lion", "lr": 0.01},
    {"lr0": 3.0},
)


def climb_of(losses: np.ndarray) -> float:
    """The quantity, of expected losses."""
    width = max(3, 2 * (round(0.05 * len(losses)) // 2) + 1)
    levels = np.convolve(losses, np.ones(width) / width, "valid")
    lowest = np.minimum.accumulate(levels)[:-width]
    rises = levels[width:] - lowest
    low = lowest[rises.argmax()]
    return float(rises.max() / max(abs(low), 0.05 * (losses[:width].max() - losses.min())))


def climbing(rng: np.random.Generator, made: Course, dose: float) -> Course:
    """The course whose losses climb by ``dose`` somewhere, and stay up or come back."""
    turn, length = rng.uniform(0.1, 0.6), rng.uniform(0.15, 0.35)
    shape = np.clip((made.at - turn) / length, 0, 1)
    if rng.random() < 0.5:
        shape *= np.clip((1 - made.at) / (1 - turn - length), 0, 1)
    low, high = 0.0, 4 * (1 + dose) * made.train.max()
    for _ in range(60):
        middle = (low + high) / 2
        reached = climb_of(made.train + middle * shape) > dose
        low, high = (low, middle) if reached else (middle, high)
    return made.with_(train=made.train + high * shape, eval=made.eval + high * shape)


def healthy(rng: np.random.Generator, n: int, **fixed: Any) -> Course:
    noise = float(10 ** rng.uniform(-2.5, -1.1))
    return course(rng, n, schedule="constant", train_noise=noise, **fixed)


def at_rate(made: Course, config: dict[str, Any], rate: float | None = None) -> Course:
    """The course with such settings; its rate is logged if it is given."""
    names = {key: one for key, one in made.names.items() if key != "rate"}
    if rate is None:
        return made.with_(config=config, names=names)
    return made.with_(config=config, rate=np.full(len(made.steps), rate))


def case(runs: Run | list[Run]) -> Case:
    return Case("rate-high", None, options={"run": runs}, subject={"run": "run"})


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A climb under a rate beyond the usual, or one that a run at a lower rate is free of."""
    made = healthy(rng, n)
    worse = climbing(rng, made, dose)
    if rng.random() < 0.6:
        return case(logged(rng, at_rate(worse, BEYOND[int(rng.integers(len(BEYOND)))])))
    worse = climbing(rng, made.with_(train=made.train + 0.3 * made.train[0]), dose)
    config = {"optimizer": "sgd", "momentum": 0.9, "epochs": 3}
    low = at_rate(made, {**config, "lr": 0.02, "seed": 1}, 0.02)
    high = at_rate(worse, {**config, "lr": 0.1, "seed": 2}, 0.1)
    return case([logged(rng, high), logged(rng, low, "lower")])


def twin(rng: np.random.Generator, n: int) -> Case:
    """One half of the evidence alone: a climb at a usual rate, or a high rate and no climb."""
    made = healthy(rng, n)
    if rng.random() < 0.5:
        return case(logged(rng, at_rate(made, BEYOND[int(rng.integers(len(BEYOND)))])))
    usual = {"optimizer": "adam", "lr": 1e-3}
    return case(logged(rng, at_rate(climbing(rng, made, 1.0), usual, 1e-3)))


def told(run: Any) -> Any:
    return audited(CODE, run=run)


def run_of(config: dict[str, Any], dose: float = 0.8, rate: Any = None, **fixed: Any) -> Run:
    rng = np.random.default_rng(3)
    made = at_rate(climbing(rng, healthy(rng, 400, **fixed), dose), config)
    if rate is not None:
        made = made.with_(rate=rate, names={**made.names, "rate": "lr"})
    return logged(rng, made)


def test_the_climb_and_the_reason_are_told():
    found = only(told(run_of({"optimizer": "AdamW", "lr": 0.03}))).measurement
    assert found.value == pytest.approx(0.8, abs=0.1)
    assert found.details["reason"] == "adamw seldom stands more than 0.01"
    assert [one["label"] for one in found.figure["marks"]] == ["from here", "to here"]


def test_a_usual_rate_explains_nothing_and_the_climb_is_told_still():
    found = measured(told(run_of({"optimizer": "adam", "lr": 0.01})), run="run")
    assert (found.value, found.interval, found.details["reason"]) == (0.0, (0.0, 0.0), "")
    assert found.details["climb"] == pytest.approx(0.8, abs=0.1)


def test_the_momentum_counts():
    sgd = {"optimizer": "sgd", "lr": 0.5}
    assert measured(told(run_of(sgd)), run="run").value == 0
    found = only(told(run_of({**sgd, "momentum": 0.9}))).measurement
    assert found.details["reason"] == "sgd seldom stands more than 0.2"


def test_a_run_at_a_lower_rate_must_be_alike_otherwise():
    rng = np.random.default_rng(0)
    runs = list(plant_of_two(rng))
    assert only(told(runs)).measurement.details["reason"].startswith("lower, with 0.02 and all")
    runs[1] = replace(runs[1], config={**runs[1].config, "epochs": 9})
    assert told(runs).findings == ()
    assert told([replace(one, config={}) for one in runs]).findings == ()


def plant_of_two(rng: np.random.Generator) -> list[Run]:
    while True:
        runs = plant(rng, 300, 0.8).options["run"]
        if isinstance(runs, list):
            return runs


def test_a_rate_that_climbs_with_the_loss():
    place = np.arange(400) / 400
    up = 1e-3 * np.clip(place / 0.7, 0, 1) * np.where(place > 0.8, 0.5, 1)
    found = measured(told(run_of({"optimizer": "adam"}, rate=up)), run="run")
    assert found.details["reason"] == "it climbs while the rate does"
    search = 1e-6 * 1e4 ** (place)
    assert measured(told(run_of({"optimizer": "adam"}, rate=search)), run="run").value == 0


def test_a_warm_restart_is_none_even_at_a_high_rate():
    place = np.arange(600) / 600
    rate = 0.5 * (1 + np.cos(np.pi * (place * 3 % 1)))
    losses = (0.3 + 2 * np.exp(-6 * place)) * (1 + rate)
    run = {"train/loss": losses, "learning_rate": rate}
    assert measured(told(run), run="run").value == 0


def test_a_run_without_a_rate():
    expected = "no run logged both a training curve and its learning rate"
    assert reason(told({"loss": np.linspace(3, 1, 50)}), CODE) == expected
