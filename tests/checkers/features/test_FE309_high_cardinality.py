"""FE309 high-cardinality: found where most categories are rare, silent where few are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, by_column, measured, only, reason
from tests.tables import Case, base, names_of_places

CODE = "FE309"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give the share ``dose`` of the rows a category of 1 to 6 rows."""
    case = twin(rng, n)
    rare = round(dose * n)
    sizes = rng.integers(1, 7, rare)
    sizes = sizes[: np.searchsorted(np.cumsum(sizes), rare) + 1]
    sizes[-1] -= sizes.sum() - rare
    names = np.array(names_of_places(rng, len(sizes)), object)
    towns = case.train["x2"].to_numpy(object).copy()
    towns[rng.choice(n, rare, replace=False)] = np.repeat(names, sizes)
    return replace(case, train=case.train.assign(x2=towns), subject={"column": "x2"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with a category whose levels have at least 30 rows each."""
    return Case("high-cardinality", base(rng, n), target="y")


def test_the_share_is_that_of_pandas():
    rng = np.random.default_rng(0)
    towns = pd.Series(rng.zipf(1.4, 3_000)).clip(upper=5_000).astype(str).add(" Street")
    frame = base(rng, 3_000).assign(town=towns.where(rng.random(3_000) > 0.1))
    told = by_column(audited(CODE, frame, target="y"))["town"]
    held = frame["town"].map(frame["town"].value_counts()).dropna()
    assert told.value == pytest.approx((held < 10).mean(), rel=1e-11)
    assert told.n == frame["town"].notna().sum()
    assert told.details["categories"] == frame["town"].nunique()
    assert told.details["rare_rows"] == (held < 10).sum()


def test_nine_rows_are_few_and_ten_are_enough():
    for rows, share in ((9, 1.0), (10, 0.0)):
        frame = pd.DataFrame({"c": np.repeat([f"level {one}x" for one in "abcdefgh"], rows)})
        assert measured(audited(CODE, frame), column="c").value == share


def test_ids_text_groups_and_the_target_are_exempt():
    rng = np.random.default_rng(1)
    frame = base(rng, 300)
    words = names_of_places(rng, 300)
    frame["key"] = [f"{word}{row:04d}" for row, word in enumerate(words)]
    frame["comment"] = [" ".join(rng.choice(words, 8)) for _ in range(300)]
    frame["who"] = [words[row // 3] for row in range(300)]
    frame["answer"] = [words[row // 5] for row in range(300)]
    told = by_column(audited(CODE, frame, target="answer", groups="who"))
    assert set(told) == {"x2"}
    assert set(by_column(audited(CODE, frame, target="y"))) == {"x2", "who", "answer"}


def test_names_of_people_are_rare_categories_and_the_figure_shows_it():
    frame = base(np.random.default_rng(2), 400)
    frame["name"] = names_of_places(np.random.default_rng(3), 400)
    finding = only(audited(CODE, frame, target="y"))
    assert finding.measurement.value == 1
    assert "400 of 400 rows hold a category of name" in finding.message
    shares = [one["value"] for one in finding.measurement.figure["items"]]
    assert shares == [1, 0, 0, 0]


def test_without_categories_it_is_not_checked():
    diagnosis = audited(CODE, pd.DataFrame({"x": np.arange(60) / 7}))
    assert reason(diagnosis, CODE) == "no feature holds categories"


def test_of_a_handful_of_rows_every_category_is_rare():
    frame = pd.DataFrame({"group": ["control", "first", "second"] * 8, "x": np.arange(24) / 7})
    assert reason(audited(CODE, frame), CODE) == "in fewer than 50 rows every category is rare"
