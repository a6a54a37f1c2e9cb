"""LK408 missingness-leak: found where cells are missing because of the target, and only there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base, with_gaps

CODE = "LK408"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Empty cells of one column more often in one class or half, so that they tell it with ``dose``."""
    case = twin(rng, n)
    frame = case.train.copy()
    y = frame["y"]
    inside = y > y.median() if y.dtype.kind == "f" else y == rng.choice(y.unique())
    apart = 2 * dose - 1
    rare = rng.uniform(0.02, 1 - apart - 0.02)
    chance = np.where(inside == bool(rng.random() < 0.5), rare + apart, rare)
    column = str(rng.choice(["x0", "x1", "x2", "x3", "x6"]))
    frame[column] = frame[column].astype(object).where(rng.random(n) >= chance)
    if column != "x2":
        frame[column] = frame[column].astype(float)
    return replace(case, train=frame, subject={"column": column})


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with cells missing at random, and in one column by another."""
    classes = int(rng.choice([0, 2, 2, 4]))
    task = "classification" if classes else "regression"
    frame = base(rng, n, task=task, classes=classes or 2)
    frame["x4"] = with_gaps(rng, frame["x4"], 0.2)
    scores = frame["x1"].rank() / n
    return Case(
        "missingness-leak",
        frame.assign(x7=frame["x7"].where(rng.random(n) > 0.3 * scores)),
        target="y",
    )


def leaking(n=400):
    rng = np.random.default_rng(0)
    frame = base(rng, n)
    return frame.assign(back=np.where((frame["y"] == 1) & (rng.random(n) < 0.8), 3.5, np.nan))


def test_the_value_is_the_area_that_sklearn_finds():
    frame = leaking()
    finding = only(audited(CODE, frame, target="y"))
    missing = frame["back"].isna()
    area = roc_auc_score(frame["y"], missing)
    assert finding.measurement.value == pytest.approx(max(area, 1 - area))
    assert (finding.severity, dict(finding.subject)) == ("error", {"column": "back"})
    assert "Whether back is missing tells the target" in finding.message


def test_columns_that_are_missing_together_are_told_once():
    frame = leaking()
    frame["note"] = frame["back"].map({3.5: "x"})
    finding = only(audited(CODE, frame, target="y"))
    assert dict(finding.subject) == {"column": "back"}
    assert "(and with it that of note)" in finding.message


def test_gaps_that_only_tell_together_are_found_together():
    rng = np.random.default_rng(1)
    frame = base(rng, 800)
    one = rng.random(800) < 0.5
    frame["a"] = np.where(one, 1.5, np.nan)
    frame["b"] = np.where(one ^ (frame["y"] == 1), 2.5, np.nan)
    finding = only(audited(CODE, frame, target="y"))
    assert set(finding.subject["columns"]) == {"x6", "a", "b"}
    assert finding.severity == "error"


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_gaps_at_random_are_silent_and_so_is_a_full_table(task):
    rng = np.random.default_rng(2)
    frame = base(rng, 400, columns=12, task=task)
    for name in ("x0", "x1", "x3", "x4"):
        frame[name] = with_gaps(rng, frame[name], 0.3)
    assert state(audited(CODE, frame, target="y")) == "passed"
    told = measured(audited(CODE, frame.dropna(axis=1), target="y"))
    assert (told.value, told.interval) == (0.5, (0.5, 0.5))


def test_a_rare_class_of_twelve_is_named():
    rng = np.random.default_rng(3)
    frame = base(rng, 3_000, classes=12)
    frame["ward"] = np.where((frame["y"] == 7) | (rng.random(3_000) < 0.05), np.nan, 1.5)
    finding = only(audited(CODE, frame, target="y"))
    assert finding.measurement.details["told"] == "y is 7"
    assert finding.measurement.details["inside"] == 1.0


def test_a_target_with_one_value_is_not_checked():
    frame = pd.DataFrame({"x": [1.5, None] * 30, "y": 1})
    assert "one value only" in reason(audited(CODE, frame, target="y"), CODE)


def test_many_columns_that_each_tell_a_little_are_found_together():
    rng = np.random.default_rng(4)
    frame = base(rng, 3_000, columns=6)
    for one in range(8):
        chance = np.where(frame["y"] == 1, 0.35, 0.15)
        frame[f"q{one}"] = np.where(rng.random(3_000) < chance, np.nan, rng.normal(0, 1, 3_000))
    finding = only(audited(CODE, frame, target="y"))
    assert len(finding.subject["columns"]) == 8
    assert 0.7 < finding.measurement.value < 0.85
