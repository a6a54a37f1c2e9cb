"""LB210 misaligned-target: found where the target was moved against the rows, silent otherwise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only
from tests.tables import Case, base

CODE = "LB210"
SIZES = (500, 2_000)
DOSES = {"D1": 0.5}
"""The share of the rows whose class the features decide; the rest are coin flips."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Move the target by one to five rows, up or down, or reverse it."""
    case = decided(rng, n, dose)
    y = case.train["y"].to_numpy()
    step = int(rng.integers(1, 7)) * int(rng.choice([-1, 1]))
    moved = y[::-1] if abs(step) == 6 else np.roll(y, step)
    return replace(case, train=case.train.assign(y=moved))


def twin(rng: np.random.Generator, n: int) -> Case:
    """A table whose features decide half of the classes."""
    return decided(rng, n, 0.5)


def decided(rng, n, share):
    frame = base(rng, n, strength=12.0)
    flips = rng.random(n) >= share
    y = np.where(flips, rng.integers(0, 2, n), frame["y"])
    return Case("misaligned-target", frame.assign(y=y), target="y")


@pytest.mark.parametrize(
    ("step", "words"), [(-1, "moved down by 1 row"), (3, "moved up by 3 rows")]
)
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_shift_is_told_that_puts_it_right(step, words, task):
    frame = base(np.random.default_rng(0), 800, task=task, strength=3.0)
    moved = frame.assign(y=np.roll(frame["y"].to_numpy(), step))
    found = only(audited(CODE, moved, target="y"))
    assert found.severity == "error"
    assert found.measurement.details["moved"] == words
    assert found.measurement.details["identity"] < 0.1
    assert found.measurement.value > 0.4


def test_a_reversed_target_is_found():
    frame = base(np.random.default_rng(1), 800, classes=3, strength=5.0)
    moved = frame.assign(y=frame["y"].to_numpy()[::-1])
    assert only(audited(CODE, moved, target="y")).measurement.details["moved"] == "reversed"


def test_rows_that_were_sorted_without_their_target_are_found_by_their_number():
    frame = base(np.random.default_rng(2), 800, strength=5.0)
    frame.insert(0, "row_id", np.arange(1, 801))
    y = frame["y"].to_numpy()
    mixed = frame.sort_values("x0", ignore_index=True).assign(y=y)
    told = only(audited(CODE, mixed, target="y")).measurement
    assert told.details["moved"] == "put in the order of row_id"


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.5])
def test_the_order_as_given_is_never_doubted_without_reason(strength):
    for seed in range(6):
        frame = base(np.random.default_rng(seed), 400, strength=strength)
        diagnosis = audited(CODE, frame, target="y")
        assert not diagnosis.findings
        assert measured(diagnosis).interval == (0.0, 0.0)


def test_series_that_go_on_for_long_are_no_shift():
    rng = np.random.default_rng(3)
    walk = rng.normal(size=(1_000, 3)).cumsum(axis=0)
    drifting = pd.DataFrame(walk, columns=list("aby"))
    assert not audited(CODE, drifting, target="y").findings
    ordered = base(rng, 1_000).sort_values("y", ignore_index=True)
    assert not audited(CODE, ordered, target="y").findings


def test_rows_without_a_target_are_left_out():
    frame = base(np.random.default_rng(4), 800, strength=5.0)
    y = np.roll(frame["y"].to_numpy(), 2).astype(float)
    y[::5] = np.nan
    labels = pd.Series(y).map({0.0: "no", 1.0: "yes"})
    told = only(audited(CODE, frame.assign(y=labels), target="y")).measurement
    assert told.details["moved"] == "moved up by 2 rows"
    assert told.n < 640


def test_an_arrangement_that_leaves_one_class_breaks_nothing():
    frame = pd.DataFrame({"x": np.arange(60) / 7, "y": ["a"] * 58 + ["b"] * 2})
    assert not audited(CODE, frame, target="y").findings
