"""FT817 loss-metric-disagree: found where loss and score move apart, silent where they agree."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason
from tests.runs import course, logged
from tests.tables import Case

CODE = "FT817"
SIZES = (150, 500, 5_000)
NAMES = {"train": "train/loss", "eval": "val/loss", "rate": "lr"}


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let the loss rise by such a share of its range while the score improves, or the reverse."""
    t = np.linspace(0, 1, n)
    since = rng.uniform(0.25, 0.6)
    good = (1 - np.exp(-rng.uniform(1.0, 2.0) * t)) / (1 - np.exp(-1.0))
    fallen = dose
    for _ in range(4):
        bad = np.where(t < since, (1 - np.exp(-4 * t)) / (1 - np.exp(-4 * since)), 1.0)
        bad = bad - fallen * np.clip((t - since) / (1 - since), 0, None)
        fallen *= dose / seen(bad)
    return _case(rng, n, *((bad, good) if rng.random() < 0.5 else (good, bad)))


def seen(shape: np.ndarray) -> float:
    """By how much a curve that rises to 1 falls until the end, as means of a tenth of it."""
    n = len(shape)
    width = max(round(0.1 * n), 4)
    starts = [round(since * (n - 1)) - width // 2 for since in (0.25, 0.5, 0.75)]
    before = max(shape[start : start + width].mean() for start in starts)
    return float(before - shape[-width:].mean()) / float(shape.max() - shape.min())


def _case(rng: np.random.Generator, n: int, loss: np.ndarray, score: np.ndarray) -> Case:
    """A run whose loss and score have done these shares of what they will ever do."""
    drawn = course(rng, n, cadence=1, classes=0, names=NAMES)
    start, fall = rng.uniform(1, 5), rng.uniform(0.3, 0.9)
    lowest, most = rng.uniform(0.1, 0.4), rng.uniform(0.2, 0.5)
    noise = rng.uniform(0.002, 0.015, 2)
    metric, sign = [("accuracy", 1), ("f1", 1), ("error", -1)][rng.integers(3)]
    values = lowest + most * score + rng.normal(0, noise[0], n)
    drawn = drawn.with_(
        eval=start * (1 - fall * loss),
        eval_noise=float(noise[1]),
        extra={f"val/{metric}": values if sign > 0 else 1 - values},
    )
    return Case("loss-metric-disagree", None, options={"run": logged(rng, drawn)}, subject=RUN)


RUN = {"run": "run"}


def twin(rng: np.random.Generator, n: int) -> Case:
    """Both improve, or both get worse at the end, or one saturates before the other."""
    t = np.linspace(0, 1, n)
    fast, slow = ((1 - np.exp(-rate * t)) / (1 - np.exp(-rate)) for rate in rng.uniform(2, 8, 2))
    if rng.random() < 0.3:
        worse = 0.3 * np.maximum(t - 0.6, 0)
        return _case(rng, n, fast - worse, slow - worse)
    return _case(rng, n, fast, slow)


def apart(loss_end: float, score_end: float, n: int = 200) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    t = np.linspace(0, 1, n)
    return {
        "train/loss": 2 - t,
        "val/loss": np.interp(t, [0, 0.5, 1], [2, 1, loss_end]) + rng.normal(0, 0.01, n),
        "val/accuracy": np.interp(t, [0, 0.5, 1], [0.2, 0.6, score_end]) + rng.normal(0, 0.01, n),
    }


@pytest.mark.parametrize(
    ("loss_end", "score_end", "better"), [(1.5, 0.9, "val/accuracy"), (0.5, 0.4, "val/loss")]
)
def test_it_says_which_one_improves(loss_end, score_end, better):
    told = only(audited(CODE, run=apart(loss_end, score_end))).measurement
    assert told.details["better"] == better
    assert told.value == pytest.approx(0.4, abs=0.15)
    assert told.interval[0] < told.value < told.interval[1]


@pytest.mark.parametrize(("loss_end", "score_end"), [(0.5, 0.9), (1.5, 0.4), (1.0, 0.6)])
def test_where_they_agree_or_stand_still_nothing_is_found(loss_end, score_end):
    told = measured(audited(CODE, run=apart(loss_end, score_end)), run="run")
    assert told.interval[0] < 0.05


def test_pure_noise_is_no_disagreement():
    found = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        run = {"train/loss": np.ones(60), "val/loss": rng.normal(1, 0.1, 60)}
        run["val/accuracy"] = rng.normal(0.5, 0.05, 60)
        found += len(audited(CODE, run=run).findings)
    assert found <= 5


def test_one_of_the_two_is_not_enough():
    told = "no run logged an evaluation loss and a score 16 times each"
    assert reason(audited(CODE, run={"val/loss": np.ones(60)}), CODE) == told
