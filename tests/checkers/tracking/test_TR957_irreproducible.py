"""TR957 irreproducible: found where one seed and configuration end apart; silent on other seeds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mldebug
from tests.audits import only, state
from tests.runs import course, logged
from tests.tables import Case

CODE = "TR957"
SIZES = (50, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Log a run again, with a last loss that is ``dose`` of itself higher, among other seeds."""
    drawn = course(rng, n, cadence=1)
    seed = int(rng.integers(2**31))
    one, other = (logged(np.random.default_rng(seed), drawn, name) for name in ("one", "two"))
    ends = []
    for series in other.series:
        values = series.values.copy()
        if series.role == "loss":
            values[-1] /= 1 - dose if dose < 1 else 0.5
        ends.append(replace(series, values=values))
    twice = replace(other, series=tuple(ends))
    third = logged(rng, drawn.with_(config={**drawn.config, "seed": 7}), "three")
    runs = [one, twice, third]
    rng.shuffle(runs)
    return Case("again", None, options={"run": runs}, subject={"group": "one"} if dose else {})


def twin(rng: np.random.Generator, n: int) -> Case:
    """The same run logged twice alike, beside another seed."""
    return plant(rng, n, 0.0)


def runs(*configs, difference=0.01):
    rng = np.random.default_rng(0)
    drawn = course(rng, 60, cadence=1)
    made = []
    for place, config in enumerate(configs):
        run = logged(np.random.default_rng(1), drawn.with_(config=config), f"run {place}")
        first, second, *rest = run.series
        values = second.values.copy()
        values[-1] *= 1 + difference * place
        made.append(replace(run, series=(first, replace(second, values=values), *rest)))
    return made


@pytest.mark.parametrize(
    ("configs", "found"),
    [
        (({"seed": 1, "lr": 0.1}, {"seed": 1, "lr": 0.1}), "found"),
        (({"seed": 1, "lr": 0.1}, {"seed": 2, "lr": 0.1}), "not_checked"),
        (({"seed": 1, "lr": 0.1}, {"seed": 1, "lr": 0.2}), "not_checked"),
        (({"lr": 0.1}, {"lr": 0.1}), "not_checked"),
        (({"trainer.seed": 1}, {"trainer.seed": 1}), "found"),
    ],
)
def test_only_the_same_seed_and_settings_are_compared(configs, found):
    assert state(mldebug.audit(run=runs(*configs), select=[CODE])) == found


def test_on_a_gpu_it_is_a_note():
    config = {"seed": 1, "device": "cuda:0"}
    finding = only(mldebug.audit(run=runs(config, config), select=[CODE]))
    assert finding.severity == "note"
    assert finding.measurement.value == pytest.approx(0.01 / 1.01)


def test_the_same_result_passes():
    config = {"seed": 1}
    assert state(mldebug.audit(run=runs(config, config, difference=0), select=[CODE])) == "passed"
