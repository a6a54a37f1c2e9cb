"""FT822 seed-variance: found where seeds differ as much as configurations, silent on a clear lead."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.audits import audited, measured, only, reason
from tests.compared_runs import by_folds, scored_run
from tests.tables import Case

CODE = "FT822"
SIZES = (60, 200, 1_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Two to four configurations, of which the lead is that share of what seeds can tell."""
    count, seeds = int(rng.integers(2, 5)), int(rng.integers(2, 7))
    metric = str(rng.choice(["val/accuracy", "val/loss", "test/f1"]))
    better = -1 if metric == "val/loss" else 1
    drawn = rng.normal(size=(count, seeds))
    drawn -= drawn.mean(axis=1, keepdims=True)
    pooled = (drawn**2).sum() / (count * (seeds - 1))
    half = stats.t.ppf(0.975, count * (seeds - 1)) * (pooled * 2 / seeds) ** 0.5
    sd = 10 ** rng.uniform(-3, -1.5)
    means = -np.concatenate([[0], half / dose * np.cumsum([1, *rng.uniform(0, 2, count - 2)])])
    scores = 0.7 + better * sd * (means[:, None] + drawn)
    points = max(n // (2 * count * seeds), 4)
    runs = [
        scored_run(
            f"{arm}-{seed}", score, {"model": f"m{arm}", "seed": seed}, n=points, metric=metric
        )
        for arm, held in enumerate(scores)
        for seed, score in enumerate(held)
    ]
    return Case("comparison", None, options={"run": runs})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A comparison whose winner leads by several times what seeds explain."""
    return plant(rng, n, float(rng.uniform(0.1, 0.4)))


def compared(scores):
    return [
        scored_run(f"{name}{seed}", score, {"model": name, "seed": seed})
        for name, held in scores.items()
        for seed, score in enumerate(held)
    ]


def test_the_ratio_is_that_of_the_t_test():
    scores = {"a": [0.81, 0.83, 0.80], "b": [0.82, 0.80, 0.79]}
    finding = only(audited(CODE, run=compared(scores)))
    found = finding.measurement
    ends = stats.ttest_ind(scores["a"], scores["b"]).confidence_interval(0.95)
    assert found.value == pytest.approx((ends.high - ends.low) / 2 / found.details["lead"])
    assert finding.severity == "warning"
    assert (found.details["best"], found.details["second"]) == ("model=a", "model=b")
    assert found.details["seeds"] == 6
    assert len(found.figure["items"]) == 2


def test_found_just_where_the_interval_holds_nothing():
    for shift in (0.015, 0.02, 0.025, 0.03, 0.04):
        scores = {"a": np.array([0.80, 0.82, 0.81]) + shift, "b": [0.80, 0.82, 0.81]}
        told = bool(audited(CODE, run=compared(scores)).findings)
        assert told == (stats.ttest_ind(scores["a"], scores["b"]).pvalue > 0.05)


def test_of_a_large_search_a_tie_is_but_a_note():
    rng = np.random.default_rng(0)
    scores = {f"m{arm}": 0.8 + 0.01 * rng.normal(size=2) for arm in range(12)}
    assert audited(CODE, run=compared(scores)).worst() == "note"


def test_equal_scores_are_no_finding_and_a_lead_of_nothing_is():
    assert audited(CODE, run=compared({"a": [0.8, 0.8], "b": [0.8, 0.8]})).worst() is None
    tied = measured(audited(CODE, run=compared({"a": [0.8, 0.7], "b": [0.7, 0.8]})))
    assert (tied.value, tied.details["lead"]) == (100, 0)


def test_what_it_needs():
    told = reason(audited(CODE, run=compared({"a": [0.8, 0.7]})), CODE)
    assert told == "all runs have one configuration, so there is nothing to compare"
    assert "second seed" in reason(audited(CODE, run=compared({"a": [0.8], "b": [0.7]})), CODE)
    folds = by_folds(np.random.default_rng(1), np.full(3, 0.8), 5, 0.01)
    assert reason(audited(CODE, run=folds), CODE) == "no configuration was run with a second seed"
