"""FT812 loss-not-decreasing: found where the training loss stays, silent where it falls slowly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.audits import audited, measured, only, state
from tests.runs import course, logged
from tests.tables import Case

CODE = "FT812"
SIZES = (500, 2_000, 20_000)
DOSES = {"D1": 0.0}
"""A loss that does not fall at all; by half the rung it would fall a little."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let the loss fall by ``dose`` only, evenly."""
    healthy = course(rng, n, train_noise=10 ** rng.uniform(-2.5, -1.2))
    shape = healthy.at
    early, late = shape[: n // 5].mean(), shape[-(n // 2) :].mean()
    # first - last = share (late - early) of the start; first = 1 - share early
    share = dose / (late - early + dose * early)
    stuck = healthy.train[0] * (1 - share * shape)
    run = logged(rng, healthy.with_(train=stuck, eval=stuck))
    return Case("stuck", None, options={"run": run}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A run that learns."""
    return Case("stuck", None, options={"run": logged(rng, course(rng, n))})


def told(run):
    return audited(CODE, run=run)


def flat(level: float = 2.3, n: int = 2_000, noise: float = 0.03) -> np.ndarray:
    return level + np.random.default_rng(1).normal(0, noise, n)


def test_what_is_told():
    found = only(told({"loss": flat()})).measurement
    assert found.details["first"] == pytest.approx(2.3, abs=0.01)
    assert found.value == pytest.approx(0, abs=0.01)


def test_the_chance_level_comes_from_the_configuration():
    run = logged(np.random.default_rng(0), course(np.random.default_rng(0), 500))
    with_classes = replace(run, config={"model.num_classes": 10})
    found = measured(told(with_classes), run="run")
    assert found.details["chance"] == pytest.approx(np.log(10))
    assert found.figure["lines"][-1]["style"] == "reference"


def test_a_run_that_falls_within_its_first_points_learnt():
    assert state(told({"loss": 2 + 3 * np.exp(-np.arange(2_000) / 8)})) == "passed"


def test_a_run_that_goes_on_from_an_earlier_one_cannot_be_judged():
    diagnosis = told({"step": np.arange(8_000, 10_000), "loss": flat()})
    assert state(diagnosis) == "inconclusive"
    assert "begins at step 8,000" in measured(diagnosis, run="run").details["undecided"]


def test_a_perfect_run_has_nothing_to_decrease():
    perfect = {"loss": np.zeros(500)}
    assert state(told(perfect)) == "inconclusive"
    scores = {"loss": flat(0.01, noise=0.001), "accuracy": np.ones(2_000)}
    scores["val_accuracy"] = np.ones(2_000)
    assert state(told(scores)) == "inconclusive"


def test_a_diverging_run_is_told_as_that():
    rising = {"loss": flat() * np.linspace(0, 2, 2_000).clip(1)}
    diagnosis = audited("FT812,FT813", run=rising)
    assert [one.rule.code for one in diagnosis.findings] == ["FT813"]
    assert diagnosis.outcomes[CODE].reason == "explained by FT813"


@pytest.mark.parametrize("n", [1, 3, 5, 10, 20])
def test_short_logs_accuse_nobody(n):
    rng = np.random.default_rng(n)
    for _ in range(20):
        noisy = 2 - np.linspace(0, 0.8, n) + rng.normal(0, 0.2, n)
        assert not told({"loss": noisy}).findings


def test_negative_losses_fall_too():
    assert state(told({"loss": flat(-100) - np.linspace(0, 50, 2_000)})) == "passed"
