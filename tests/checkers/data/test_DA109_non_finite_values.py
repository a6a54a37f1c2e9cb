"""DA109 non-finite-values: found where cells were made infinite, silent where they are large."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, by_column, only, reason
from tests.tables import Case, base

CODE = "DA109"
COLUMNS = ("x0", "x1", "x4", "x6", "x7")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Make the share ``dose`` of one column infinite, of either sign."""
    case = twin(rng, n)
    column = str(rng.choice(COLUMNS))
    rows = np.sort(rng.choice(n, max(1, round(dose * n)), replace=False))
    values = case.train[column].to_numpy(float).copy()
    values[rows] = rng.choice([np.inf, -np.inf], len(rows))
    planted = case.train.assign(**{column: values})
    return replace(case, train=planted, subject={"column": column}, rows=tuple(rows.tolist()))


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table; one of its columns reaches 1e300."""
    frame = base(rng, n, target=None)
    frame["huge"] = 10.0 ** rng.uniform(-300, 300, n)
    return Case("non-finite-values", frame.assign(y=rng.integers(0, 2, n)), target="y")


def test_the_counts_are_those_of_numpy():
    frame = base(np.random.default_rng(0), 300)
    frame.loc[[3, 5, 8], "x0"] = [np.inf, -np.inf, np.inf]
    frame.loc[9, "x0"] = np.nan
    told = by_column(audited(CODE, frame, target="y"))
    for name in frame.select_dtypes("number").columns.drop("y"):
        assert told[name].value == np.isinf(frame[name]).sum() / 300
    assert told["x0"].details == {"infinite": 3, "negative": 1}
    assert set(told) == {"x0", "x1", "x3", "x4", "x6", "x7"}


def test_one_infinite_value_is_an_error_and_its_row_is_named():
    frame = base(np.random.default_rng(1), 300)
    frame.loc[77, "x4"] = np.inf
    diagnosis = audited(CODE, frame, target="y")
    assert only(diagnosis).severity == "error"
    assert only(diagnosis).message == "1 of 300 values of x4 are infinite (0.33%)"
    assert diagnosis.rows(CODE) == {"train": [77]}


def test_the_rows_are_those_of_the_file_also_after_a_split_by_fraction():
    frame = base(np.random.default_rng(2), 400)
    frame.loc[frame.index % 3 == 0, "x1"] = np.inf
    kept = tables(frame, 0.25, target="y").train.positions
    diagnosis = audited(CODE, frame, 0.25, target="y")
    assert sorted(diagnosis.rows(CODE)["train"]) == sorted(row for row in kept if row % 3 == 0)


def test_infinities_in_text_and_in_narrow_floats_count():
    frame = pd.DataFrame(
        {
            "words": ["1.5", "inf", "2", "-Infinity"] * 20,
            "half": np.array([1, np.inf, 2, 3] * 20, np.float16),
        }
    )
    told = by_column(audited(CODE, frame))
    assert told["words"].value == 0.5
    assert told["half"].value == 0.25


def test_the_target_is_another_rule_s_matter():
    frame = pd.DataFrame({"x": np.arange(80) / 7, "y": [1.0, np.inf] * 40})
    assert set(by_column(audited(CODE, frame, target="y"))) == {"x"}


def test_without_numbers_it_is_not_checked():
    diagnosis = audited(CODE, pd.DataFrame({"c": list("ab") * 30}))
    assert reason(diagnosis, CODE) == "no feature holds numbers"


@pytest.mark.parametrize("value", [1.7e308, -1.7e308, np.nan, 5e-324])
def test_what_is_merely_large_small_or_missing_is_finite(value):
    frame = pd.DataFrame({"x": np.where(np.arange(60) % 7 == 0, value, np.arange(60) / 7)})
    assert not audited(CODE, frame).findings
