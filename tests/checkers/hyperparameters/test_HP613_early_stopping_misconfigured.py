"""HP613 early-stopping-misconfigured: each fault of it is found and named; what is well set passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason
from tests.runs import Course, course, logged, rise
from tests.tables import Case

CODE = "HP613"
SIZES = (100, 500, 5_000)
FAULTS = ("watches training", "wrong direction", "keeps the end", "never stops", "too impatient")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """One of the faults (with a dose of 2, two that go together)."""
    fault = "keeps the end" if dose > 1 else FAULTS[int(rng.integers(len(FAULTS)))]
    made, config = faulty(rng, n, fault)
    if dose > 1:
        config["early_stopping.monitor"] = made.names["train"]
    return case(rng, made, config)


def faulty(rng: np.random.Generator, n: int, fault: str) -> tuple[Course, dict[str, Any]]:
    """A course and settings with one fault."""
    made = course(rng, n, cadence=1, gap=0.05, floor=0.3)
    watched = {"early_stopping.monitor": made.names["eval"], "early_stopping.patience": n // 5}
    if fault == "watches training":
        return made, watched | {"early_stopping.monitor": made.names["train"]}
    if fault == "wrong direction":
        return made, watched | {"early_stopping.mode": "max"}
    if fault == "too impatient":
        patience = max(n // 20, 5)
        falling = made.train[0] * (1 - 0.5 * made.at)
        noise = float(rng.uniform(0.5, 1.2)) * 0.5 * patience / n
        # A lucky evaluation, which so many after it do not reach.
        lucky = np.where(np.arange(n) == n - 1 - patience, 1 - 6 * noise, 1.0)
        slow = made.with_(train=falling, eval=falling * lucky, eval_noise=noise, train_noise=noise)
        epochs = 10 * round(made.steps[-1] / made.per_epoch + 1)
        return slow, watched | {"early_stopping.patience": patience, "epochs": epochs}
    worse = rise(made, float(rng.uniform(0.25, 0.6)), float(rng.uniform(0.4, 0.7)))
    if fault == "keeps the end":
        return worse, watched | {"early_stopping.restore_best_weights": False}
    length = {"epochs": int(made.steps[-1] / made.per_epoch) + 1}
    return worse, length | ({"patience": 2 * n} if rng.random() < 0.5 else {})


def case(rng: np.random.Generator, made: Course, config: dict[str, Any]) -> Case:
    run = logged(rng, made.with_(config={"lr": 0.01, **config}))
    return Case("stopping", None, options={"run": run}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """Settings that do their work: the best is kept, or there was nothing to stop."""
    made = course(rng, n, cadence=1, gap=0.05, floor=0.3)
    length = {"epochs": int(made.steps[-1] / made.per_epoch) + 1}
    watched = {"monitor": made.names["eval"], "patience": n // 5, "mode": "min"}
    if rng.random() < 0.5:
        return case(rng, made, length | watched)
    patience = max(n // 20, 5)
    stopped = rise(made, float(rng.uniform(0.0, 0.05)), 1 - patience / n)
    kept = {"patience": patience, "restore_best_weights": True, "epochs": 10 * length["epochs"]}
    return case(rng, stopped, watched | kept)


def told(**settings: Any) -> Any:
    fault = settings.pop("fault", "keeps the end")
    rng = np.random.default_rng(2)
    made, config = faulty(rng, 300, fault)
    run = case(rng, made, config).options["run"]
    return audited(CODE, run=replace(run, config={**run.config, **settings}))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("watches training", "it watches train/loss, which is of training data"),
        ("wrong direction", "it takes the higher val/loss for the better one"),
        ("keeps the end", "it keeps the last model, though evaluation was"),
        ("never stops", "and the best model is not kept, while evaluation got"),
    ],
)
def test_the_fault_is_told_in_words(fault, words):
    found = only(told(fault=fault)).measurement
    assert found.value == 1
    assert words in found.details["faults"]


def test_a_patience_that_the_noise_uses_up():
    rng = np.random.default_rng(1)
    values = 2 - 0.008 * np.arange(120) + rng.normal(0, 0.03, 120)
    values[-7] = values.min() - 0.01
    assert stopped(values, 6) == "a patience of 6 ended the run while evaluation still fell"
    assert stopped(values, 10) == stopped(values, 4) == ""
    levelled = np.maximum(values, 1.6)
    levelled[-7] -= 0.1
    assert stopped(levelled, 6) == ""


def stopped(values: np.ndarray, patience: int) -> str:
    run = case(np.random.default_rng(0), course(np.random.default_rng(0), 120), {}).options["run"]
    series = [replace(one, values=values, steps=np.arange(120)) for one in run.series[:2]]
    given = replace(run, series=tuple(series), config={"patience": patience})
    return measured(audited(CODE, run=given), run="run").details["faults"]


@pytest.mark.parametrize(
    "settings",
    [
        {"early_stopping.restore_best_weights": True},
        {"load_best_model_at_end": True, "early_stopping.restore_best_weights": None},
        {"early_stopping.restore_best_weights": None},
    ],
)
def test_what_keeps_the_best_or_does_not_say(settings):
    assert measured(told(**settings), run="run").value == 0


def test_boosters_go_back_to_the_best_round_and_hugging_face_means_evaluation():
    names = {"early_stopping.patience": None, "early_stopping.restore_best_weights": None}
    assert measured(told(early_stopping_rounds=50, n_estimators=300, **names), run="run").value == 0
    same = {**names, "early_stopping.monitor": None, "load_best_model_at_end": True}
    assert measured(told(metric_for_best_model="loss", **same), run="run").value == 0


def test_a_run_that_says_nothing_of_it():
    expected = "no run logged an evaluation and what was to stop its training"
    rng = np.random.default_rng(0)
    run = case(rng, course(rng, 50), {}).options["run"]
    assert reason(audited(CODE, run=run), CODE) == expected
