"""Runs whose values lie at the ends of what a float can hold: the verdict is that of any other."""

from __future__ import annotations

import numpy as np
import pytest

import mldebug
from mldebug.adapters.runs import runs


def overfitted(scale: float = 1.0) -> dict[str, np.ndarray]:
    """A run whose evaluation loss turns after a third of its steps, in some unit."""
    rng = np.random.default_rng(0)
    step = np.arange(300)
    fall = 2 * np.exp(-step / 40)
    train = fall + 0.3 + rng.normal(0, 0.02, 300)
    evaluated = fall + 0.5 + 0.003 * np.maximum(step - 100, 0) + rng.normal(0, 0.02, 300)
    return {"train_loss": train * scale, "val_loss": evaluated * scale}


def verdicts(diagnosis: mldebug.Diagnosis) -> dict[str, tuple[str, str | None]]:
    severity = {one.rule.code: one.severity for one in diagnosis.findings}
    return {code: (one.state, severity.get(code)) for code, one in diagnosis.outcomes.items()}


@pytest.mark.parametrize("scale", [1e-60, 1e-30, 1e-18, 1e-13, 1e13, 1e100])
def test_the_unit_of_a_loss_changes_no_verdict(scale):
    expected = verdicts(mldebug.audit(run=overfitted()))
    assert expected["FT801"] == ("found", "error")
    assert expected["FT812"] == ("passed", None)
    assert verdicts(mldebug.audit(run=overfitted(scale))) == expected


def test_a_loss_that_is_zero_but_for_rounding_accuses_nobody():
    dust = np.zeros(200)
    dust[150:] = 1e-17
    told = verdicts(mldebug.audit(run={"train_loss": dust, "val_loss": dust}))
    assert not [code for code, (_, severity) in told.items() if severity in ("warning", "error")]


@pytest.mark.parametrize("largest", [1e300, 1.7e308, -1e308])
def test_values_whose_square_is_infinite_are_infinite_and_told(largest):
    held = overfitted()
    held["train_loss"][200:] = largest
    (run,) = runs(held)
    assert np.isinf(run.series[0].values[200:]).all()
    assert "100 of the values of 'train_loss' are beyond 1e+150 in size" in run.remarks[-1]
    states = verdicts(mldebug.audit(run=held))
    assert not [code for code, (state, _) in states.items() if state == "failed"]


def test_values_whose_square_is_zero_are_audited():
    told = verdicts(mldebug.audit(run=overfitted(1e-320)))
    assert not [code for code, (state, _) in told.items() if state == "failed"]
    assert not [code for code, (_, severity) in told.items() if severity == "error"]


def test_a_run_of_nothing_else_is_audited():
    huge = {"train_loss": 1e308 * (1 + 0.7 * (np.arange(60) % 2)), "val_loss": np.full(60, -1e308)}
    states = verdicts(mldebug.audit(run=huge))
    assert not [code for code, (state, _) in states.items() if state == "failed"]
