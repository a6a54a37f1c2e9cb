"""LK401 shared-rows: found where eval repeats rows of train, silent where rows are drawn anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, measured, only, reason
from tests.tables import Case, base, split

CODE = "LK401"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Put rows of train in the place of the share ``dose`` of the eval rows."""
    case = twin(rng, n)
    assert case.eval is not None
    rows = np.sort(rng.choice(len(case.eval), max(1, round(dose * len(case.eval))), replace=False))
    held = case.eval.copy()
    copied = case.train.iloc[rng.choice(len(case.train), len(rows), replace=False)]
    held.iloc[rows] = copied.set_axis(rows, axis=0)
    return replace(case, eval=held, rows=tuple(rows.tolist()), rows_table="eval")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of one table, in which no two rows agree."""
    train, held = split(base(rng, n), rng)
    return Case("shared-rows", train, held, target="y")


def sides(copies: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A split in which the first eval rows are those of train from its fortieth on."""
    rng = np.random.default_rng(0)
    train, held = split(base(rng, 400), rng)
    held = pd.concat([train.iloc[40 : 40 + copies], held.iloc[copies:]], ignore_index=True)
    return train, held


def test_the_rows_are_those_that_pandas_joins():
    train, held = sides()
    finding = only(audited(CODE, train, held, target="y"))
    joined = held.reset_index().merge(train.drop(columns="y").drop_duplicates())
    matches = {item.row: item.match for item in finding.measurement.rows.items}
    assert sorted(matches) == sorted(joined["index"])
    assert matches == {row: ("train", 40 + row) for row in range(5)}
    assert finding.measurement.value == len(joined) / len(held)


def test_rows_and_matches_are_named_in_the_file_after_a_split_by_fraction():
    frame = base(np.random.default_rng(1), 200)
    frame = pd.concat([frame, frame], ignore_index=True)
    split_up = tables(frame, 0.25, target="y")
    ours, theirs = split_up.train.positions, split_up.eval.positions
    items = only(audited(CODE, frame, 0.25, target="y")).measurement.rows.items
    assert sorted(item.row for item in items) == sorted(set(theirs) & set((ours + 200) % 400))
    assert all(item.match == ("train", (item.row + 200) % 400) for item in items)


def test_the_target_need_not_agree_but_it_is_told_whether_it_does():
    train, held = sides(6)
    held.loc[:1, "y"] = 1 - held.loc[:1, "y"]
    details = only(audited(CODE, train, held, target="y")).measurement.details
    assert (details["shared"], details["with_target"]) == (6, 4)
    assert only(audited(CODE, train, held.drop(columns="y"), target="y")).measurement.value == 0.06


def test_order_storage_and_further_columns_do_not_hide_a_row():
    train, held = sides()
    held = held[sorted(held, reverse=True)].assign(
        more=range(len(held)), x2=held["x2"].astype("category")
    )
    train = train.assign(row_id=range(len(train)), x3=train["x3"].astype(float))
    details = only(audited(CODE, train, held, target="y")).measurement.details
    assert (details["shared"], details["columns_ignored"]) == (5, ["row_id"])


def test_missing_cells_agree():
    train, held = sides()
    train.loc[40, ["x0", "x2"]] = None
    held.loc[0, ["x0", "x2"]] = None
    assert 0 in audited(CODE, train, held, target="y").rows(CODE)["eval"]
    held.loc[0, "x4"] = None
    assert 0 not in audited(CODE, train, held, target="y").rows(CODE)["eval"]


def test_what_chance_brings_to_both_sides_does_not_count():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({name: rng.integers(0, 4, 1_000) for name in "abc"})
    told = measured(audited(CODE, frame, 0.25))
    assert (told.value, told.rows) == (0, None)
    assert told.details["chance_repeats"] > 240


def test_of_categories_alone_no_share_is_an_error():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.choice(list("abcdefgh"), (300, 12)))
    finding = only(audited(CODE, frame, frame.iloc[:100]))
    assert (finding.severity, finding.measurement.value) == ("warning", 1.0)


def test_without_a_common_column_it_is_not_checked():
    told = reason(audited(CODE, pd.DataFrame({"a": [0.5, 1.5]}), pd.DataFrame({"b": [0.5]})), CODE)
    assert told == "train and eval have no column in common that rows could be compared by"
    assert audited(CODE, pd.DataFrame({"a": [0.5, 1.5]})).outcomes[CODE].missing == ("--eval",)


@pytest.mark.parametrize("narrow", ["float32", "float16"])
@pytest.mark.parametrize("side", ["train", "eval"])
def test_a_narrower_float_on_one_side_hides_no_copy(narrow, side):
    train, held = sides()
    floats = list(train.select_dtypes("float64"))
    assert len(floats) > 1
    cast = dict.fromkeys(floats, narrow)
    if side == "train":
        train = train.astype(cast)
    else:
        held = held.astype(cast)
    finding = only(audited(CODE, train, held, target="y"))
    assert finding.measurement.value == 0.05
    matches = {item.row: item.match for item in finding.measurement.rows.items}
    assert matches == {row: ("train", 40 + row) for row in range(5)}


def test_two_tables_as_narrow_are_compared_as_they_are():
    train, held = sides()
    cast = dict.fromkeys(train.select_dtypes("float64"), "float32")
    assert only(audited(CODE, train.astype(cast), held.astype(cast))).measurement.value == 0.05
    # a difference that only float64 shows is one where both sides are float64
    assert (
        audited(CODE, train, held.assign(x0=held["x0"] * (1 + 1e-12)), target="y").worst() is None
    )


def test_large_whole_numbers_in_a_float_column_are_compared_as_floats():
    train, held = sides()
    train["x3"] = train["x3"].astype("int64") + 2**24 + 1
    held["x3"] = (held["x3"].astype("int64") + 2**24 + 1).astype("float32")
    assert only(audited(CODE, train, held, target="y")).measurement.value == 0.05
