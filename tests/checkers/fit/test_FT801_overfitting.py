"""FT801 overfitting: found where evaluation turns upwards, silent where it levels out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.audits import audited, measured, only, state
from tests.runs import Course, course, logged
from tests.tables import Case

CODE = "FT801"
SIZES = (200, 1_000, 5_000)
CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"


def end_rise(losses: np.ndarray) -> float:
    """The quantity, of expected losses."""
    width = max(3, 2 * (round(0.05 * len(losses)) // 2) + 1)
    levels = np.convolve(losses, np.ones(width) / width, "valid")
    fall = losses[:width].max() - levels.min()
    return float((levels[-1] - levels.min()) / max(abs(levels.min()), 0.05 * fall))


def case(run) -> Case:
    return Case("overfitting", None, options={"run": run}, subject={"run": "run"})


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let the evaluation loss turn somewhere and rise by ``dose`` of its lowest level."""
    healthy = gapped(rng, n)
    turn, power = rng.uniform(0.2, 0.75), rng.uniform(0.7, 1.5)
    shape = np.clip((healthy.at - turn) / (1 - turn), 0, 1) ** power
    seen = slice(healthy.cadence - 1, None, healthy.cadence)
    low, high = 0.0, 4 * (1 + dose) * healthy.eval.max()
    for _ in range(60):
        middle = (low + high) / 2
        reached = end_rise((healthy.eval + middle * shape)[seen]) > dose
        low, high = (low, middle) if reached else (middle, high)
    return case(logged(rng, healthy.with_(eval=healthy.eval + high * shape)))


def twin(rng: np.random.Generator, n: int) -> Case:
    """A run whose evaluation levels out."""
    return case(logged(rng, gapped(rng, n)))


def gapped(rng: np.random.Generator, n: int) -> Course:
    """A healthy course, whose evaluation may lie far above training: that alone is no overfitting."""
    made = course(rng, n)
    return made.with_(eval=made.eval + 10 ** rng.uniform(-2, 0.5) * made.train[-1])


def told(run):
    return audited(CODE, run=run)


def run_of(seed: int = 0, n: int = 500, **changed):
    rng = np.random.default_rng(seed)
    made = course(rng, n, cadence=1, eval_noise=0.003, classes=0)
    return logged(rng, made.with_(**{key: make(made) for key, make in changed.items()}))


def test_the_best_step_and_the_rise_are_told_and_drawn():
    run = run_of(eval=lambda one: one.train + 0.5 * one.train[-1] * np.maximum(one.at - 0.5, 0))
    finding = only(told(run))
    details = finding.measurement.details
    steps = run.series[1].steps
    assert abs(details["best"] / steps[-1] - 0.5) < 0.2
    assert details["end"] - details["train_end"] == pytest.approx(details["gap"])
    figure = finding.measurement.figure
    assert figure["marks"] == [{"x": details["best"], "label": "best level of evaluation"}]
    assert max(len(one["x"]) for one in figure["lines"]) <= 200


def test_a_run_that_diverges_as_a_whole_does_not_overfit():
    shape = lambda one: one * (1 + np.maximum(np.linspace(-1, 1, len(one)), 0))  # noqa: E731
    run = run_of(train=lambda one: shape(one.train), eval=lambda one: shape(one.eval))
    found = measured(told(run), run="run")
    assert (found.value, found.details["train"]) == (0.0, "rises")


def test_a_spike_at_the_end_is_no_rise():
    run = run_of()
    run.series[1].values[-1] *= 3
    assert state(told(run)) == "passed"


def test_the_fall_of_an_accuracy_is_told_where_no_loss_was_evaluated():
    rng = np.random.default_rng(2)
    t = np.linspace(0, 1, 400)
    right = 0.5 + 0.4 * (1 - np.exp(-8 * t)) - 0.1 * np.maximum(t - 0.4, 0)
    for scale in (1, 100):
        run = {"val_accuracy": scale * (right + rng.normal(0, 0.002, 400)), "loss": np.exp(-t)}
        found = measured(told(run), run="run")
        assert found.value == pytest.approx(0.05 / 0.117, rel=0.2)


@pytest.mark.parametrize("level", [-50.0, 0.0, 1e-6])
def test_losses_below_and_near_zero(level):
    rng = np.random.default_rng(3)
    t = np.linspace(0, 1, 300)
    falls = level + 10 * np.exp(-6 * t) + rng.normal(0, 0.01, 300)
    assert state(told({"loss": falls, "val_loss": falls + 0.01})) == "passed"


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8])
def test_short_logs_accuse_nobody(n):
    values = np.linspace(1, 0.5, n)
    assert not told({"loss": values, "val_loss": values}).findings


def test_a_flat_perfect_metric_is_silent():
    assert state(told({"loss": np.zeros(50), "val_loss": np.zeros(50)})) == "passed"


def test_no_evaluation_is_said():
    outcome = told({"loss": np.linspace(1, 0, 50)}).outcomes[CODE]
    assert outcome.reason == "no run logged a loss or a score of evaluation data"


def test_the_rule_beats_a_ratio_of_the_two_losses():
    """Recall less false alarms, of this rule and of eval / train above its best threshold."""
    hits, alarms, ratios = [], [], ([], [])
    for seed in range(40):
        for number, make in enumerate((lambda r: plant(r, 500, 0.10), lambda r: twin(r, 500))):
            run = make(np.random.default_rng(seed)).options["run"]
            (alarms if number else hits).append(bool(told(run).findings))
            train, held = (run.of_role("loss", split)[0].values for split in ("train", "eval"))
            ratios[number].append(held[-1] / train[-1])
    ours = np.mean(hits) - np.mean(alarms)
    theirs = max(
        np.mean(np.array(ratios[0]) > cut) - np.mean(np.array(ratios[1]) > cut)
        for cut in np.linspace(1, 2, 101)
    )
    assert np.mean(hits) >= 0.95
    assert np.mean(alarms) <= 0.05
    assert ours > theirs + 0.2


@pytest.mark.skipif(not CASES.is_dir(), reason="the real cases are not beside this checkout")
def test_a_gap_without_a_rise_is_no_overfitting():
    folder = CASES / "explogs" / "dvclive_nomelt-model" / "plots" / "metrics"
    loss, held = (np.loadtxt(folder / f"{name}.tsv", skiprows=1) for name in ("loss", "eval_loss"))
    from mldebug.adapters.runs.logged import Logged, Points
    from mldebug.adapters.runs.naming import run_of as made

    points = [Points(n, v[:, 1], v[:, 0]) for n, v in (("loss", loss), ("eval_loss", held))]
    diagnosis = told(made(Logged("run", "a folder", "DVCLive", tuple(points))))
    assert state(diagnosis) == "passed"
    assert measured(diagnosis, run="run").details["gap"] == pytest.approx(0.72, abs=0.05)
