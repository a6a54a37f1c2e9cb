"""TR955 hidden-non-finite: found where a log lacks values of the loss; silent on cadences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mldebug
from tests.audits import only, state
from tests.runs import course, logged
from tests.tables import Case

CODE = "TR955"
SIZES = (50, 500, 5_000)
DOSES = {"D1": 4.0}
"""A rung of 0 values; a run that ends in fewer than four is not told from one that was stopped."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Leave ``dose`` values out of the training loss: at its end, in one stretch, or here and there."""
    run = logged(rng, course(rng, n))
    first, *others = run.series
    count = round(dose)
    form = rng.choice(["end", "stretch", "scattered"])
    if form == "end":
        gone = np.arange(n - count, n)
    elif form == "stretch":
        gone = rng.integers(2, n - count - 2) + np.arange(count)
    else:
        gone = 1 + rng.choice(n - 2, min(count, max(n // 25, 1)), replace=False)
    if not count:
        gone = np.zeros(0, dtype=int)
    kept = np.delete(np.arange(n), gone)
    dropped = replace(
        first,
        steps=first.steps[kept],
        values=first.values[kept],
        epochs=None if first.epochs is None else first.epochs[kept],
    )
    told = replace(run, series=(dropped, *others))
    return Case("hidden", None, options={"run": told}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """The run as it was logged."""
    return plant(rng, n, 0.0)


def log(loss_at, rate_at, **more):
    """A run whose loss and rate were logged at these steps."""
    from mldebug.adapters.runs.logged import Logged, Points
    from mldebug.adapters.runs.naming import run_of

    points = [
        Points(name, np.linspace(2, 1, len(at)), np.asarray(at))
        for name, at in {"loss": loss_at, "learning_rate": rate_at, **more}.items()
    ]
    return run_of(Logged("run", "made up", "test", tuple(points)))


EVERY = np.arange(100)


@pytest.mark.parametrize(
    ("loss_at", "rate_at", "count"),
    [
        (np.delete(EVERY, [7, 8]), EVERY, 2),
        (EVERY[:60], EVERY, 40),
        (np.delete(EVERY, np.arange(30, 60)), EVERY, 30),
        (EVERY, EVERY, 0),
        (EVERY[::10], EVERY, 0),
        (EVERY, EVERY[::10], 0),
        (EVERY[:98], EVERY, 0),
        (EVERY[1:], EVERY, 0),
        (EVERY[::2], EVERY[1::2], 0),
    ],
    ids=["two", "tail", "stretch", "whole", "sparse", "rate sparse", "end", "start", "other steps"],
)
def test_what_counts(loss_at, rate_at, count):
    diagnosis = mldebug.audit(run=log(loss_at, rate_at), select=[CODE])
    measurement = next(iter(diagnosis.measurements))
    assert measurement.value == count
    assert state(diagnosis) == ("found" if count else "passed")


def test_a_tool_that_counts_what_it_leaves_out_is_believed():
    run = replace(log(EVERY, EVERY), record={"dropped": {"loss": 5}})
    finding = only(mldebug.audit(run=run, select=[CODE]))
    assert "5 values of loss in run are missing" in finding.message
    assert "the tool says" in finding.message


def test_values_that_are_logged_openly_are_not_hidden():
    run = log(EVERY, EVERY)
    first, *others = run.series
    values = first.values.copy()
    values[50:] = np.nan
    openly = replace(run, series=(replace(first, values=values), *others))
    assert state(mldebug.audit(run=openly, select=[CODE])) == "passed"


def test_the_eval_loss_is_not_compared_with_the_rate():
    run = log(EVERY, EVERY, eval_loss=EVERY[:50])
    assert state(mldebug.audit(run=run, select=[CODE])) == "passed"
