"""FT819 noisy-eval: found where evaluations swing by chance, silent where the set is large."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason
from tests.runs import accuracy_of, course, logged
from tests.tables import Case

CODE = "FT819"
SIZES = (150, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Evaluate on as few rows as make the score, or the loss, swing by ``dose``."""
    # The share that is right is about one half at the end, where few rows swing most.
    start = rng.uniform(1.5, 2.5)
    fixed = {"start": start, "floor": rng.uniform(0.25, 0.6) / start, "gap": 0.05, "cadence": 1}
    drawn = course(rng, n, names=NAMES, wander=float(rng.choice([0.0, 0.01])), **fixed)
    if rng.random() < 0.5:
        right = accuracy_of(drawn.eval[n // 2 :], 10)
        rows = max(round(float((right * (1 - right)).mean()) / dose**2), 2)
        drawn = drawn.with_(classes=10, eval_rows=rows)
    else:
        later = float(drawn.eval[n // 2 :].mean())
        fall = float(drawn.eval.max() - drawn.eval.min())
        drawn = drawn.with_(classes=0, eval_noise=dose * max(later, fall) / later)
    return Case("noisy-eval", None, options={"run": logged(rng, drawn)}, subject={"run": "run"})


NAMES = {"train": "train/loss", "eval": "val/loss", "eval_score": "val/accuracy", "rate": "lr"}


def twin(rng: np.random.Generator, n: int) -> Case:
    """Evaluations of two thousand rows."""
    return plant(rng, n, 0.01)


def test_the_noise_of_a_score_is_binomial_and_names_the_rows():
    rng = np.random.default_rng(0)
    score = rng.binomial(50, 0.7, 2_000) / 50
    run = {"train/loss": np.linspace(2, 1, 2_000), "val/accuracy": score}
    told = only(audited(CODE, run=run)).measurement
    assert told.value == pytest.approx((0.7 * 0.3 / 50) ** 0.5, rel=0.08)
    assert told.details["rows"] == pytest.approx(50, rel=0.2)
    assert told.details["resolves"] == pytest.approx(1.96 * 2**0.5 * told.value, rel=1e-3)
    assert told.interval[0] < told.value < told.interval[1]
    assert told.figure["band"]["x"]
    percent = {**run, "val/accuracy": 100 * score}
    assert measured(audited(CODE, run=percent), run="run").value == pytest.approx(told.value)


@pytest.mark.parametrize("shift", [0.0, -1.0, -1.5])
def test_the_noise_of_a_loss_is_relative_to_its_level_or_its_fall(shift):
    rng = np.random.default_rng(0)
    loss = 1 + 0.5 * np.exp(-np.arange(400) / 40) + rng.normal(0, 0.02, 400) + shift
    run = {"train/loss": loss, "val/loss": loss}
    scale = max(abs(1 + shift), 0.5)
    assert measured(audited(CODE, run=run), run="run").value == pytest.approx(
        0.02 / scale, rel=0.15
    )


def test_a_perfect_flat_score_has_no_noise():
    run = {"train/loss": np.linspace(2, 1, 60), "val/accuracy": np.ones(60)}
    told = measured(audited(CODE, run=run), run="run")
    assert (told.value, told.interval) == (0.0, (0.0, 0.0))


def test_the_interval_covers_the_truth():
    rng = np.random.default_rng(0)
    told = []
    for _ in range(200):
        loss = 1 + rng.normal(0, 0.1, 60)
        one = measured(audited(CODE, run={"loss": loss, "val_loss": loss}), run="run")
        scale = one.value / one.details["resolves"] * 1.96 * 2**0.5
        told.append(one.interval[0] / scale < 0.1 * one.value / one.value < one.interval[1] / scale)
    assert np.mean(told) > 0.9


def test_few_evaluations_are_not_checked():
    run = {"loss": np.ones(14), "val_loss": np.arange(14.0)}
    assert reason(audited(CODE, run=run), CODE) == "no run logged 15 evaluations"
