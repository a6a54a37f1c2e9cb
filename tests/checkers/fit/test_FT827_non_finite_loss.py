"""FT827 non-finite-loss: found where a loss ends as NaN or infinity, silent where it comes back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mldebug
from tests.audits import audited, measured, only, reason, state
from tests.runs import course, logged
from tests.tables import Case

CODE = "FT827"
SIZES = (50, 500, 5_000)
DOSES = {"D1": 1.0}
"""A rung of 0 values; a run that is stopped at the first such value logs one."""
NAN, INF = float("nan"), float("inf")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let a loss of the run end in ``dose`` values that are not finite."""
    run = logged(rng, course(rng, n))
    count = round(dose)
    losses = [one for one in run.series if one.role == "loss" and len(one.values) > count + 4]
    chosen = losses[rng.integers(len(losses))]
    values = chosen.values.copy()
    values[len(values) - count :] = rng.choice([NAN, INF, -INF])
    told = tuple(replace(one, values=values) if one is chosen else one for one in run.series)
    return Case("broken", None, options={"run": replace(run, series=told)}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A run in half precision: here and there a step overflows and is skipped."""
    run = logged(rng, course(rng, n))
    first, *others = run.series
    values = first.values.copy()
    values[rng.choice(n - 5, max(n // 100, 1), replace=False)] = INF
    told = (replace(first, values=values), *others)
    return Case("skipped", None, options={"run": replace(run, series=told)})


def told(values, **more):
    return audited(CODE, run={"train_loss": np.asarray(values, dtype=float), **more})


FALL = 2 * 0.97 ** np.arange(60)


@pytest.mark.parametrize("value", [NAN, INF, -INF])
@pytest.mark.parametrize("count", [1, 2, 30])
def test_the_step_and_the_last_number_are_told(value, count):
    finding = only(told([*FALL, *[value] * count]))
    assert finding.severity == "error"
    assert (
        finding.message
        == "The loss train_loss of run is NaN or infinite from step 60 to the end of the log"
    )
    assert finding.measurement.value == count
    assert finding.measurement.details["last"] == pytest.approx(FALL[-1])
    assert finding.measurement.figure["marks"] == [{"x": 60.0, "label": "NaN or infinite"}]


@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_a_run_that_is_broken_from_the_start_or_soon_after(before):
    finding = only(told([*FALL[:before], *[NAN] * 50]))
    assert finding.measurement.details["step"] == before
    assert finding.measurement.value == 50


@pytest.mark.parametrize(
    "values",
    [
        FALL,
        [*FALL[:30], INF, *FALL[30:]],
        [*FALL[:30], NAN, NAN, NAN, *FALL[30:], NAN, NAN, NAN],
        np.where(np.arange(60) % 10, NAN, FALL),
        [2.0],
    ],
    ids=["finite", "one comes back", "a gap as long", "evaluated every tenth step", "one value"],
)
def test_what_is_no_break(values):
    assert state(told(values)) == "passed"


def test_the_loss_that_is_broken_the_longest_is_told():
    broken = [*FALL[:20], *[NAN] * 40]
    assert only(told(FALL, val_loss=np.array(broken))).measurement.details["series"] == "val_loss"


def test_a_booster_without_a_loss_is_judged_by_its_error():
    run = {"train": {"rmse": [*FALL, NAN]}, "eval": {"rmse": list(FALL)}}
    assert only(audited(CODE, run=run)).measurement.details["series"] == "train-rmse"
    assert measured(told(FALL, val_rmse=[*FALL[:-1], NAN]), run="run").value == 0


def test_a_broken_run_is_not_told_to_go_on():
    """A loss that falls to its last number is no run that was ended too early."""
    diagnosis = mldebug.audit(run={"train_loss": np.array([*FALL, *[NAN] * 40])})
    assert diagnosis.outcomes["FT811"].state == "passed"
    assert "FT827" in diagnosis.outcomes["FT811"].reason
    assert diagnosis.causes[0].finding.startswith("FT827")


def test_a_loss_that_climbs_and_breaks_is_led_to_by_its_climb():
    climb = np.concatenate([FALL, FALL[-1] * 1.5 ** np.arange(30), [INF] * 5])
    diagnosis = mldebug.audit(run={"train_loss": climb})
    codes = {one.rule.code for one in diagnosis.findings}
    assert {"FT813", "FT827"} <= codes
    assert diagnosis.causes[0].finding.startswith("FT813")


def test_what_it_needs():
    assert "logs a loss by step" in reason(audited(CODE, run={"accuracy": FALL}), CODE)
