"""DA104 mixed-types: found where another type stands among the rest, silent on codes and levels."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, by_column, measured, only, reason
from tests.tables import Case, base, names_of_places

CODE = "DA104"
AMONG = {
    "x0": ("twelve", "see below", "> 90", "12 kg", "2021-04-01", "True"),
    "x3": ("two", True, date(2021, 4, 1), "4"),
    "x2": ("17", "2.5", "2021-04-01", 17, 2.5),
    "when": ("12", "spring", "3.5"),
}
"""What is put among continuous numbers as text, counts, categories and days as text."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Write the share ``dose`` of one column's values in another type."""
    case = twin(rng, n)
    rows = np.sort(rng.choice(n, round(dose * n), replace=False))
    column = str(rng.choice(list(AMONG)))
    cells = case.train[column].tolist()
    if column == "x0":
        cells = [str(cell) for cell in cells]
    strays = AMONG[column]
    for row in rows:
        cells[row] = strays[int(rng.integers(len(strays)))]
    planted = case.train.assign(**{column: pd.Series(cells, dtype=object)})
    return replace(case, train=planted, subject={"column": column}, rows=tuple(rows.tolist()))


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with codes, grades and sizes, and numbers and days stored as text."""
    frame = base(rng, n)
    codes = [f"{letter}{number}" for letter in ("A", "B", "") for number in (7, 12, 250, 31)]
    frame["code"] = rng.choice(np.array(codes, object), n)
    frame["grade"] = rng.choice(np.array(["K", *map(str, range(1, 13))], object), n)
    frame["size"] = rng.choice(
        np.array(["S", "M", "L", "38", "40"], object), n, p=[0.1] * 3 + [0.35] * 2
    )
    frame["stored"] = [f"{value:.2f}" if value > 0 else "n/a" for value in rng.normal(20, 7, n)]
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D")
    frame["when"] = days.strftime("%Y-%m-%d").to_numpy(object)
    return Case("mixed-types", frame, target="y")


def texts(*cells: str) -> pd.DataFrame:
    frame = base(np.random.default_rng(0), 200)
    return frame.assign(c=[cells[row % len(cells)] for row in range(200)])


def test_objects_are_of_the_type_that_they_are():
    cells = [1, 2.5, np.float64(3), 7] * 45 + ["5"] * 9 + [True] * 6 + [date(2024, 1, 1)] * 5
    frame = pd.DataFrame({"c": pd.Series(cells + [None] * 3 + ["?"] * 4, dtype=object)})
    told = only(audited(CODE, frame)).measurement
    assert told.details == {"rarer": 20, "most": "number", "others": "boolean, date, text"}
    assert told.value == pytest.approx(20 / 207, rel=1e-11)
    assert {item.row for item in told.rows.items} == set(range(180, 200))


def test_numbers_as_text_among_numbers_are_found_though_all_can_be_read():
    frame = pd.DataFrame({"c": pd.Series([*range(95), "5", "6", "7", "8", "9"], dtype=object)})
    told = only(audited(CODE, frame)).measurement
    assert (told.value, told.details["others"]) == (0.05, "text")


def test_the_rows_are_named_in_the_file_also_after_a_split_by_fraction():
    for mixed in (["high"], [pd.Timestamp("2024-01-01")]):
        cells = [row / 7 for row in range(400)]
        cells = [mixed[0] if row % 25 == 0 else cell for row, cell in enumerate(cells)]
        frame = base(np.random.default_rng(1), 400).assign(c=pd.Series(cells, dtype=object))
        kept = tables(frame, 0.25, target="y").train.positions
        diagnosis = audited(CODE, frame, 0.25, target="y")
        assert sorted(diagnosis.rows(CODE)["train"]) == sorted(row for row in kept if row % 25 == 0)


def test_from_a_file_the_words_tell(tmp_path):
    frame = base(np.random.default_rng(2), 300)
    cells = [f"{value:.3f}" for value in frame["x0"]]
    cells[10], cells[20], cells[30], cells[40] = "twelve", "12 kg", "<5", "?"
    frame.assign(c=cells).to_csv(tmp_path / "train.csv", index=False)
    finding = only(audited(CODE, str(tmp_path / "train.csv"), target="y"))
    assert finding.message == (
        "3 of 300 values of c are of another type than the others (1.00%): text ('12 kg', '<5', "
        "'twelve') among values of the type number"
    )


@pytest.mark.parametrize(
    "cells",
    [
        ("A12", "B7", "7", "12"),
        ("K", "1", "2", "3"),
        ("250.83", "V57", "E885", "410", "38.1"),
        ("12", "12B", "14", "7a"),
        ("0-9", "10-19", "20+"),
        ("true", "false", "maybe"),
        ("1.5", "2.5", "N/A", "?"),
        ("yes", "no", "unknown"),
        ("007", "012", "120"),
    ],
)
def test_codes_levels_and_words_for_missing_values_are_no_other_type(cells):
    told = by_column(audited(CODE, texts(*cells), target="y"))
    assert told["c"].value == 0


@pytest.mark.parametrize(
    ("cells", "rarer"),
    [
        (("1.5", "2.5", "3.25", "4 kg"), 50),
        (("2024-01-01", "2024-02-03", "31/12/2023", "soon"), 50),
        (("red", "blue", "green", "7"), 50),
        (("red", "blue", "green", "2024-01-01"), 50),
    ],
)
def test_other_words_are(cells, rarer):
    assert only(audited(CODE, texts(*cells), target="y")).measurement.details["rarer"] == rarer


def test_titles_may_be_numbers():
    rng = np.random.default_rng(3)
    frame = base(rng, 300).assign(title=names_of_places(rng, 300))
    frame.loc[:2, "title"] = ["1917", "300", "42"]
    assert measured(audited(CODE, frame, target="y"), column="title").value == 0


def test_the_target_is_not_looked_at():
    frame = pd.DataFrame({"y": ["a", "b", "c", "1"] * 20})
    assert reason(audited(CODE, frame, target="y"), CODE) == "there is no feature to look at"


def test_objects_and_words_are_told_together():
    cells = ["red", "blue"] * 45 + [7] * 6 + ["2.5"] * 4
    told = only(audited(CODE, pd.DataFrame({"c": pd.Series(cells, dtype=object)}))).measurement
    assert told.details["rarer"] == 10
    assert told.details["others"] == "number and text that reads as number ('7', '2.5')"


def test_numbers_kept_as_categories_by_a_stray_word_are_its_consequence():
    frame = base(np.random.default_rng(4), 300)
    frame["c"] = [f"{value:.3f}" for value in frame["x0"]]
    frame.loc[:9, "c"] = "see below"
    diagnosis = audited("DA104,FE309", frame, target="y")
    assert [one.rule.code for one in diagnosis.findings] == ["DA104", "FE309"]
    assert diagnosis.causes[0].explains
