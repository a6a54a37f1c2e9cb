"""FT813 diverging: found where the training loss climbs and stays up, silent where it comes back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.audits import audited, measured, only, state
from tests.runs import course, logged
from tests.tables import Case

CODE = "FT813"
SIZES = (200, 1_000, 5_000)


def end_rise(losses: np.ndarray) -> float:
    """The quantity, of expected losses."""
    width = max(3, 2 * (round(0.05 * len(losses)) // 2) + 1)
    levels = np.convolve(losses, np.ones(width) / width, "valid")
    fall = losses[:width].max() - levels.min()
    return float((levels[-1] - levels.min()) / max(abs(levels.min()), 0.05 * fall))


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let both losses turn somewhere, training's to end ``dose`` above its lowest level."""
    healthy = course(rng, n)
    turn, power = rng.uniform(0.3, 0.8), rng.uniform(0.5, 2.0)
    shape = np.clip((healthy.at - turn) / (1 - turn), 0, 1) ** power
    low, high = 0.0, 4 * (1 + dose) * healthy.train.max()
    for _ in range(60):
        middle = (low + high) / 2
        reached = end_rise(healthy.train + middle * shape) > dose
        low, high = (low, middle) if reached else (middle, high)
    risen = healthy.with_(train=healthy.train + high * shape, eval=healthy.eval + high * shape)
    return Case("diverging", None, options={"run": logged(rng, risen)}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A run whose loss goes on falling."""
    return Case("diverging", None, options={"run": logged(rng, course(rng, n))})


def told(run):
    return audited(CODE, run=run)


def losses(n: int = 600) -> np.ndarray:
    rng = np.random.default_rng(5)
    return (0.5 + 2 * np.exp(-6 * np.linspace(0, 1, n))) * np.exp(rng.normal(0, 0.03, n))


def test_the_step_where_it_turns_is_marked():
    climb = np.linspace(-1, 2, 600).clip(1)
    found = only(told({"loss": losses() * climb}))
    expected = end_rise((0.5 + 2 * np.exp(-6 * np.linspace(0, 1, 600))) * climb)
    assert found.measurement.value == pytest.approx(expected, abs=0.05)
    assert 350 < found.measurement.details["best"] < 480
    assert found.measurement.figure["marks"][0]["label"] == "lowest level"


def test_a_run_that_breaks_off_in_values_that_are_not_finite():
    values = losses()
    values[-6:] = [2.0, 9.0, 80.0, np.inf, np.nan, np.nan]
    run = {"loss": values, "step": np.arange(600)}
    from tests.runs import logged as made

    base = made(np.random.default_rng(0), course(np.random.default_rng(0), 600))
    series = replace(base.series[0], values=values)
    found = only(told(replace(base, series=(series,))))
    assert found.severity == "error"
    assert found.measurement.details["breaks"] == 3
    assert found.measurement.value > 100
    assert len(run["loss"]) == 600


def test_spikes_come_back():
    values = losses()
    values[[100, 300, 500, 599]] *= 8
    assert state(told({"loss": values})) == "passed"


def test_a_warm_restart_is_no_divergence_and_a_warm_up_that_goes_wrong_is():
    rate = np.tile(0.5 * (1 + np.cos(np.pi * np.linspace(0, 1, 240))), 3)[:600]
    values = losses() * (1 + 0.6 * rate)
    found = measured(told({"loss": values, "learning_rate": rate}), run="run")
    assert (found.value, found.details["restart"]) == (0.0, True)
    rising = np.linspace(0, 1, 600)
    grows = {"loss": losses() * np.linspace(-1, 3, 600).clip(1), "learning_rate": rising}
    assert only(told(grows)).severity == "error"


def test_negative_losses_and_losses_at_zero():
    for level in (-20.0, -0.5, 0.0):
        assert state(told({"loss": losses() + level})) == "passed"
    assert state(told({"loss": np.zeros(100)})) == "passed"


def test_a_run_without_training_curves_is_told():
    outcome = told({"val_loss": losses()}).outcomes[CODE]
    assert outcome.reason == "no run logged a loss or a score of training data"
