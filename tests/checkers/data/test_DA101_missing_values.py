"""DA101 missing-values: found where cells were emptied, silent where few are missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.audits import audited, by_column, measured
from tests.tables import Case, base, with_gaps

CODE = "DA101"
COLUMNS = ("x0", "x1", "x2", "x4")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Empty the share ``dose`` of one column, at random."""
    case = twin(rng, n)
    column = str(rng.choice(COLUMNS))
    gappy = case.train.assign(**{column: with_gaps(rng, case.train[column], dose)})
    return replace(case, train=gappy, subject={"column": column})


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table in which 3 % of one column are missing."""
    return Case("missing-values", base(rng, n), target="y")


def test_the_shares_are_those_that_pandas_counts():
    frame = base(np.random.default_rng(0), 200, target=None)
    frame["text"] = np.where(frame.index < 30, None, "word")
    frame["date"] = pd.Series(pd.date_range("2024-01-01", periods=200)).where(frame.index > 3)
    frame["nullable"] = pd.array([pd.NA, 1] * 100, dtype="Int64")
    frame["all"] = None
    told = by_column(audited(CODE, frame))
    assert {name: one.value for name, one in told.items()} == frame.isna().mean().to_dict()
    assert {
        name: one.details["missing"] for name, one in told.items()
    } == frame.isna().sum().to_dict()


@pytest.mark.parametrize(
    ("missing", "severity"),
    [(10, None), (11, "note"), (40, "note"), (41, "warning"), (190, "warning"), (191, "error")],
)
def test_a_rung_is_passed_only_beyond_it(missing, severity):
    frame = pd.DataFrame({"x": [np.nan] * missing + [float(one) for one in range(200 - missing)]})
    diagnosis = audited(CODE, frame)
    assert diagnosis.worst() == severity


def test_nan_and_null_are_both_missing_in_polars():
    frame = pl.DataFrame({"x": [1.5, None, float("nan"), 2.5], "y": [0, 1, 0, 1]})
    assert measured(audited(CODE, frame, target="y"), column="x").value == 0.5


def test_the_target_and_what_cannot_be_read_are_left_out():
    frame = pd.DataFrame({"y": [1.0, None] * 20, "nested": [[1], None] * 20, "x": range(40)})
    assert set(by_column(audited(CODE, frame, target="y"))) == {"x"}


def test_the_figure_shows_the_columns_that_lack_most():
    frame = pd.DataFrame({f"x{one}": [np.nan] * one + [1.0] * (40 - one) for one in range(30)})
    shown = measured(audited(CODE, frame), column="x9").figure["items"]
    assert [one["label"] for one in shown] == [f"x{one}" for one in (*range(29, 21, -1), 9)]
    assert [one["emphasis"] for one in shown] == [False] * 8 + [True]
    assert measured(audited(CODE, frame), column="x0").figure is None
