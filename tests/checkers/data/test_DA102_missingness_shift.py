"""DA102 missingness-shift: found where cells of eval were emptied, silent where both are alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, by_column, only, reason
from tests.tables import Case, base, split, with_gaps

CODE = "DA102"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Empty cells of one column, on one side, so that the missing shares differ by ``dose``."""
    case = twin(rng, n)
    assert case.eval is not None
    column = str(rng.choice(["x0", "x1", "x2", "x4"]))
    sides = {"train": case.train, "eval": case.eval}
    side = str(rng.choice(["train", "eval"]))
    emptied = with_gaps(rng, sides[side][column], dose)
    sides[side] = sides[side].assign(**{column: emptied})
    return replace(case, **sides, subject={"column": column})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of one table, in which 3 % of one column are missing."""
    return Case("missingness-shift", *split(base(rng, n), rng), target="y")


def sides(n: int = 2_000, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    return split(base(rng, n), rng)


def test_the_differences_are_those_that_pandas_counts():
    train, held = sides()
    held.loc[:99, "x2"] = None
    held.loc[:9, "x0"] = np.nan
    train["when"] = pd.date_range("2024-01-01", periods=len(train))
    held["when"] = pd.Series(pd.date_range("2024-01-01", periods=len(held))).where(held.index > 49)
    told = by_column(audited(CODE, train, held, target="y"))
    wanted = (held.isna().mean() - train.isna().mean()).abs().drop("y")
    assert set(told) == set(wanted.index)
    for name, one in told.items():
        assert one.value == pytest.approx(wanted[name], abs=1e-12)
        assert one.details["train_share"] == pytest.approx(train[name].isna().mean())
        assert one.details["eval_share"] == pytest.approx(held[name].isna().mean())
        assert one.interval[0] <= one.value <= one.interval[1]


def test_both_directions_are_found_and_told():
    train, held = sides()
    train.loc[:299, "x0"] = np.nan
    finding = only(audited(CODE, train, held, target="y"))
    assert finding.severity == "warning"
    assert finding.message == (
        "x0 is missing in 0.0% of the evaluation rows, but in 20.0% of the training rows"
    )
    assert finding.measurement.figure["items"][0] == {"label": "x0", "train": 0.2, "eval": 0.0}
    assert finding.measurement.figure["title"] == "Less of x0 is missing in eval than in train"


def test_a_column_that_eval_lacks_entirely_is_an_error():
    train, held = sides()
    finding = only(audited(CODE, train, held.assign(x1=np.nan), target="y"))
    assert (finding.severity, finding.measurement.value) == ("error", 1.0)


def test_the_target_and_what_cannot_be_read_are_left_out():
    train, held = sides(400)
    train, held = (one.assign(nested=[[1]] * len(one)) for one in (train, held))
    held = held.assign(y=np.where(held.index < 50, np.nan, held["y"]))
    assert set(by_column(audited(CODE, train, held, target="y"))) == {f"x{one}" for one in range(8)}


def test_one_of_many_columns_is_not_found_by_its_luck():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(800, 120))).add_prefix("x")
    frame = frame.mask(rng.random(frame.shape) < 0.3)
    assert audited(CODE, *split(frame, rng)).worst() is None


def test_nothing_to_compare_is_said():
    train = pd.DataFrame({"a": [1.0, 2.0] * 20})
    told = reason(audited(CODE, train, pd.DataFrame({"b": [1.0, 2.0] * 20})), CODE)
    assert told == "train and eval share no column whose missing cells could be counted"
