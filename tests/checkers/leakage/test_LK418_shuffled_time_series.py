"""LK418 shuffled-time-series: found where neighbours in time were split, silent after a clean cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base, split

CODE = "LK418"
CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
MEMORY = 5.0
"""The correlation of two moments falls to 1/e over so many rows."""
HELD_OUT = 0.25
START = pd.Timestamp("2024-01-01")


def likeness() -> float:
    """The mean correlation of the memory between a row and the nearest training row on one side."""
    fall = np.exp(-1 / MEMORY)
    return (1 - HELD_OUT) * fall / (1 - HELD_OUT * fall)


def weight(dose: float) -> float:
    """The share of memory in the target at which neighbours tell the share ``dose`` of it."""
    like = likeness()
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        told = (middle * like) ** 2 * 2 / (1 + middle * like**2)
        low, high = (middle, high) if told < dose else (low, middle)
    return low


def series(rng: np.random.Generator, n: int, memory: float) -> pd.DataFrame:
    """Hours in a row whose target holds this share of memory, and honest columns."""
    fall = np.exp(-1 / MEMORY)
    steps = rng.normal(0, 1, n)
    level = np.empty(n)
    level[0] = steps[0]
    for place in range(1, n):
        level[place] = fall * level[place - 1] + np.sqrt(1 - fall**2) * steps[place]
    frame = base(rng, n, task="regression")
    own = (frame["y"] - frame["y"].mean()) / frame["y"].std()
    y = np.sqrt(memory) * level + np.sqrt(1 - memory) * own
    return frame.assign(y=y, when=pd.date_range(START, periods=n, freq="h"))


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Deal the hours out at random, and let neighbours tell the share ``dose`` of the target."""
    train, held = split(series(rng, n, weight(dose)), rng, HELD_OUT)
    return Case(
        "shuffled-series",
        train,
        held,
        "y",
        {"time": "when"},
        subject={"column": "when"},
    )


def twin(rng: np.random.Generator, n: int) -> Case:
    """Hours without memory dealt out at random, or with it and cut at a moment."""
    if rng.random() < 0.5:
        train, held = split(series(rng, n, 0.0), rng, HELD_OUT)
    else:
        frame = series(rng, n, 0.9)
        cut = round((1 - HELD_OUT) * n)
        train, held = frame.iloc[:cut], frame.iloc[cut:].reset_index(drop=True)
    return Case("shuffled-series", train, held, "y", {"time": "when"})


def test_the_correlation_is_that_with_the_rows_around():
    case = plant(np.random.default_rng(0), 3_000, 0.3)
    told = measured(audited(CODE, case.train, case.eval, target="y", time="when"), column="when")
    train = case.train.sort_values("when")
    ranks = (train["y"].rank() - 0.5) / len(train)
    merged = [
        pd.merge_asof(
            case.eval[["when", "y"]].sort_values("when"),
            pd.DataFrame({"when": train["when"], "known": ranks}),
            on="when",
            direction=direction,
        )
        for direction in ("backward", "forward")
    ]
    mean = (merged[0]["known"] + merged[1]["known"]).to_numpy() / 2
    inside = ~np.isnan(mean)
    expected = merged[0]["y"].rank()[inside].corr(pd.Series(mean)[inside])
    assert told.details["near"] == pytest.approx(expected, abs=0.01)
    assert told.interval[0] < 0.3 < told.interval[1] + 0.03


def test_classes_that_hang_together_are_found():
    case = plant(np.random.default_rng(1), 4_000, 0.7)
    train, held = (
        one.assign(y=np.array(["low", "mid", "high"])[np.digitize(one["y"], [-0.5, 0.5])])
        for one in (case.train, case.eval)
    )
    finding = only(audited(CODE, train, held, target="y", time="when"))
    assert finding.severity == "warning"
    assert "tell" in finding.message


def test_a_trend_alone_is_told_by_distant_rows_too():
    rng = np.random.default_rng(2)
    n = 12_000
    frame = pd.DataFrame({"t": np.arange(n), "x": rng.normal(0, 1, n)})
    frame["y"] = frame["t"] / 2_000 + rng.normal(0, 1, n)
    train, held = split(frame, rng)
    assert state(audited(CODE, train, held, target="y", time="t")) == "passed"


def test_a_split_by_time_is_passed_whatever_the_memory():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        frame = series(rng, 1_200, 0.95)
        told = audited(CODE, frame[:900], frame[900:].reset_index(), target="y", time="when")
        assert state(told) == "passed"


def test_times_that_do_not_fit_are_named():
    case = plant(np.random.default_rng(3), 600, 0.3)
    held = case.eval.assign(when=range(len(case.eval)))
    told = reason(audited(CODE, case.train, held, target="y", time="when"), CODE)
    assert told == "eval has no column 'when' with times"
    few = case.eval.head(30)
    told = reason(audited(CODE, case.train, few, target="y", time="when"), CODE)
    assert "fewer than 50 rows" in told


@pytest.mark.skipif(not CASES.is_dir(), reason="the real cases are not here")
def test_returns_that_have_no_memory_are_passed():
    frame = pd.read_csv(next(CASES.rglob("ISLR_Smarket.csv")))
    frame = frame.assign(day=range(len(frame))).drop(columns=["Today", "rownames"], errors="ignore")
    diagnosis = audited(CODE, frame, 0.3, target="Direction", time="day")
    assert diagnosis.worst() is None
