"""FT806 more-data-helps: found where a sample-size curve still rises, silent where it is level."""

from __future__ import annotations

import numpy as np
import pytest

from mldebug.adapters.runs.logged import Logged, Points
from mldebug.adapters.runs.naming import run_of
from tests.audits import audited, measured, only, reason, state
from tests.size_curves import SizeCurve, dip, logged_sizes, size_curve
from tests.tables import Case

CODE = "FT806"
SIZES = (20, 26, 32)
MOST = 36
"""Sizes of a curve: so many reach from 16 to 3 million rows."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A curve of n sizes of which twice the rows would take ``dose`` off the error."""
    return case(logged_sizes(rng, drawn(rng, n, dose)))


def twin(rng: np.random.Generator, n: int) -> Case:
    """A curve of n sizes that has levelled out."""
    return case(logged_sizes(rng, drawn(rng, n, float(rng.uniform(0, 0.001)))))


def drawn(rng: np.random.Generator, n: int, gain: float) -> SizeCurve:
    n = min(n, MOST)
    # A steep law that still gains much at the end would have begun beyond an error of 1.
    floor, power = float(rng.uniform(0.02, 0.2)), float(rng.uniform(0.2, 0.5))
    steepest = np.log(0.7 * (1 - 2.0**-power) / gain) / np.log(2) * 2 / (n - 1) if gain > 0 else 1
    return size_curve(rng, n, gain=gain, floor=floor, power=min(power, max(steepest, 0.05)))


def case(run) -> Case:
    return Case("more-data", None, options={"run": run}, subject={"run": "run"})


def told(run):
    return audited(CODE, run=run)


def test_the_gain_the_rows_and_the_forecast_are_told_and_drawn():
    rng = np.random.default_rng(1)
    diagnosis = told(logged_sizes(rng, size_curve(rng, 14, gain=0.03, floor=0.1, power=0.4)))
    finding = only(diagnosis)
    found = finding.measurement
    assert (finding.severity, found.subject["run"], found.n) == ("note", "run", 14)
    assert found.value == pytest.approx(0.03, abs=0.006)
    assert found.details["double"] == 2 * found.details["size"] == 2 * 1448
    assert found.details["limit"] == pytest.approx(0.9, abs=0.1)
    figure = found.figure
    assert figure["marks"] == [{"x": 2896.0, "label": "twice the rows"}]
    assert (np.array(figure["band"]["low"]) <= np.array(figure["band"]["high"])).all()
    assert max(figure["band"]["x"]) > 2896


def test_the_interval_holds_the_true_gain():
    held = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        curve = size_curve(rng, 16, gain=0.015, floor=0.1, power=0.4)
        low, high = measured(told(logged_sizes(rng, curve)), run="run").interval
        held.append(low <= 0.015 <= high)
    assert np.mean(held) > 0.85


def test_no_law_is_carried_on_where_the_curve_falls():
    rng = np.random.default_rng(2)
    curve = dip(size_curve(rng, 16, gain=0.01, floor=0.1, power=0.5), 0.15)
    diagnosis = told(logged_sizes(rng, curve))
    outcome = diagnosis.outcomes[CODE]
    assert outcome.state == "inconclusive"
    assert "training rows, so it follows no law that could be carried on" in outcome.reason
    assert "band" not in measured(diagnosis, run="run").figure


def test_few_sizes_accuse_nobody():
    rng = np.random.default_rng(3)
    for n in range(1, 6):
        outcome = told(logged_sizes(rng, size_curve(rng, n))).outcomes[CODE]
        assert outcome.state == "inconclusive"
        assert outcome.reason == f"{n} sizes are too few to fit a curve to; give 6 or more"


@pytest.mark.parametrize("names", [{}, {"sd": ""}, {"repeats": ""}, {"test": "", "sd": ""}])
def test_what_a_curve_need_not_have(names):
    rng = np.random.default_rng(4)
    curve = size_curve(rng, 18, gain=0.04, floor=0.1, power=0.3)
    curve = curve.with_(names={**curve.names, **names})
    assert only(told(logged_sizes(rng, curve))).severity == "note"


def test_a_loss_gains_as_a_share_of_itself():
    rows = np.round(50 * 2 ** np.arange(10)).astype(int)
    loss = 40 + 400 * rows**-0.3
    points = (Points("test_loss", loss, rows),)
    made = run_of(Logged("run", "here", "", points, axis="size"))
    found = measured(told(made), run="run")
    law = 400 * rows[-1] ** -0.3 * (1 - 2**-0.3) / loss[-1]
    assert found.value == pytest.approx(law, rel=0.02)
    assert found.details["score"] == pytest.approx(loss[-1])
    assert found.details["limit"] == pytest.approx(40, rel=0.05)


def test_what_it_needs():
    assert "number of training rows" in reason(told({"loss": np.linspace(1, 0, 20)}), CODE)
    rng = np.random.default_rng(5)
    curve = size_curve(rng, 14, gain=0.001)
    only_train = curve.with_(names={"train": "train_accuracy"})
    assert "evaluation or test data" in reason(told(logged_sizes(rng, only_train)), CODE)


def test_a_perfect_and_flat_curve_is_silent():
    rng = np.random.default_rng(6)
    curve = size_curve(rng, 14, gain=0.0, floor=0.0)
    flat = curve.with_(test=0 * curve.test, sd=0 * curve.sd)
    assert state(told(logged_sizes(rng, flat))) == "passed"
