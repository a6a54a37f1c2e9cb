"""EV915 tied-leaderboard: counts those that noise does not part from the best."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason
from tests.compared_runs import by_folds, by_seeds, scored_run
from tests.tables import Case

CODE = "EV915"
SIZES = (100, 400, 1_600)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A leaderboard of which ``dose`` others have scores within noise of the best."""
    count, seeds = int(rng.integers(3, 8)) + round(dose), int(rng.integers(2, 5))
    drawn = rng.normal(size=(count, seeds))
    drawn -= drawn.mean(axis=1, keepdims=True)
    drawn /= np.sqrt((drawn**2).sum() / (count * (seeds - 1)))
    # In units of the noise between seeds, the least lead that can be told is below 7 everywhere.
    means = -np.concatenate(
        [
            np.zeros(1),
            rng.uniform(0, 0.8, round(dose)),
            rng.uniform(10, 30, count - 1 - round(dose)),
        ]
    )
    scores = 0.8 + 0.003 * (means[:, None] + drawn)
    runs = [
        scored_run(f"{arm}-{seed}", score, {"model": f"m{arm}", "seed": seed}, n=n // 50)
        for arm, held in enumerate(scores)
        for seed, score in enumerate(held)
    ]
    return Case("leaderboard", None, options={"run": runs})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A leaderboard with a clear winner."""
    return plant(rng, n, 0)


@pytest.mark.parametrize("tied", [0, 1, 4])
def test_so_many_as_were_planted_are_counted(tied):
    for seed in range(10):
        case = plant(np.random.default_rng(seed), 400, tied)
        found = measured(audited(CODE, **case.options))
        assert found.value == tied
        named = [one for one in found.details["tied"].split("; ") if one]
        assert len(named) == tied
        assert all(one.startswith("model=m") for one in named)


def test_folds_count_as_well_as_seeds():
    rng = np.random.default_rng(1)
    scores = np.array([0.9, 0.9, 0.5, 0.4])
    finding = only(audited(CODE, run=by_folds(rng, scores, 5, 0.01)))
    assert (finding.severity, finding.measurement.value) == ("note", 1)
    assert finding.measurement.details["source"] == "folds"
    assert finding.measurement.details["tied"] in ("0", "1")


def test_at_most_five_are_named():
    found = measured(audited(CODE, run=by_seeds(np.random.default_rng(1), np.ones(20), 3, 0.1)))
    assert found.value >= 15
    assert found.details["tied"].count("; ") == 4


def test_what_it_needs():
    runs = by_seeds(np.random.default_rng(2), np.ones(4), 1, 0.1)
    assert "second seed" in reason(audited(CODE, run=runs), CODE)
    assert "no comparison" in reason(audited(CODE, run=runs[:1]), CODE)
