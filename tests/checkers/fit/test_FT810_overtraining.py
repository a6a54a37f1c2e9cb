"""FT810 overtraining: found where evaluation stays for long, silent where it moves to the end."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.audits import audited, measured, only, state
from tests.runs import course, logged
from tests.tables import Case

CODE = "FT810"
SIZES = (200, 500, 5_000)


def idle(losses: np.ndarray) -> float:
    """The quantity, of expected losses."""
    n = len(losses)
    width = max(3, 2 * (round(0.05 * n) // 2) + 1)
    scale = max(abs(losses[-width:].mean()), 0.05 * (losses[:width].max() - losses.min()))
    best = 0
    for size in range(8, n + 1, max(n // 200, 1)):
        edges = [n - size * quarter // 4 for quarter in (4, 3, 2, 1, 0)]
        means = [losses[a:b].mean() for a, b in pairwise(edges)]
        best = size if max(means) - min(means) < 0.01 * scale else best
    return best / n


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let evaluation fall evenly to a knee, so that it is idle for ``dose`` of the run after it."""
    made = course(rng, n, eval_noise=10 ** rng.uniform(-3, -2))
    top, floor = made.train[0], made.train[0] * rng.uniform(0.1, 0.4)
    seen = slice(made.cadence - 1, None, made.cadence)
    low, high = 0.02, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        losses = top - (top - floor) * np.minimum(made.at / middle, 1.0)
        low, high = (middle, high) if idle(losses[seen]) > dose else (low, middle)
    losses = top - (top - floor) * np.minimum(made.at / high, 1.0)
    run = logged(rng, made.with_(train=losses, eval=losses * 1.05))
    return Case("overtraining", None, options={"run": run}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A run that gains to its end."""
    return plant(rng, n, 0.03)


def told(run):
    return audited(CODE, run=run)


def kneed(at: float = 0.4, n: int = 500) -> np.ndarray:
    t = np.linspace(0, 1, n)
    return 2 - np.minimum(t / at, 1) + np.random.default_rng(0).normal(0, 0.002, n)


def test_the_stretch_is_told_and_marked():
    found = only(told({"val_loss": kneed()}))
    assert found.severity == "note"
    assert found.measurement.value == pytest.approx(
        idle(2 - np.minimum(np.linspace(0, 1, 500) / 0.4, 1)), abs=0.02
    )
    assert found.measurement.details["since"] == pytest.approx(185, abs=15)
    assert found.measurement.figure["marks"][0]["x"] == found.measurement.details["since"]
    assert found.measurement.details["level"] == pytest.approx(1.0, abs=0.01)


def test_a_run_that_gets_worse_again_is_not_idle():
    t = np.linspace(0, 1, 500)
    assert state(told({"val_loss": kneed() + np.maximum(t - 0.4, 0)})) == "passed"


def test_noise_that_hides_the_course_decides_nothing():
    noisy = kneed(n=60) + np.random.default_rng(1).normal(0, 0.3, 60)
    assert not told({"val_loss": noisy}).findings


@pytest.mark.parametrize("n", [1, 3, 7])
def test_short_logs_accuse_nobody(n):
    assert not told({"val_loss": np.ones(n)}).findings


def test_the_measured_share_is_within_its_interval():
    found = measured(told({"val_loss": kneed(0.7)}), run="run")
    assert found.interval[0] <= found.value <= found.interval[1]
    assert found.interval[0] <= idle(2 - np.minimum(np.linspace(0, 1, 500) / 0.7, 1))
