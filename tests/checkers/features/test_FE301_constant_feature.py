"""FE301 constant-feature: found where a column hardly varies, silent where it does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, by_column, only, reason, state
from tests.tables import Case, base

CODE = "FE301"
FLAT = {"x0": 0.0, "x2": "amber", "x3": 4, "x5": True}
"""The columns that are flattened, and the value that they are given."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give the share ``dose`` of a column one value."""
    case = twin(rng, n)
    column = str(rng.choice(list(FLAT)))
    others = case.train[column].to_numpy()
    kept = rng.permutation(np.flatnonzero(others != FLAT[column]))[: n - round(dose * n)]
    flat = case.train[column].copy()
    flat.iloc[np.setdiff1d(np.arange(n), kept)] = FLAT[column]
    return replace(case, train=case.train.assign(**{column: flat}), subject={"column": column})


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table, each column of which varies."""
    return Case("constant-feature", base(rng, n), target="y")


def test_the_shares_are_those_that_pandas_counts():
    frame = base(np.random.default_rng(0), 200)
    frame["rare"] = [None] * 150 + ["a"] * 50
    told = by_column(audited(CODE, frame, target="y"))
    wanted = {
        name: frame[name].value_counts(normalize=True, dropna=False).iloc[0]
        for name in frame.drop(columns="y")
    }
    assert {name: one.value for name, one in told.items()} == wanted
    assert told["rare"].details["mode"] == "missing"
    assert told["rare"].details["distinct"] == 2
    assert told["x3"].details["distinct"] == frame["x3"].nunique()


@pytest.mark.parametrize(("others", "severity"), [(0, "warning"), (4, "warning"), (5, None)])
def test_half_a_percent_of_other_values_is_enough(others, severity):
    frame = pd.DataFrame({"x": ["a"] * (1_000 - others) + ["b"] * others})
    assert audited(CODE, frame).worst() == severity


def test_an_empty_column_is_for_the_rule_about_missing_values_to_tell():
    frame = pd.DataFrame({"x": [None] * 300, "y": range(300)})
    assert only(audited(CODE, frame)).message == "x is missing in 300 of 300 rows"
    diagnosis = audited(f"DA101,{CODE}", frame)
    assert only(diagnosis).rule.code == "DA101"
    assert (diagnosis.outcomes[CODE].state, diagnosis.outcomes[CODE].reason) == (
        "passed",
        "explained by DA101",
    )


def test_a_long_value_is_cut_and_what_cannot_be_read_is_left_out():
    frame = pd.DataFrame({"x": ["long " * 40] * 30, "nested": [[1]] * 30})
    told = by_column(audited(CODE, frame))
    assert set(told) == {"x"}
    assert len(told["x"].details["mode"]) == 61


@pytest.mark.parametrize(
    ("value", "shown"),
    [(True, "True"), (2, "2"), (0.1, "0.1"), (pd.Timestamp("2024-05-01"), "2024-05-01")],
)
def test_the_value_is_told_as_a_person_reads_it(value, shown):
    finding = only(audited(CODE, pd.DataFrame({"x": [value] * 30})))
    assert finding.message.startswith(f"x is {shown}")


@pytest.mark.parametrize(
    ("rows", "told"), [(1, "not_checked"), (5, "not_checked"), (19, "not_checked"), (20, "found")]
)
def test_a_handful_of_rows_cannot_tell_that_a_column_is_constant(rows, told):
    diagnosis = audited(CODE, pd.DataFrame({"x": ["a"] * rows, "y": range(rows)}))
    assert state(diagnosis) == told
    if told == "not_checked":
        assert "cannot tell whether a column varies; 20 can" in reason(diagnosis, CODE)


@pytest.mark.parametrize("start", [2**53, 2**62, -(2**63), 2**64 - 200])
@pytest.mark.parametrize("step", [1, -1])
def test_numbers_that_floats_confuse_are_counted_apart(start, step):
    values = [start + row for row in range(200)][::step]
    (one,) = audited(CODE, pd.DataFrame({"x": values})).measurements
    assert (one.details["same"], one.details["distinct"]) == (1, 200)
    assert one.details["mode"] == str(start)


def test_a_number_that_floats_confuse_is_told_in_full_and_gaps_do_not_change_it():
    values = pd.array([None, *[2**60 + 1] * 600, 2**60], dtype="Int64")
    finding = only(audited(CODE, pd.DataFrame({"x": values})))
    assert finding.message == f"x is {2**60 + 1} in 600 of 602 rows"


def test_dates_that_floats_confuse_are_counted_apart():
    days = np.datetime64("2900-01-01", "us") + np.arange(100)
    (one,) = audited(CODE, pd.DataFrame({"x": days})).measurements
    assert one.details["distinct"] == 100
