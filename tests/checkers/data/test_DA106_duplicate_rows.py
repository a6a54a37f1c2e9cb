"""DA106 duplicate-rows: found where rows were copied, silent where chance repeats them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, measured, only
from tests.tables import Case, base

CODE = "DA106"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Copy rows to random places, so that the share ``dose`` repeats an earlier row."""
    copies = max(1, round(dose * n))
    case = twin(rng, n - copies)
    copied = rng.choice(n - copies, copies, replace=False)
    origin = rng.permutation(np.concatenate([np.arange(n - copies), copied]))
    frame = case.train.iloc[origin].reset_index(drop=True)
    repeats = np.flatnonzero(pd.Series(origin).duplicated())
    return replace(case, train=frame, rows=tuple(repeats.tolist()))


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table, the rows of which were drawn one by one."""
    return Case("duplicate-rows", base(rng, n), target="y")


def with_copies(n: int = 200, copies: int = 20) -> pd.DataFrame:
    frame = base(np.random.default_rng(1), n)
    return pd.concat([frame, frame.iloc[:copies]], ignore_index=True)


def test_the_count_is_that_of_pandas():
    frame = with_copies()
    finding = only(audited(CODE, frame, target="y"))
    assert finding.measurement.value == pytest.approx(frame.duplicated().mean(), rel=1e-11)
    assert finding.measurement.details["duplicates"] == frame.duplicated().sum() == 20
    assert finding.severity == "warning"


def test_the_rows_are_named_in_the_file_also_after_a_split_by_fraction():
    frame = with_copies(400, 200)
    kept = tables(frame, 0.25, target="y").train.positions
    wanted = kept[frame.iloc[kept].duplicated()]
    diagnosis = audited(CODE, frame, 0.25, target="y")
    assert sorted(diagnosis.rows(CODE)["train"]) == sorted(wanted)
    for item in only(diagnosis).measurement.rows.items:
        table, row = item.match
        assert table == "train"
        assert row < item.row
        assert row in kept
        assert frame.loc[row].equals(frame.loc[item.row])


def test_three_equal_rows_are_two_repeats_of_the_first():
    frame = base(np.random.default_rng(2), 100)
    frame = pd.concat([frame, frame.iloc[[7, 7]]], ignore_index=True)
    items = only(audited(CODE, frame, target="y")).measurement.rows.items
    assert [(item.row, item.match) for item in items] == [(100, ("train", 7)), (101, ("train", 7))]


def test_missing_cells_agree_and_are_no_evidence():
    frame = with_copies(100, 5)
    frame.loc[[0, 100], ["x0", "x1"]] = np.nan
    assert 100 in audited(CODE, frame, target="y").rows(CODE)["train"]
    numbers = np.where(np.arange(100) < 50, np.nan, np.arange(100) / 7)
    told = measured(audited(CODE, pd.DataFrame({"a": numbers, "b": 2 * numbers})))
    assert (told.details["duplicates"], told.details["chance_repeats"]) == (0, 49)


def test_what_chance_repeats_does_not_count():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({name: rng.integers(0, 4, 1_000) for name in "abc"})
    told = measured(audited(CODE, frame))
    assert frame.duplicated().sum() == told.details["chance_repeats"] > 900
    assert told.value == 0


def test_a_column_that_numbers_the_rows_hides_no_copy():
    frame = with_copies().assign(row_id=range(220))
    told = only(audited(CODE, frame, target="y")).measurement
    assert told.details["columns_ignored"] == ["row_id"]
    assert told.details["duplicates"] == 20


def test_another_label_is_no_repeat_but_without_a_target_it_is_a_column():
    frame = with_copies(100, 10)
    frame.loc[100:, "y"] = 1 - frame.loc[100:, "y"]
    assert measured(audited(CODE, frame, target="y")).value == 0
    assert measured(audited(CODE, frame.drop(columns="y"))).details["duplicates"] == 10
    assert measured(audited(CODE, frame)).details["duplicates"] == 0


def test_of_categories_alone_no_share_is_an_error():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.choice(list("abcdefgh"), (300, 12)))
    frame = pd.concat([frame, frame.iloc[:100]], ignore_index=True)
    finding = only(audited(CODE, frame))
    assert (finding.severity, finding.measurement.details["compared"]) == ("warning", "categories")


def test_negative_zero_is_zero_and_the_index_is_no_column():
    frame = with_copies(100, 1)
    frame.loc[0, "x0"], frame.loc[100, "x0"] = 0.0, -0.0
    frame.index = range(500, 601)
    assert audited(CODE, frame, target="y").rows(CODE) == {"train": [100]}
