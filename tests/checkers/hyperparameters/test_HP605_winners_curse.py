"""HP605 winners-curse: found where choosing makes a score too good, silent where noise is small."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mldebug.stats.selection import expected_maximum
from tests.audits import audited, measured, only, reason
from tests.compared_runs import by_folds, by_seeds
from tests.tables import Case

CODE = "HP605"
SIZES = (800, 1_600, 3_200)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A search whose winner is too good by ``dose`` of its score; the best few are equally good.

    As many are much worse, so that the winner is the luckiest of those that are good.
    """
    searched = bool(rng.random() < 0.4)
    repeats = int(rng.choice([4, 5, 10])) if searched else int(rng.integers(2, 6))
    tried = max(n // (8 if searched else 8 * repeats), 8)
    level = float(rng.uniform(0.5, 0.8))
    # The optimism is the mean largest error of those that are equally good.
    error = dose * level / expected_maximum(tried) * (1 + dose)
    sd = error / (1 / repeats + (1 / (repeats - 1) if searched else 0)) ** 0.5
    scores = np.full(tried, level)
    runs = by_folds(rng, scores, repeats, sd) if searched else by_seeds(rng, scores, repeats, sd)
    return Case("search", None, options={"run": runs})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A search whose scores hardly have noise."""
    return plant(rng, n, float(rng.uniform(0, 0.003)))


def told(runs, **options):
    return audited(CODE, run=runs, **options)


@pytest.mark.parametrize("make", [by_seeds, by_folds])
def test_the_score_and_the_honest_guess_are_told(make):
    rng = np.random.default_rng(0)
    finding = only(told(make(rng, np.full(20, 0.6), 4, 0.06)))
    found = finding.measurement
    assert finding.severity == "error"
    score, honest = found.details["score"], found.details["honest"]
    assert found.value == pytest.approx((score - honest) / score)
    assert abs(honest - 0.6) < abs(score - 0.6)
    assert found.figure["items"][0]["value"] == pytest.approx(score)


def test_the_honest_guess_is_right_on_average():
    honest = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        true = 0.7 + 0.02 * rng.normal(size=15)
        runs = by_seeds(rng, true, 3, 0.03)
        found = measured(told(runs))
        winner = next(run for run in runs if found.details["best"].startswith("lr="))
        assert winner
        means = [
            np.mean([run.series[1].values[-1] for run in runs[3 * k : 3 * k + 3]])
            for k in range(15)
        ]
        honest.append(found.details["honest"] - true[int(np.argmax(means))])
    assert np.mean(honest) == pytest.approx(0, abs=0.005)


def test_of_a_loss_the_honest_guess_is_higher():
    runs = by_seeds(np.random.default_rng(1), np.full(12, 0.5), 3, 0.05, metric="val/loss")
    details = measured(told(runs)).details
    assert details["honest"] > details["score"]


def test_the_seed_of_the_audit_decides():
    runs = by_seeds(np.random.default_rng(2), np.full(12, 0.5), 3, 0.05)
    one, again, other = (measured(told(runs, seed=seed)).value for seed in (1, 1, 2))
    assert one == again != other


def test_it_needs_repeats_and_a_search():
    rng = np.random.default_rng(3)
    assert "second seed" in reason(told(by_seeds(rng, np.full(9, 0.8), 1, 0.01)), CODE)
    assert "not a search" in reason(told(by_folds(rng, np.full(2, 0.8), 3, 0.01)), CODE)
    bare = [
        replace(run, record={**run.record, "folds": ()}) for run in by_folds(rng, np.ones(5), 3, 1)
    ]
    assert "single folds" in reason(told(bare), CODE)
