"""LK403 shared-groups: found where a group lies on both sides, silent where it is split whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, measured, only, reason
from tests.tables import Case, base

CODE = "LK403"
BIOPSY = Path(__file__).resolve().parents[4] / "shared/cases/leakage/data/MASS_biopsy.csv"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give the share ``dose`` of the eval rows to groups of train."""
    case = twin(rng, n)
    assert case.eval is not None
    held = case.eval.copy()
    rows = np.sort(rng.choice(len(held), max(1, round(dose * len(held))), replace=False))
    held.loc[rows, "clinic"] = rng.choice(case.train["clinic"].dropna().to_numpy(), len(rows))
    return replace(case, eval=held, rows=tuple(rows.tolist()), rows_table="eval")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A table split by group: numbers, words or codes name the groups, and some rows have none."""
    group = rng.integers(0, max(8, n // 25), n)
    held_out = np.unique(group)[rng.permutation(len(np.unique(group)))][: max(2, n // 100)]
    made = rng.integers(3)
    names = group * 7.0 if made == 0 else pd.Series([f"clinic {one:03d}" for one in group])
    frame = base(rng, n).assign(clinic=pd.Series(names).mask(rng.random(n) < 0.02))
    if made == 2:
        frame["clinic"] = frame["clinic"].astype("category")
    inside = np.isin(group, held_out)
    train, held = (frame[rows].reset_index(drop=True) for rows in (~inside, inside))
    return Case(
        "shared-groups",
        train,
        held.astype({"clinic": object}) if made == 2 else held,
        target="y",
        options={"groups": "clinic"},
        subject={"column": "clinic"},
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_rows_are_those_that_pandas_joins(seed):
    case = plant(np.random.default_rng(seed), 600, 0.2)
    told = only(audited(CODE, **case.audit_arguments()))
    inside = case.eval["clinic"].isin(case.train["clinic"].dropna()) & case.eval["clinic"].notna()
    assert told.measurement.details["shared"] == inside.sum()
    assert told.measurement.details["groups"] == case.eval.loc[inside, "clinic"].nunique()
    assert told.measurement.details["eval_groups"] == case.eval["clinic"].nunique()
    assert (
        sorted(item.row for item in told.measurement.rows.items) == np.flatnonzero(inside).tolist()
    )
    for item in told.measurement.rows.items:
        assert case.eval["clinic"][item.row] == case.train["clinic"][item.match[1]]
    assert told.severity == "error"


def test_rows_and_matches_are_named_in_the_file_after_a_split_by_fraction():
    rng = np.random.default_rng(0)
    frame = base(rng, 300).assign(person=rng.integers(0, 150, 300))
    sides = tables(frame, 0.25, target="y")
    ours, theirs = sides.train.positions, sides.eval.positions
    wanted = [row for row in theirs if frame["person"][row] in set(frame["person"][ours])]
    items = only(audited(CODE, frame, 0.25, target="y", groups="person")).measurement.rows.items
    assert sorted(item.row for item in items) == sorted(wanted)
    for item in items:
        assert item.match[1] in ours
        assert frame["person"][item.row] == frame["person"][item.match[1]]


def test_a_row_without_a_group_shares_none():
    frame = base(np.random.default_rng(1), 100).assign(group=[None, *range(99)])
    held = frame.iloc[:1]
    assert measured(audited(CODE, frame, held, groups="group"), column="group").value == 0


def test_large_numbers_are_told_apart():
    frame = pd.DataFrame({"x": np.arange(40.0) % 7, "g": 2**60 + np.arange(40)})
    held = frame.assign(g=frame["g"] + 100)
    assert measured(audited(CODE, frame, held, groups="g"), column="g").value == 0


def test_why_it_is_not_checked():
    frame = base(np.random.default_rng(1), 100).assign(g=range(100), empty=None)
    told = audited(CODE, frame, frame)
    assert told.outcomes[CODE].missing == ("--groups",)
    told = audited(CODE, frame, frame.drop(columns="g"), groups="g")
    assert reason(told, CODE) == "eval has no column 'g', which names the groups"
    told = audited(CODE, frame, frame, groups="empty")
    assert reason(told, CODE) == "'empty', which names the groups, has no values to compare"


@pytest.mark.skipif(not BIOPSY.exists(), reason="the real cases are not here")
def test_the_patients_of_biopsy_lie_on_both_sides_of_a_random_split():
    told = only(audited(CODE, BIOPSY, 0.3, target="class", groups="ID"))
    frame = pd.read_csv(BIOPSY)
    sides = tables(BIOPSY, 0.3, target="class")
    ours = set(frame["ID"].iloc[sides.train.positions])
    assert told.measurement.details["shared"] == sum(
        one in ours for one in frame["ID"].iloc[sides.eval.positions]
    )
    assert told.measurement.value > 0.05
