"""DA116 unseen-categories: found where eval spells a place anew, silent where it is drawn alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mldebug.adapters.tables import tables
from tests.audits import audited, measured, only, reason
from tests.tables import Case, base, split

CODE = "DA116"
SIZES = (10_000, 20_000)
"""In fewer rows the dose D1 is no more eval rows than chance may put there."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give the share ``dose`` of the eval rows a category that train never showed."""
    case = twin(rng, n)
    assert case.eval is not None
    rows = np.sort(rng.choice(len(case.eval), round(dose * len(case.eval)), replace=False))
    renamed = case.eval["x2"].copy()
    renamed.iloc[rows] = "Amber (new)"
    held = case.eval.assign(x2=renamed)
    return replace(
        case,
        eval=held,
        subject={"column": "x2"},
        rows=tuple(rows.tolist()),
        rows_table="eval",
    )


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of one table."""
    train, held = split(base(rng, n), rng)
    return Case("unseen-categories", train, held, target="y")


def sides(extra: list[str | None]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """1,000 training rows in five cities, and 200 eval rows, of which the first are as told."""
    cities = ["Aachen", "Berlin", "Cottbus", "Dresden", "Essen"]
    train = pd.DataFrame({"city": cities * 200, "x": np.arange(1_000) / 7})
    held = pd.DataFrame({"city": cities * 40, "x": np.arange(200) / 7})
    held.loc[: len(extra) - 1, "city"] = extra
    return train, held


def test_the_count_and_the_rows_are_those_of_pandas():
    train, held = sides(["Bonn"] * 12 + ["Jena"] * 4 + [None] * 3)
    finding = only(audited(CODE, train, held))
    unseen = held["city"].notna() & ~held["city"].isin(train["city"])
    assert finding.measurement.value == unseen.mean()
    assert [item.row for item in finding.measurement.rows.items] == list(np.flatnonzero(unseen))
    assert finding.measurement.details["categories"] == "Bonn, Jena"
    assert finding.message == (
        "16 of 200 eval rows (8.0%) have a category of city that train lacks: Bonn, Jena"
    )


def test_a_category_that_chance_explains_does_not_count():
    train, held = sides(["Bonn"])
    told = measured(audited(CODE, train, held), column="city")
    assert (told.value, told.details["chance_unseen"], told.rows) == (0.0, 1, None)


def test_a_missing_cell_is_no_category_and_a_space_makes_one():
    train, held = sides([None] * 20)
    assert audited(CODE, train, held).worst() is None
    train, held = sides(["Berlin "] * 20)
    assert only(audited(CODE, train, held)).severity == "error"


def test_ten_categories_are_named_and_all_are_counted():
    train, held = sides([f"town {one:02d}" for one in range(12) for _ in range(10)])
    details = only(audited(CODE, train, held)).measurement.details
    assert details["n_categories"] == 12
    assert details["categories"] == ", ".join(f"town {one:02d}" for one in range(10))


def test_rows_are_named_in_the_file_after_a_split_by_fraction():
    frame = sides([])[0]
    held_out = tables(frame, 0.2).eval.positions
    frame.loc[held_out[:20], "city"] = "Bonn"
    rows = audited(CODE, frame, 0.2).rows(CODE)["eval"]
    assert sorted(rows) == sorted(held_out[:20])


def test_what_is_no_column_of_categories_is_left_out():
    train, held = sides(["Bonn"] * 20)
    code = [f"K-{one:05d}" for one in range(1_200)]
    train, held = train.assign(code=code[:1_000]), held.assign(code=code[1_000:])
    assert {one.subject["column"] for one in audited(CODE, train, held).measurements} == {"city"}
    told = reason(audited(CODE, train, held, target="city"), CODE)
    assert told == "train and eval share no column of categories"
    assert "share no column" in reason(audited(CODE, train[["x"]], held[["x"]]), CODE)
