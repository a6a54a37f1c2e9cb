"""FT826 generalisation-gap: found where training ends far better than evaluation, else silent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mldebug
from mldebug.adapters.runs.logged import Logged, Points
from mldebug.adapters.runs.naming import run_of
from tests.audits import audited, measured, only, state
from tests.size_curves import logged_sizes, size_curve
from tests.tables import Case

CODE = "FT826"
SIZES = (20, 100, 1_000)
SHARED = Path(__file__).resolve().parents[4] / "shared" / "cases"
OVERFIT, WELL = (1, 2, 3, 4), (31, 32, 33, 34)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A run, or a sample-size curve, whose training accuracy ends ``dose`` above evaluation's."""
    end = rng.uniform(0.5, 1 - dose)
    if rng.random() < 0.5:
        made = size_curve(rng, 16, floor=1 - end, power=1.0, gain=0.0002)
        made = made.with_(train=np.maximum(made.test - dose, 0), names={**made.names, "eval": ""})
        return _case(logged_sizes(rng, made))
    rises = 1 - np.exp(-np.arange(1, n + 1) / n * rng.uniform(15, 30))
    noise = 10 ** rng.uniform(-3.5, -2.2)
    points = tuple(
        Points(name, np.clip(level * rises + rng.normal(0, noise, n), 0, 1))
        for name, level in (("train/accuracy", end + dose), ("val/accuracy", end))
    )
    return _case(run_of(Logged("run", "simulated", "simulator", points)))


def _case(run) -> Case:
    return Case("gap", None, options={"run": run}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """Training and evaluation end alike."""
    return plant(rng, n, 0.01)


def test_losses_are_compared_in_proportion():
    falls = np.exp(-np.arange(200) / 20)
    finding = only(audited(CODE, run={"loss": 0.2 + falls, "val_loss": 0.8 + falls}))
    found = finding.measurement
    assert found.value == pytest.approx(0.75, abs=0.001)
    assert (found.details["unit"], found.details["axis"]) == ("loss", "step")
    assert found.details["trained"] == pytest.approx(0.2, abs=0.001)
    assert finding.severity == "note"
    assert "ends at 0.2, and evaluation (val_loss) at 0.8" in finding.message


def test_scores_in_percent_are_told_as_they_were_logged():
    rises = 1 - np.exp(-np.arange(200) / 20)
    found = only(audited(CODE, run={"accuracy": 95 * rises, "val_accuracy": 75 * rises}))
    assert found.measurement.value == pytest.approx(0.2, abs=0.001)
    assert found.measurement.details["evaluated"] == pytest.approx(75, abs=0.1)


def test_evaluation_that_ends_better_is_no_gap():
    falls = np.exp(-np.arange(200) / 20)
    diagnosis = audited(CODE, run={"loss": 0.8 + falls, "val_loss": 0.5 + falls})
    assert state(diagnosis) == "passed"
    assert measured(diagnosis, run="run").value < 0


def test_a_run_without_training_curves_is_told():
    outcome = audited(CODE, run={"val_loss": np.ones(50)}).outcomes[CODE]
    assert outcome.reason == "no run logged one metric of both training and evaluation data"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real cases are not beside this checkout")
@pytest.mark.parametrize("number", [*OVERFIT, *WELL])
def test_real_sample_size_curves(number):
    path = next((SHARED / "curves" / "lcdb").glob(f"{number:02}_*.csv"))
    told = state(mldebug.audit(run=path, select=CODE))
    assert told == ("found" if number in OVERFIT else "passed")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real cases are not beside this checkout")
def test_the_real_run_with_a_gap():
    folder = SHARED / "explogs" / "dvclive_nomelt-model"
    diagnosis = mldebug.audit(run=folder, select=f"{CODE},FT801")
    assert diagnosis.outcomes["FT801"].state == "passed"
    assert only(diagnosis).measurement.value == pytest.approx(0.8, abs=0.02)


def test_a_run_that_overfits_by_its_curve_or_broke_is_not_told_of_its_gap_as_well():
    rng = np.random.default_rng(0)
    fall = 2 * 0.97 ** np.arange(200)
    train, evaluated = fall + rng.normal(0, 0.01, 200), fall + 0.5 + rng.normal(0, 0.02, 200)
    risen = evaluated + 0.01 * np.maximum(np.arange(200) - 80, 0)
    broken = np.append(train, np.nan)
    for code, run in {
        "FT801": {"train_loss": train, "val_loss": risen},
        "FT827": {"train_loss": broken, "val_loss": np.append(evaluated, np.nan)},
    }.items():
        diagnosis = audited(f"FT826,{code}", run=run)
        assert [one.rule.code for one in diagnosis.findings] == [code]
        assert code in diagnosis.outcomes["FT826"].reason
    assert only(audited("FT826,FT801", run={"train_loss": train, "val_loss": evaluated}))
