"""DA103 disguised-missing: found where codes stand for gaps, silent where values are what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from mldebug.derive.missing_words import missing_words
from tests.audits import audited, by_column, measured, only, reason
from tests.tables import LEVELS, Case, base

CODE = "DA103"
NUMBERS = {
    "x0": (-999.0, 999.0, 9999.0, 1e30),
    "x1": (-1.0, -9.0, -999.0, 99_999.0),
    "x3": (99, 999, -99, -999),
    "age": (-1, 999, -9),
    "pressure": (0.0, -1.0, 999.9, 65_535.0),
}
WORDS = ("?", "n/a", "NULL", "unknown", "", "-", "NA", "not available", " N/A ")
DATES = ("1900-01-01", "9999-12-31", "0001-01-01")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Put a stand-in into the share ``dose`` of one column: a number, a word or a date."""
    case = twin(rng, n)
    rows = np.sort(rng.choice(n, max(1, round(dose * n)), replace=False))
    column = str(rng.choice([*NUMBERS, "x2", "when"]))
    values = case.train[column].astype(object).to_numpy().copy()
    if column == "when":
        values = case.train[column].to_numpy("datetime64[us]").copy()
        values[rows] = np.datetime64(str(rng.choice(DATES)), "us")
    elif column == "x2":
        values[rows] = str(rng.choice(WORDS))
    else:
        values = case.train[column].to_numpy(float).copy()
        values[rows] = float(rng.choice(NUMBERS[column]))
    planted = case.train.assign(**{column: values})
    return replace(case, train=planted, subject={"column": column}, rows=tuple(rows.tolist()))


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with zeros that are amounts, ages, a positive measurement and a date."""
    frame = base(rng, n)
    frame["age"] = rng.integers(18, 91, n)
    frame["pressure"] = rng.normal(72, 12, n).clip(min=30)
    frame["rain"] = np.where(rng.random(n) < 0.7, 0.0, rng.gamma(0.8, 5.0, n))
    frame["strand"] = rng.choice(["+", "-"], n)
    days = rng.integers(0, 9_000, n).astype("timedelta64[D]")
    frame["when"] = np.datetime64("1995-03-01", "us") + days
    return Case("disguised-missing", frame, target="y")


def test_zeros_of_a_measurement_stand_for_gaps_and_those_of_an_amount_do_not():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "pressure": np.where(rng.random(768) < 0.046, 0, np.round(rng.normal(72, 12, 768))),
            "glucose": np.where(rng.random(768) < 0.0066, 0, np.round(rng.normal(121, 30, 768))),
            "pregnancies": rng.poisson(3.8, 768),
            "spent": np.where(rng.random(768) < 0.4, 0, rng.lognormal(3, 1, 768)),
        }
    )
    told = by_column(audited(CODE, frame))
    zeros = (frame == 0).mean()
    assert told["pressure"].value == zeros["pressure"]
    assert told["glucose"].value == zeros["glucose"]
    assert told["pregnancies"].value == told["spent"].value == 0


def test_the_counts_are_those_of_pandas_and_cells_that_are_missing_do_not_count():
    frame = base(np.random.default_rng(1), 400)
    frame.loc[:29, "x2"] = "?"
    frame.loc[30:39, "x2"] = None
    frame.loc[40:44, "x2"] = "Unknown"
    frame.loc[:7, "x6"] = -999
    told = by_column(audited(CODE, frame, target="y"))
    assert told["x2"].details["disguised"] == 35
    assert told["x2"].value == 35 / 400
    assert told["x6"].value == (frame["x6"] == -999).mean()
    findings = {one.measurement.subject["column"]: one for one in audited(CODE, frame).findings}
    assert findings["x2"].message == (
        "35 of 400 values of x2 look like missing ones in disguise (8.8%): '?', 'Unknown' "
        "(a word for a missing value)"
    )
    assert findings["x6"].severity == "warning"
    assert findings["x6"].measurement.figure["items"][0]["emphasis"]


@pytest.mark.parametrize("column", ["x2", "x4", "when"])
def test_the_rows_are_named_in_the_file_also_after_a_split_by_fraction(column):
    rng = np.random.default_rng(2)
    frame = twin(rng, 600).train
    value = {"x2": "n/a", "x4": -9999.0, "when": pd.Timestamp("1900-01-01")}[column]
    frame.loc[::30, column] = value
    kept = tables(frame, 0.25, target="y").train.positions
    diagnosis = audited(CODE, frame, 0.25, target="y")
    assert sorted(diagnosis.rows(CODE)["train"]) == sorted(row for row in kept if row % 30 == 0)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["a", "b", "?"], ["?"]),
        (["+", "-"], []),
        (["!", "?", "."], []),
        (["a", "b", "-", "--"], ["-", "--"]),
        (["yes", "no", "N/A ", "", "  "], ["N/A ", "", "  "]),
        (["US", "DE", "NA"], []),
        (["north", "south", "NA"], ["NA"]),
        (["known", "unknown"], []),
        (["red", "blue", "unknown"], ["unknown"]),
        (["none", "other", "missing", "no"], []),
        (["A12", "B7", "999"], []),
        (["alpha", "beta", "-999"], ["-999"]),
        (["banana", "nullify", "nan bread"], []),
    ],
)
def test_only_unambiguous_words_stand_for_missing_ones(words, found):
    assert sorted(missing_words(words)) == sorted(found)


def test_an_open_end_a_birthday_and_a_code_of_a_class_are_no_disguise():
    rng = np.random.default_rng(3)
    years = pd.to_datetime([f"{year}-01-01" for year in rng.integers(1890, 1990, 300)])
    frame = pd.DataFrame({"born": years, "x": rng.normal(size=300), "y": rng.choice([-1, 1], 300)})
    assert not audited(CODE, frame, target="y").findings
    frame["end"] = pd.Timestamp("2024-05-05") + pd.to_timedelta(rng.integers(0, 99, 300), "D")
    frame.loc[:99, "end"] = pd.NaT
    assert measured(audited(CODE, frame), column="end").value == 0


def test_of_a_target_numbers_are_looked_at_and_classes_are_not():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"x": rng.normal(size=300), "y": rng.normal(size=300)})
    frame.loc[:9, "y"] = -999
    assert dict(only(audited(CODE, frame, target="y")).measurement.subject) == {"column": "y"}
    frame["y"] = np.array(["unknown", *LEVELS[:3]] * 75, object)
    assert set(by_column(audited(CODE, frame, target="y"))) == {"x"}


def test_a_table_of_which_nothing_can_be_looked_at_is_not_checked():
    diagnosis = audited(CODE, pd.DataFrame({"a": [True, False] * 30}))
    assert "no column holds" in reason(diagnosis, CODE)
