"""FT802 underfitting: found beside a run that does better, undecided alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mldebug
from tests.audits import audited, measured, only, state
from tests.size_curves import logged_sizes, size_curve
from tests.tables import Case

CODE = "FT802"
SIZES = (20, 100, 1_000)
CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "curves" / "lcdb"
BEST = {11: 0.955, 12: 0.966, 13: 0.706, 14: 0.865}
"""What the best learner reaches where this learner underfits."""


def scored(rng: np.random.Generator, n: int, end: float, name: str, gap: float = 0.0):
    """A run whose evaluation accuracy rises to ``end``, and that of training ``gap`` above it."""
    from mldebug.adapters.runs.logged import Logged, Points
    from mldebug.adapters.runs.naming import run_of

    # The rise is over before the last 5 %, so that its level is that of the end.
    rises = 1 - np.exp(-np.arange(1, n + 1) / n * rng.uniform(15, 30))
    start, noise = rng.uniform(0.1, 0.3), 10 ** rng.uniform(-3.5, -2.2)
    eval_score = start + (end - start) * rises + rng.normal(0, noise, n)
    train_score = start + (end + gap - start) * rises + rng.normal(0, noise, n)
    points = (
        Points("train/accuracy", np.clip(train_score, 0, 1)),
        Points("val/accuracy", np.clip(eval_score, 0, 1)),
    )
    return run_of(Logged(name, "simulated", "simulator", points))


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Two runs of one metric, the first of which ends ``dose`` below the other; in size or step."""
    best = rng.uniform(0.7, 0.98)
    if rng.random() < 0.5:
        sizes = [
            size_curve(rng, 16, floor=1 - end, power=1.0, gain=0.0002)
            for end in (best - dose, best)
        ]
        runs = [logged_sizes(rng, one, name) for one, name in zip(sizes, ("run", "b"), strict=True)]
    else:
        runs = [scored(rng, n, best - dose, "run"), scored(rng, n, best, "b", rng.uniform(0, 0.02))]
    return Case("underfitting", None, options={"run": runs}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """Two runs that end alike."""
    return plant(rng, n, 0.005)


def pair(gap: float = 0.0, end: float = 0.6):
    rng = np.random.default_rng(0)
    return [scored(rng, 200, end, "poor", gap), scored(rng, 200, 0.9, "good")]


def test_the_better_run_is_named_and_drawn_beside_it():
    found = only(audited(CODE, run=pair()))
    assert found.severity == "error"
    assert found.measurement.value == pytest.approx(0.3, abs=0.01)
    assert found.measurement.details["best"] == "good"
    assert [one["name"] for one in found.measurement.figure["lines"]] == ["poor", "good"]


def test_a_run_alone_is_undecided_and_says_why():
    diagnosis = audited(CODE, run=pair()[:1])
    assert state(diagnosis) == "inconclusive"
    assert "a flat curve alone" in measured(diagnosis, run="poor").details["undecided"]


def test_a_run_that_is_good_on_its_training_data_does_not_underfit():
    assert state(audited(CODE, run=pair(gap=0.3))) == "passed"


def test_losses_are_compared_in_proportion():
    from mldebug.adapters.runs.logged import Logged, Points
    from mldebug.adapters.runs.naming import run_of

    runs = [
        run_of(Logged(name, "", "", (Points("val_loss", level + np.exp(-np.arange(100.0))),)))
        for name, level in (("a", 0.3), ("b", 0.31), ("c", 0.6))
    ]
    found = only(audited(CODE, run=runs))
    assert (found.subject["run"], found.severity) == ("c", "warning")
    assert found.measurement.value == pytest.approx(1.0, abs=0.01)


def test_runs_with_other_metrics_are_not_compared():
    rng = np.random.default_rng(0)
    other = {"val_f1": np.full(50, 0.9) + rng.normal(0, 0.01, 50)}
    diagnosis = audited(CODE, run=[{"val_accuracy": np.full(50, 0.5)}, other])
    assert state(diagnosis) == "inconclusive"


@pytest.mark.skipif(not CASES.is_dir(), reason="the real cases are not beside this checkout")
@pytest.mark.parametrize("number", BEST)
def test_real_sample_size_curves(number, tmp_path):
    path = next(CASES.glob(f"{number}_*.csv"))
    assert state(mldebug.audit(run=path, select=CODE)) == "inconclusive"
    lines = path.read_text(encoding="utf-8").splitlines()
    better = [lines[0]]
    for line in lines[1:]:
        cells = line.split(",")
        better.append(",".join([cells[0], *[str(BEST[number])] * 3, *cells[4:]]))
    beside = tmp_path / "better.csv"
    beside.write_text("\n".join(better), encoding="utf-8")
    finding = only(mldebug.audit(run=[path, beside], select=CODE))
    assert finding.severity == "error"
    assert finding.subject["run"] == path.stem


def test_in_a_search_most_runs_are_meant_to_be_worse():
    rng = np.random.default_rng(0)
    ends = [0.9, 0.88, 0.7, 0.6, 0.55, 0.5, 0.4]
    trials = [scored(rng, 100, end, f"trial {place}") for place, end in enumerate(ends)]
    diagnosis = audited(CODE, run=trials)
    assert {one.severity for one in diagnosis.findings} == {"note"}
    assert {one.subject["run"] for one in diagnosis.findings} == {f"trial {k}" for k in range(2, 7)}
