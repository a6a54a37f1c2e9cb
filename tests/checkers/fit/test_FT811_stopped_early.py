"""FT811 stopped-early: found where evaluation still falls at the end, silent where it has settled."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured, only, state
from tests.runs import Course, course, logged
from tests.tables import Case

CODE = "FT811"
SIZES = (500, 2_000, 10_000)


def promise(losses: np.ndarray, steps: np.ndarray) -> float:
    """The quantity, of expected losses under a constant learning rate."""
    count = max(round(len(losses) / 8), 6)
    gone = np.log(steps - steps[0] + steps[1] - steps[0])
    width = max(3, 2 * (round(0.05 * len(losses)) // 2) + 1)
    end = losses[-width:].mean()
    scale = max(abs(end), 0.05 * (losses[:width].max() - losses.min()))
    return float(-np.polyfit(gone[-count:], losses[-count:], 1)[0] * np.log(1.1) / scale)


def falling(rng: np.random.Generator, n: int, dose: float) -> Course:
    """A course that has come so far along its fall that ``dose`` is still to come."""
    made = course(rng, n, schedule="constant")
    t, power = made.at, rng.uniform(0.6, 1.2)
    top, floor = made.train[0], made.train[0] * rng.uniform(0.01, 0.2)
    seen = slice(made.cadence - 1, None, made.cadence)
    low, high = -3.0, 4.0
    for _ in range(60):
        middle = (low + high) / 2
        losses = floor + (top - floor) * np.exp(-((10**middle * t) ** power))
        # Along the falling side: more has been learnt, and less is still to come.
        less = promise(losses[seen], made.steps[seen]) < dose and 10**middle > 0.8
        low, high = (low, middle) if less else (middle, high)
    losses = floor + (top - floor) * np.exp(-((10**high * t) ** power))
    return made.with_(train=losses, eval=losses * (1 + rng.uniform(0, 0.2)))


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """End the run when ``dose`` of the evaluation loss was still to come off."""
    run = logged(rng, falling(rng, n, dose))
    return Case("stopped-early", None, options={"run": run}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A run that has settled."""
    return Case("stopped-early", None, options={"run": logged(rng, falling(rng, n, 0.001))})


def told(run):
    return audited(CODE, run=run)


def linear(n: int = 400) -> np.ndarray:
    return np.linspace(2, 1, n) + np.random.default_rng(0).normal(0, 0.005, n)


def test_a_straight_fall_is_continued():
    found = only(told({"loss": linear(), "val_loss": linear()}))
    assert found.measurement.value == pytest.approx(0.085, abs=0.01)
    assert "still falling" in found.message
    assert found.measurement.figure["marks"][0]["x"] == 350
    assert found.measurement.figure["title"] == "val_loss still improves where the run ends"


def test_a_learning_rate_that_has_decayed_leaves_nothing_to_come():
    decayed = 0.5 * (1 + np.cos(np.pi * np.linspace(0, 1, 400)))
    run = {"loss": linear(), "val_loss": linear(), "learning_rate": decayed}
    diagnosis = told(run)
    assert state(diagnosis) == "passed"
    assert measured(diagnosis, run="run").details["rate"] == "decayed"
    assert (
        only(told({**run, "learning_rate": np.full(400, 0.1)})).measurement.details["rate"]
        == "constant"
    )


def test_training_speaks_where_nothing_was_evaluated():
    assert only(told({"loss": linear()})).measurement.details["metric"] == "loss"
    assert state(told({"loss": linear(), "val_loss": np.full(400, 1.0)})) == "passed"


@pytest.mark.parametrize("n", [1, 3, 5, 8])
def test_short_and_noisy_logs_accuse_nobody(n):
    noisy = 1 + np.random.default_rng(n).normal(0, 0.3, n)
    assert not told({"val_loss": noisy}).findings


def test_a_flat_metric_is_silent():
    assert state(told({"val_accuracy": np.ones(60)})) == "passed"
    assert state(told({"val_loss": np.zeros(60)})) == "passed"
