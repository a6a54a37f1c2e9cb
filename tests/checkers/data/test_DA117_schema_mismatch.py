"""DA117 schema-mismatch: found where eval's columns were changed, silent where they are train's."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, only
from tests.tables import Case, base, split

CODE = "DA117"
DOSES = {"D1": 1, "D2": 2}
"""Numbers of columns. One is changed in any of the four ways, two in a way that is an error."""

WARNINGS, ERRORS = ("extra", "reordered"), ("missing", "retyped")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Change ``dose`` columns of eval: left out, stored as text, added or moved."""
    case = twin(rng, n)
    assert case.eval is not None
    change = str(rng.choice(ERRORS if dose > 1 else WARNINGS + ERRORS))
    numeric = [name for name in case.eval if name not in ("x2", "x5", "y")]
    columns = [str(name) for name in rng.permutation(numeric)[: round(dose)]]
    held, columns = changed(case.eval, change, columns)
    return replace(case, eval=held, subject={"columns": tuple(columns)})


def changed(frame: pd.DataFrame, change: str, columns: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """The frame with these columns changed, and the columns that the change is about."""
    if change == "missing":
        return frame.drop(columns=columns), columns
    if change == "retyped":
        return frame.assign(**{name: frame[name].astype(str) for name in columns}), columns
    if change == "extra":
        added = [f"{name}_again" for name in columns]
        return frame.assign(
            **{new: frame[old] for new, old in zip(added, columns, strict=True)}
        ), added
    places = list(frame)
    for name in columns:
        there = places.index(name)
        places.remove(name)
        # At least two places on, or one could as well say that a neighbour moved.
        places.insert((there + len(places) // 2) % len(places), name)
    return frame[places], columns


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of one table."""
    train, held = split(base(rng, n), rng)
    return Case("schema-mismatch", train, held, target="y")


def sides() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    return split(base(rng, 80), rng)


@pytest.mark.parametrize("change", [*WARNINGS, *ERRORS])
def test_each_change_has_its_severity_and_its_words(change):
    train, held = sides()
    held, columns = changed(held, change, ["x3"])
    finding = only(audited(CODE, train, held, target="y"))
    assert finding.severity == ("error" if change in ERRORS else "warning")
    assert finding.measurement.details["change"] == change
    assert finding.message.endswith(f": {columns[0]}")
    assert "1 column" in finding.message


def test_several_changes_are_several_findings():
    train, held = sides()
    held = held.drop(columns="x0").assign(more=1.0, x1=held["x1"].astype(str))
    found = {one.measurement.details["change"]: one for one in audited(CODE, train, held).findings}
    assert {name: one.subject["columns"] for name, one in found.items()} == {
        "missing": ("x0",),
        "extra": ("more",),
        "retyped": ("x1",),
    }


def test_eval_may_lack_the_target():
    train, held = sides()
    assert audited(CODE, train, held.drop(columns="y"), target="y").worst() is None
    assert audited(CODE, train, held.drop(columns="y")).worst() == "error"


SAME_SORT = {
    "a boolean with a gap": lambda one: one.assign(
        x5=one["x5"].astype(object).where(one.index > 0)
    ),
    "numbers as objects": lambda one: one.assign(x3=one["x3"].astype(object)),
    "numbers with a gap": lambda one: one.assign(x3=one["x3"].where(one.index > 0)),
    "nullable numbers": lambda one: one.assign(x3=one["x3"].astype("Int16")),
    "categories": lambda one: one.assign(x2=one["x2"].astype("category")),
    "text as objects": lambda one: one.assign(x2=one["x2"].astype(object)),
    "nothing at all": lambda one: one.assign(x2=None),
    "another index": lambda one: one.set_index(one.index + 7),
    "whole numbers as categories": lambda one: one.assign(x3=one["x3"].astype("category")),
    "booleans as categories": lambda one: one.assign(x5=one["x5"].astype("category")),
}


@pytest.mark.parametrize("change", SAME_SORT.values(), ids=list(SAME_SORT))
def test_another_way_of_storing_the_same_sort_is_no_mismatch(change):
    train, held = sides()
    assert audited(CODE, train, change(held), target="y").worst() is None
    assert audited(CODE, change(held), train, target="y").worst() is None


OTHER_SORT = {
    "text for numbers": lambda one: one.assign(x3="many"),
    "digits as text": lambda one: one.assign(x3=one["x3"].astype(str)),
    "numbers for text": lambda one: one.assign(x2=range(len(one))),
    "dates": lambda one: one.assign(x0=pd.Timestamp("2024-01-01")),
    "lists": lambda one: one.assign(x3=[[1]] * len(one)),
    "intervals": lambda one: one.assign(x3=pd.interval_range(0, len(one))),
    "digits as categories": lambda one: one.assign(x3=one["x3"].astype(str).astype("category")),
    "numbers as categories for text": lambda one: one.assign(
        x2=pd.Categorical(np.arange(len(one)) % 3)
    ),
}


@pytest.mark.parametrize("change", OTHER_SORT.values(), ids=list(OTHER_SORT))
def test_another_sort_of_value_is_an_error(change):
    train, held = sides()
    finding = only(audited(CODE, train, change(held), target="y"))
    assert (finding.measurement.details["change"], finding.severity) == ("retyped", "error")
    back = only(audited(CODE, change(held), train, target="y"))
    assert back.measurement.details["change"] == "retyped"


def test_the_moved_columns_are_the_fewest_that_explain_the_order():
    rng = np.random.default_rng(1)
    names = list("abcdef")
    train = pd.DataFrame([range(6)], columns=names)
    for _ in range(20):
        order = [str(name) for name in rng.permutation(names)]
        longest = max(
            size
            for size in range(1, 7)
            if any(list(one) == sorted(one) for one in combinations(order, size))
        )
        diagnosis = audited(CODE, train, train[order])
        assert sum(one.value for one in diagnosis.measurements) == 6 - longest


def test_ten_names_are_shown_and_all_are_counted():
    train = pd.DataFrame([range(14)], columns=[f"c{one:02d}" for one in range(14)])
    finding = only(audited(CODE, train, train[["c00", "c01"]]))
    assert finding.measurement.value == 12
    assert finding.message.startswith("Eval lacks 12 columns that train has: c02, c03")
    assert finding.message.endswith("c11 and 2 more")
