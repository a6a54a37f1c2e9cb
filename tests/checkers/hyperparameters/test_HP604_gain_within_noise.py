"""HP604 gain-within-noise: found where luck explains the winner's lead, silent on a real gain."""

from __future__ import annotations

import numpy as np
import pytest

from mldebug.stats.selection import expected_maximum
from tests.audits import audited, measured, only, reason, state
from tests.compared_runs import by_folds, by_seeds, scored_run
from tests.tables import Case

CODE = "HP604"
SIZES = (800, 1_600, 3_200)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A search of which noise explains ``dose`` of the winner's lead; 20 scores for 400 points."""
    folds, seeds = int(rng.choice([4, 5, 10])), int(rng.integers(3, 6))
    searched = bool(rng.random() < 0.4)
    repeats = folds if searched else seeds
    tried = max(n // (8 if searched else 8 * repeats), 6)
    sd = float(10 ** rng.uniform(-2.7, -1.5))
    error = sd * (1 / repeats + (1 / (repeats - 1) if searched else 0)) ** 0.5
    luck = error * expected_maximum(tried)
    # One winner, so far ahead that its mean lead is what the dose asks for.
    scores = np.full(tried, 0.7)
    if dose < 1:
        scores[0] += luck / dose
    runs = by_folds(rng, scores, repeats, sd) if searched else by_seeds(rng, scores, repeats, sd)
    return Case("search", None, options={"run": runs})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A search in which settings matter far more than noise."""
    return plant(rng, n, 0.1)


def told(runs, **options):
    return audited(CODE, run=runs, **options)


@pytest.mark.parametrize("make", [by_seeds, by_folds])
def test_the_lead_the_luck_and_the_winner_are_told_and_drawn(make):
    rng = np.random.default_rng(0)
    finding = only(told(make(rng, np.full(30, 0.8), 5, 0.01)))
    found = finding.measurement
    assert finding.severity == "warning"
    assert found.value == pytest.approx(found.details["luck"] / found.details["lead"])
    assert found.details["source"] == make.__name__.removeprefix("by_")
    assert (found.n, found.details["tried"]) == (150, 30)
    assert found.figure["kind"] == "intervals"
    assert len(found.figure["items"]) == 12
    means = [one["value"] for one in found.figure["items"]]
    assert means == sorted(means, reverse=True)


def test_noise_alone_explains_all_of_the_lead():
    shares = [
        measured(told(by_seeds(np.random.default_rng(seed), np.full(20, 0.8), 3, 0.01))).value
        for seed in range(40)
    ]
    assert np.median(shares) == pytest.approx(1, abs=0.15)


def test_of_a_loss_less_is_better():
    rng = np.random.default_rng(1)
    losses = np.full(20, 0.5)
    losses[3] = 0.1
    runs = by_seeds(rng, losses, 3, 0.01, metric="val/loss")
    found = measured(told(runs))
    assert found.details["best"].startswith("lr=")
    assert found.value < 0.1
    assert found.details["lead"] == pytest.approx(0.4, abs=0.05)


def test_equal_scores_are_no_finding():
    runs = [scored_run(f"{a}{s}", 1.0, {"lr": a, "seed": s}) for a in (1, 2, 3) for s in (1, 2)]
    assert state(told(runs)) == "passed"


def test_what_it_needs():
    rng = np.random.default_rng(2)
    assert "second seed" in reason(told(by_seeds(rng, np.full(9, 0.8), 1, 0.01)), CODE)
    assert "not a search" in reason(told(by_seeds(rng, np.full(2, 0.8), 3, 0.01)), CODE)
    assert "one configuration" in reason(told(by_seeds(rng, np.full(1, 0.8), 3, 0.01)), CODE)
    mixed = [*by_folds(rng, np.full(3, 0.8), 3, 0.1), *by_folds(rng, np.full(3, 0.8), 5, 0.1)]
    assert "same number of folds" in reason(told(mixed), CODE)
