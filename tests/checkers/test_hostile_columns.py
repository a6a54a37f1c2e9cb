"""Whatever stands in a table, no rule fails on it and no name is taken for anything but a name."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

import mldebug
from tests.tables import base

ROWS = 60
NAMES = (
    "<script>alert(1)</script>",
    "{value.__class__}",
    "{0} {} %s",
    "",
    " ",
    "\x1b[31mred",
    "\u202egnp.exe",
    "a\nb",
    "train",
    "n" * 10_000,
    "'; DROP TABLE rows; --",
)


def each(*values):
    """A column in which these values take turns."""
    column = np.empty(ROWS, object)
    for row in range(ROWS):
        column[row] = values[row % len(values)]
    return pd.Series(column, dtype=object)


COLUMNS = {
    "all missing": each(None),
    "all NaN": pd.Series(np.nan, range(ROWS)),
    "constant": each("a"),
    "infinite": pd.Series(np.where(np.arange(ROWS) % 3 == 0, np.inf, np.arange(ROWS) / 7)),
    "all infinite": pd.Series(-np.inf, range(ROWS)),
    "largest": pd.Series(np.where(np.arange(ROWS) % 2 == 0, 1.7e308, -1.7e308)),
    "smallest": pd.Series(np.arange(ROWS) * 5e-324),
    "half": pd.Series(np.arange(ROWS), dtype=np.float16),
    "whole beyond floats": pd.Series(2**62 + np.arange(ROWS)),
    "unsigned": pd.Series([2**64 - 1 - one for one in range(ROWS)], dtype=np.uint64),
    "ten to the thirty": each(*(10**30 + one for one in range(ROWS))),
    "lists": each([1], [1, [2]], None),
    "dictionaries": each({"a": 1}, {}),
    "sets": each({1}, frozenset()),
    "bytes": each(b"a", b"b"),
    "no text": each(b"\xff\xfe", b"a"),
    "decimals": each(Decimal("1.10"), Decimal("NaN"), Decimal(3)),
    "fractions": each(Fraction(1, 3), Fraction(7, 2)),
    "complex": each(1j, 2 + 1j),
    "mixed": each(1, "a", None, 2.5, True),
    "in Tokyo": pd.Series(pd.date_range("2024-01-01", periods=ROWS, freq="h", tz="Asia/Tokyo")),
    "days": each(date(2024, 1, 1), date(1, 1, 1), date(9999, 12, 31), None),
    "times of day": each(time(1, 2), time(3)),
    "durations": each(timedelta(1), timedelta(seconds=1)),
    "periods": pd.Series(pd.period_range("2020", periods=ROWS, freq="M")),
    "intervals": pd.Series(pd.interval_range(0, ROWS)),
    "categories": pd.Series(pd.Categorical(["a", None] * (ROWS // 2), categories=["z", "a"])),
    "nullable": pd.Series(pd.array([None, 1] * (ROWS // 2), dtype="Int8")),
    "empty text": each("", " ", "\t"),
    "not a number": each("nan", "NA", "null", "None", "inf"),
    "surrogates": each("\ud800", "a"),
    "uuid": each(*(UUID(int=one) for one in range(ROWS))),
    "objects": each(object(), type),
    "long": each("x" * 100_000, "y"),
    "one value": pd.Series([1.0] + [np.nan] * (ROWS - 1)),
}
TARGET = np.arange(ROWS) % 2


def sound(diagnosis: mldebug.Diagnosis) -> dict:
    """The document of a diagnosis in which nothing failed."""
    failed = {code: one.reason for code, one in diagnosis.outcomes.items() if one.state == "failed"}
    assert failed == {}
    document = diagnosis.to_dict()
    json.dumps(document, allow_nan=False)
    return document


@pytest.mark.parametrize("name", COLUMNS)
def test_no_column_makes_a_rule_fail(name):
    frame = pd.DataFrame({name: COLUMNS[name], "x": np.arange(ROWS) / 7, "y": TARGET})
    sound(mldebug.audit(frame, 0.4, target="y"))


def test_all_of_them_at_once_with_a_proxy_of_the_target():
    frame = pd.DataFrame({**COLUMNS, "proxy": TARGET * 9.5 + np.arange(ROWS) / 100, "y": TARGET})
    document = sound(mldebug.audit(frame, frame.iloc[::-1], target="y"))
    assert {one["code"] for one in document["findings"]} >= {"DA101", "FE301", "LK401"}


@pytest.mark.parametrize(
    "target", ["infinite", "decimals", "all NaN", "in Tokyo", "bytes", "mixed"]
)
def test_no_target_makes_a_rule_fail(target):
    frame = pd.DataFrame({"x": np.arange(ROWS) / 7, "y": COLUMNS[target]})
    sound(mldebug.audit(frame, 0.4, target="y"))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name(name):
    frame = pd.DataFrame({name: [None] * 50 + [1.5] * 10, "x": np.arange(60) / 7, "y": TARGET})
    document = sound(mldebug.audit(frame, 0.4, target="y"))
    told = [one for one in document["findings"] if one["code"] == "DA101"]
    shown = name or "(no name)"
    assert [one["subject"]["column"] for one in told] == [shown]
    assert shown in told[0]["message"]


@pytest.mark.parametrize("name", NAMES)
def test_a_class_and_a_category_are_what_they_are(name):
    frame = pd.DataFrame({"x": [name] * 297 + ["b"] * 3, "y": [name] * 3 + ["b"] * 297})
    document = sound(mldebug.audit(frame, target="y"))
    told = next(one for one in document["findings"] if one["code"] == "DA110")
    assert told["message"].startswith(f"Class {name} of y has 3 of 300 rows")


def test_names_that_are_no_text_and_names_that_stand_twice():
    frame = pd.DataFrame(np.arange(240).reshape(60, 4) / 7)
    frame.columns = pd.Index([3, ("a", 1), "x", "x"], dtype=object)
    document = sound(mldebug.audit(frame, 0.4))
    names = [one["name"] for one in document["provenance"]["tables"]["train"]["columns"]]
    assert len(set(names)) == 4


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_handful_of_rows(rows):
    frame = base(np.random.default_rng(0), 60).iloc[:rows]
    sound(mldebug.audit(frame, target="y"))
    sound(mldebug.audit(frame, frame, target="y"))
    sound(mldebug.audit(frame))
    if rows > 1:
        sound(mldebug.audit(frame, 0.5, target="y"))


def test_a_table_without_rows_or_columns_is_refused_in_one_sentence():
    for frame in (pd.DataFrame({"x": []}), pd.DataFrame(index=range(3))):
        with pytest.raises(mldebug.InputError, match=r"TRAIN: .*(rows|columns)"):
            mldebug.audit(frame)
