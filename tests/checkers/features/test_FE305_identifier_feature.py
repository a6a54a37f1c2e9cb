"""FE305 identifier-feature: found where a column names the rows, silent where it says something."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from tests.audits import audited, by_column, only, state
from tests.tables import Case, base

CODE = "FE305"
DOSES = {"D1": 1.0}
"""Only some of the shapes have repeated values; in all of them each row may have its own."""

SHAPES = ("sequence", "monotone", "dense", "named", "token")
REPEATABLE = ("named", "token")
LETTERS = np.array(list("abcdefghjkmnpqrstuvwxyz"))


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Add a column that names the rows, the share ``dose`` of whose values are distinct."""
    case = twin(rng, n)
    shape = str(rng.choice(SHAPES if dose == 1 else REPEATABLE))
    column, values = naming(rng, n, dose, shape)
    frame = case.train.copy()
    frame.insert(int(rng.integers(0, 9)), column, values)
    return replace(case, train=frame, subject={"column": column})


def naming(rng: np.random.Generator, n: int, share: float, shape: str) -> tuple[str, Any]:
    """The name and the values of a column of this shape."""
    if shape == "sequence":
        return "line", np.arange(1, n + 1)
    if shape == "monotone":
        return "ticket", 40_000 + np.cumsum(rng.integers(1, 50, n))
    if shape == "dense":
        return "place", rng.permutation(2 * n)[:n] + 1_000
    count = round(share * n)
    of_row = rng.permutation(np.concatenate([np.arange(count), rng.integers(0, count, n - count)]))
    if shape == "named":
        return "customer_id", rng.choice(10**9, count, replace=False)[of_row]
    words = np.array(
        ["".join(rng.choice(LETTERS, 3)) + f"-{one:06d}" for one in range(count)], object
    )
    return "reference", words[of_row]


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table, in which measurements are nearly unique and name nothing."""
    return Case("identifier-feature", base(rng, n), target="y")


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_known_and_told(shape):
    column, values = naming(np.random.default_rng(0), 200, 1.0, shape)
    told = by_column(audited(CODE, pd.DataFrame({column: values, "x": np.arange(200) / 7})))
    assert told[column].value == 1.0
    assert told[column].details["shape"]
    assert (told["x"].value, told["x"].details["shape"]) == (0.0, "")


@pytest.mark.parametrize("shape", REPEATABLE)
def test_names_and_tokens_may_repeat_a_little(shape):
    rng = np.random.default_rng(1)
    column, values = naming(rng, 1_000, 0.95, shape)
    told = only(audited(CODE, pd.DataFrame({column: values}))).measurement
    ends = binomtest(950, 1_000).proportion_ci(method="wilson")
    assert (told.value, told.details["distinct"]) == (0.95, pd.Series(values).nunique())
    assert told.interval == pytest.approx((ends.low, ends.high), rel=1e-9)
    column, values = naming(rng, 1_000, 0.5, shape)
    assert audited(CODE, pd.DataFrame({column: values})).worst() is None


HONEST = {
    "measurements": np.random.default_rng(0).normal(size=200),
    "sorted measurements": np.arange(200) / 7,
    "whole numbers far apart": np.random.default_rng(0).integers(0, 10**6, 200),
    "sentences": [f"the {one} horses of {one + 1} farms ran away" for one in range(200)],
    "one name each": ["".join(chr(97 + one // 26**k % 26) for k in range(5)) for one in range(200)],
    "dates": pd.date_range("2024-01-01", periods=200),
    "counts": np.random.default_rng(0).poisson(5, 200),
}


@pytest.mark.parametrize("values", HONEST.values(), ids=list(HONEST))
def test_what_says_something_names_nothing(values):
    assert state(audited(CODE, pd.DataFrame({"x": values}))) == "passed"


def test_few_rows_are_not_enough_for_a_shape_but_for_a_count():
    frame = pd.DataFrame({"id": [9, 4, 7] * 5, "line": range(1, 16), "place": range(7, 37, 2)})
    told = by_column(audited(CODE, frame.assign(id=np.arange(15) * 7)))
    assert {name: one.value for name, one in told.items()} == {"id": 0.0, "line": 1.0, "place": 0.0}


def test_the_target_and_the_time_name_no_rows_and_what_the_user_named_does():
    frame = pd.DataFrame({"y": range(100), "hour": range(50, 150), "code": ["a", "b"] * 50})
    told = by_column(audited(CODE, frame, target="y", time="hour", id="code"))
    assert "y" not in told
    assert told["hour"].value == 0.0
    assert (told["code"].value, told["code"].details["shape"]) == (0.02, "you named it with --id")


def test_beyond_a_million_values_each_is_still_known_to_occur_once():
    rows = 1_050_000
    frame = pd.DataFrame(
        {"line": np.arange(rows, dtype=np.int32)[::-1], "other_id": np.arange(rows) * 9}
    )
    told = by_column(audited(CODE, frame))
    assert {name: one.value for name, one in told.items()} == {"line": 1.0, "other_id": 1.0}


@pytest.mark.parametrize("start", [2**53 + 1, 2**63 - 500, 2**64 - 999])
def test_ids_that_floats_confuse_are_known(start):
    rng = np.random.default_rng(2)
    rising = start + np.arange(200, dtype=np.uint64) * np.uint64(4)
    frame = pd.DataFrame(
        {"ticket": rising, "place": rng.permutation(start + np.arange(200, dtype=np.uint64))}
    )
    told = by_column(audited(CODE, frame.assign(account_id=rng.permutation(rising))))
    assert {name: one.value for name, one in told.items()} == {
        "ticket": 1.0,
        "place": 1.0,
        "account_id": 1.0,
    }
    assert told["ticket"].details["shape"] == "it only rises from row to row"
    assert told["place"].details["shape"] == "it numbers the rows in another order"


def test_a_column_without_a_name_is_known_by_what_it_holds(tmp_path):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": rng.normal(size=200), "y": np.arange(200) % 2})
    far_apart = pd.Index(rng.permutation(10**6)[:200])
    shapes = {}
    for name, index in {
        "rows": frame.index,
        "drawn": rng.permutation(200),
        "far": far_apart,
    }.items():
        frame.set_axis(index).to_csv(tmp_path / f"{name}.csv")
        told = by_column(audited(CODE, tmp_path / f"{name}.csv", target="y"))
        shapes[name] = told["(no name)"].details["shape"]
    assert shapes == {
        "rows": "it counts the rows",
        "drawn": "it numbers the rows in another order",
        "far": "",
    }


def test_decimals_that_a_stray_word_makes_text_of_name_no_rows():
    rng = np.random.default_rng(11)
    cells = [f"{value:.6f}" for value in rng.random(200)]
    cells[7] = "see below"
    frame = pd.DataFrame({"c": cells, "x": rng.normal(size=200)})
    assert not audited(CODE, frame).findings
