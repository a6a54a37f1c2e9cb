"""LB204 conflicting-labels: found where a row's like has another class, silent otherwise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base

CODE = "LB204"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Copy rows with the other class, so that the share ``dose`` stands in such pairs."""
    copies = max(1, round(dose * n / 2))
    case = twin(rng, n - copies)
    copied = rng.choice(n - copies, copies, replace=False)
    opposite = case.train.iloc[copied].assign(y=lambda frame: 1 - frame["y"])
    order = rng.permutation(n)
    frame = pd.concat([case.train, opposite]).iloc[order].reset_index(drop=True)
    origin = np.concatenate([np.arange(n - copies), copied])[order]
    rows = np.flatnonzero(np.isin(origin, copied))
    return replace(case, train=frame, rows=tuple(rows.tolist()))


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with noisy classes, in which no two rows agree in every feature."""
    return Case("conflicting-labels", base(rng, n), target="y")


def with_conflicts(n: int = 200, copies: int = 6) -> pd.DataFrame:
    """A table whose first rows are repeated at its end with the other class."""
    frame = base(np.random.default_rng(0), n)
    return pd.concat([frame, frame.iloc[:copies].assign(y=1 - frame["y"])], ignore_index=True)


def in_conflict(frame: pd.DataFrame) -> list[int]:
    """The rows whose features occur with another class, as pandas groups them."""
    known = frame[frame["y"].notna()]
    features = [name for name in frame if name != "y"]
    classes = known.groupby(features, dropna=False)["y"].transform("nunique")
    return sorted(classes.index[classes > 1])


def test_the_rows_are_those_that_pandas_groups():
    frame = with_conflicts()
    finding = only(audited(CODE, frame, target="y"))
    assert sorted(audited(CODE, frame, target="y").rows(CODE)["train"]) == in_conflict(frame)
    assert finding.measurement.value == pytest.approx(12 / 206, rel=1e-11)
    assert finding.measurement.details["groups"] == 6
    for item in finding.measurement.rows.items:
        assert item.match == (None if item.row < 200 else ("train", item.row - 200))


def test_the_rows_are_named_in_the_file_after_a_split_by_fraction():
    frame = with_conflicts(300, 150)
    kept = tables(frame, 0.25, target="y").train.positions
    found = only(audited(CODE, frame, 0.25, target="y")).measurement
    assert sorted(item.row for item in found.rows.items) == in_conflict(frame.iloc[kept])
    for item in found.rows.items:
        if item.match:
            ours, theirs = frame.loc[item.row], frame.loc[item.match[1]]
            assert ours.drop("y").equals(theirs.drop("y"))
            assert ours["y"] != theirs["y"]


def test_copies_with_their_label_are_no_conflict():
    frame = base(np.random.default_rng(0), 100)
    frame = pd.concat([frame, frame.iloc[:20]], ignore_index=True)
    assert state(audited(CODE, frame, target="y")) == "passed"


def test_all_rows_of_a_set_with_two_classes_conflict():
    frame = base(np.random.default_rng(1), 100, classes=3)
    copies = [frame.iloc[[5]].assign(y=label) for label in (frame["y"][5], (frame["y"][5] + 1) % 3)]
    frame = pd.concat([frame, *copies], ignore_index=True)
    assert audited(CODE, frame, target="y").rows(CODE)["train"] == [5, 100, 101]


def test_a_row_without_a_label_conflicts_with_none():
    frame = with_conflicts()
    frame["y"] = frame["y"].astype(float)
    frame.loc[[0, 201], "y"] = np.nan
    diagnosis = audited(CODE, frame, target="y")
    assert sorted(diagnosis.rows(CODE)["train"]) == in_conflict(frame)
    assert len(diagnosis.rows(CODE)["train"]) == 8


def test_what_chance_brings_together_is_no_conflict():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({name: rng.integers(0, 3, 500) for name in ("a", "b", "y")})
    told = measured(audited(CODE, frame, target="y"))
    assert len(in_conflict(frame)) == told.details["chance_repeats"] == 500
    assert told.value == 0


def test_numbers_may_differ_in_equal_rows():
    frame = base(np.random.default_rng(0), 100, task="regression")
    frame = pd.concat([frame, frame.iloc[:9].assign(y=0.0)], ignore_index=True)
    assert "is a number" in reason(audited(CODE, frame, target="y"), CODE)
    assert audited(CODE, frame).outcomes[CODE].missing == ("--target",)
