"""FT818 eval-easier: found where evaluation is far easier, silent about dropout and averages."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason
from tests.runs import NAMINGS, course, logged
from tests.tables import Case

CODE = "FT818"
SIZES = (50, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let the evaluation loss be less than the training loss by so large a share of it."""
    drawn = course(rng, n, wander=float(rng.choice([0.0, 0.02])), names=named(rng))
    drawn = drawn.with_(eval=drawn.train * (1 - dose), averaged=0.0, dropout=0.0)
    return Case("eval-easier", None, options={"run": logged(rng, drawn)}, subject={"run": "run"})


def named(rng: np.random.Generator) -> dict[str, str]:
    naming = str(rng.choice(["slashes", "keras", "trainer", "boosting"]))
    return {key: one for key, one in NAMINGS[naming].items() if key != "test_score"}


def twin(rng: np.random.Generator, n: int) -> Case:
    """Dropout and the averaging over epochs make evaluation look a little easier."""
    drawn = course(rng, n, wander=0.02, names=named(rng), gap=0.0)
    drawn = drawn.with_(averaged=float(rng.choice([0.0, 1.0])), dropout=rng.uniform(0.1, 0.3))
    return Case("eval-easier", None, options={"run": logged(rng, drawn)}, subject={"run": "run"})


def both(train: float, held: float, n: int = 100, noise: float = 0.02) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    fall = np.exp(-np.arange(n) / 10)
    return {
        "train/loss": train + fall + rng.normal(0, noise, n),
        "val/loss": held + fall + rng.normal(0, noise, n),
    }


@pytest.mark.parametrize(("train", "held"), [(1.0, 0.4), (1.0, 1.5), (2.0, 2.0)])
def test_the_value_is_the_share_of_the_training_loss(train, held):
    told = measured(audited(CODE, run=both(train, held)), run="run")
    assert told.value == pytest.approx((train - held) / train, abs=0.03)
    assert told.interval[0] < told.value < told.interval[1]
    assert told.details["eval"] == pytest.approx(held, abs=0.03)


def test_negative_losses_are_compared_by_their_range():
    told = measured(audited(CODE, run=both(-1.0, -1.2)), run="run")
    assert told.value == pytest.approx(0.2, abs=0.04)


def test_losses_near_zero_are_no_evidence():
    run = both(1e-4, 1e-6, noise=1e-5)
    assert measured(audited(CODE, run=run), run="run").value < 0.05


def test_scores_are_compared_where_there_are_no_losses():
    rng = np.random.default_rng(0)
    run = {
        "train/accuracy": 0.7 + rng.normal(0, 0.005, 80),
        "val/accuracy": 0.94 + rng.normal(0, 0.005, 80),
    }
    told = only(audited(CODE, run=run)).measurement
    assert told.value == pytest.approx(0.8, abs=0.02)
    assert told.details["series"] == "accuracy"


def test_a_loss_that_is_the_mean_of_an_epoch_is_compared_half_an_epoch_later():
    n, epoch = 400, 80
    loss = np.exp(-np.arange(n) / 100)
    late = np.exp(-(np.arange(n) - epoch / 2) / 100)
    run = {
        "epoch": np.arange(n) / epoch,
        "step": np.arange(n),
        "train/loss": late,
        "val/loss": loss,
    }
    assert measured(audited(CODE, run=run), run="run").value == pytest.approx(0, abs=0.02)


def test_without_a_twin_it_is_not_checked():
    told = "no run logged one metric of both training and evaluation four times"
    assert reason(audited(CODE, run={"train/loss": np.ones(9)}), CODE) == told
