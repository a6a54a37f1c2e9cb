"""DA122 training-serving-skew: found where a cell changed under its key, silent where none did."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, by_column, only, reason
from tests.tables import Case, base

CODE = "DA122"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Change the share ``dose`` of one column's cells in eval; rows are named."""
    case = twin(rng, n)
    assert case.eval is not None
    column = str(rng.choice(["x0", "x1", "x2", "x4", "x6"]))
    both = np.flatnonzero(case.eval["key"].isin(case.train["key"]))
    rows = np.sort(rng.choice(both, max(round(dose * len(both)), 1), replace=False))
    values = case.eval[column].copy()
    if not pd.api.types.is_numeric_dtype(values):
        values.iloc[rows] = [f"{one} (new)" for one in values.iloc[rows]]
    else:
        values.iloc[rows] = values.iloc[rows].fillna(1.0) * 1.01 + 0.01
    return replace(
        case,
        eval=case.eval.assign(**{column: values}),
        subject={"column": column},
        rows=tuple(int(one) for one in rows),
        rows_table="eval",
    )


def twin(rng: np.random.Generator, n: int) -> Case:
    """Eval has rows of train as they were served: in another order, in float32, and new ones."""
    frame = base(rng, round(0.6 * n))
    keys = rng.choice(10 * n, len(frame), replace=False)
    frame.insert(0, "key", keys if rng.random() < 0.5 else [f"k{one}" for one in keys])
    train = frame.iloc[: round(0.9 * len(frame))]
    held = frame.iloc[rng.permutation(len(frame))[: n - len(train)]]
    floats = held.select_dtypes("float").columns
    held = held.astype(dict.fromkeys(floats, "float32")) if rng.random() < 0.5 else held
    return Case(
        "training-serving-skew",
        train.reset_index(drop=True),
        held.reset_index(drop=True),
        target="y",
        options={"id": "key"},
    )


def sides(n: int = 300) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    frame = base(rng, n).assign(key=[f"k{one:04}" for one in range(n)])
    frame["when"] = pd.date_range("2024-01-01", periods=n)
    return frame, frame.sample(frac=0.5, random_state=1).reset_index(drop=True)


def test_the_counts_are_those_that_pandas_merges():
    train, held = sides()
    rng = np.random.default_rng(3)
    held.loc[rng.random(len(held)) < 0.1, "x0"] += 1
    held.loc[rng.random(len(held)) < 0.05, "x2"] = "other"
    held.loc[rng.random(len(held)) < 0.05, "x1"] = np.nan
    held.loc[rng.random(len(held)) < 0.05, "x5"] = ~held["x5"]
    held.loc[3:8, "when"] += pd.Timedelta("1h")
    told = by_column(audited(CODE, train, held, target="y", id="key"))
    both = train.merge(held, on="key", suffixes=("", "_eval"))
    assert set(told) == {*(f"x{one}" for one in range(8)), "when"}
    for name, one in told.items():
        mine, theirs = both[name], both[f"{name}_eval"]
        wanted = ~((mine == theirs) | (mine.isna() & theirs.isna()))
        assert one.details["differing"] == wanted.sum()
        assert one.value == pytest.approx(wanted.mean())
        assert one.n == len(held)
    cells = sum(one.details["differing"] for one in told.values())
    assert told["x3"].details["overall"] == pytest.approx(cells / (len(held) * len(told)))


def test_rows_are_named_with_their_match():
    train, held = sides()
    held.loc[[4, 9], "x0"] += 1
    finding = only(audited(CODE, train, held, target="y", id="key"))
    items = finding.measurement.rows.items
    assert [(one.table, one.row) for one in items] == [("eval", 4), ("eval", 9)]
    for one in items:
        assert one.match[0] == "train"
        assert train["key"][one.match[1]] == held["key"][one.row]
    assert finding.message == (
        "x0 differs between train and eval for 2 of the 150 rows (1.3%) that have the same key"
    )
    shown = finding.measurement.figure["rows"]
    assert shown[0] == [held["key"][4], train["x0"][items[0].match[1]], held["x0"][4]]


def test_float32_and_rounding_errors_are_no_difference():
    train, held = sides()
    there = held.assign(x0=held["x0"].astype("float32"), x1=held["x1"] * (1 + 1e-9))
    assert audited(CODE, train, there, target="y", id="key").worst() is None
    assert audited(CODE, train, held.assign(x1=held["x1"] * 1.001), target="y", id="key").worst()


def test_keys_that_repeat_are_left_out_and_counted():
    train, held = sides()
    held.loc[0, "x0"] += 1
    twice = pd.concat([train, train[train["key"] == held["key"][0]]], ignore_index=True)
    told = by_column(audited(CODE, twice, held, target="y", id="key"))["x0"]
    assert (told.value, told.n, told.details["repeated"]) == (0.0, len(held) - 1, 1)


def test_a_later_event_of_the_same_key_is_another_row():
    train, held = sides()
    held = held.assign(x0=held["x0"] + 1, when=held["when"] + pd.Timedelta("30D"))
    told = reason(audited(CODE, train, held, target="y", id="key", time="when"), CODE)
    assert told == "no value of 'key' has one 'when' in train and eval"
    assert audited(CODE, train, held, target="y", id="key").worst() == "error"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ([f"n{one}" for one in range(150)], "train and eval share no value of 'key'"),
        (
            ["k0001", "k0002"] * 75,
            "every value of 'key' that train and eval share repeats within one of them",
        ),
    ],
)
def test_keys_that_do_not_match_are_said(keys, told):
    train, held = sides()
    assert reason(audited(CODE, train, held.assign(key=keys), target="y", id="key"), CODE) == told


def test_without_keys_the_option_is_named():
    outcome = audited(CODE, *sides(), target="y").outcomes[CODE]
    assert (outcome.state, outcome.missing) == ("not_checked", ("--id",))


def test_large_whole_keys_are_told_apart():
    train, held = sides()
    here = train.assign(key=2**60 + np.arange(len(train)))
    place = held["key"].str[1:].astype(int)
    there = held.assign(key=2**60 + place)
    assert audited(CODE, here, there, target="y", id="key").worst() is None
    assert by_column(audited(CODE, here, there, target="y", id="key"))["x0"].n == len(held)
