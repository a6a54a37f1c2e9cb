"""DA111 rare-class: found where a class has a handful of rows, silent where each has enough."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, reason
from tests.tables import Case, base, split

CODE = "DA111"
DOSES = {"D1": 1, "D2": 4}
"""Rows that the class is short of: at D1 in train, at D2 in eval."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Leave a third class ``dose`` rows short of ten: in eval if there are several, else in train."""
    frame = base(rng, n).assign(y=lambda one: np.where(one["y"] == 1, "yes", "no"))
    if dose < 2:
        rows = rng.choice(n, round(10 - dose), replace=False)
        frame.loc[rows, "y"] = "rare"
        return Case("rare-class", frame, target="y", subject={"class": "rare"})
    train, held = split(frame, rng)
    train.loc[rng.choice(len(train), 60, replace=False), "y"] = "rare"
    held.loc[rng.choice(len(held), round(10 - dose), replace=False), "y"] = "rare"
    return Case("rare-class", train, held, "y", subject={"class": "rare"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """Three classes, each with a third of the rows."""
    return Case("rare-class", base(rng, n, classes=3), target="y")


def told(counts, held=None, **options):
    """What is measured of each class, by its name."""
    frame = pd.DataFrame({"y": np.repeat(list(counts), list(counts.values()))})
    frame = frame.assign(x=np.arange(len(frame)) / 7)
    other = None
    if held is not None:
        other = pd.DataFrame({"y": np.repeat(list(held), list(held.values()))})
        other = other.assign(x=np.arange(len(other)) / 3)
    diagnosis = audited(CODE, frame, other, target="y", **options)
    by_class = {one.subject["class"]: one for one in diagnosis.measurements}
    return {one.subject["class"]: one.severity for one in diagnosis.findings}, by_class


def test_the_rows_that_are_missing():
    found, by_class = told({"a": 50, "b": 10, "c": 9, "d": 2})
    assert found == {"c": "warning", "d": "warning"}
    assert {name: one.value for name, one in by_class.items()} == {"a": 0, "b": 0, "c": 1, "d": 8}
    assert by_class["d"].details["where"] == "train"


def test_few_rows_in_eval_weigh_more_than_few_in_train():
    found, by_class = told({"a": 50, "b": 8, "c": 40}, {"a": 30, "b": 30, "c": 9})
    assert found == {"b": "warning", "c": "error"}
    assert by_class["c"].details["rows"] == 9
    found, by_class = told({"a": 50, "b": 40}, {"a": 30})
    assert found == {"b": "error"}
    assert by_class["b"].value == 10


def test_a_class_that_a_fold_lacks():
    found, by_class = told({"a": 500, "b": 30}, cv="folds:5")
    assert found == {"b": "error"}
    assert by_class["b"].details["where"] == "fold"
    assert told({"a": 500, "b": 30}, cv="stratified:5")[0] == {}
    assert told({"a": 500, "b": 30}, cv="each")[0] == {}
    assert told({"a": 500, "b": 4}, cv="stratified:5")[0] == {"b": "error"}


def test_a_number_has_no_classes():
    frame = base(np.random.default_rng(0), 100, task="regression")
    assert "no classes" in reason(audited(CODE, frame, target="y"), CODE)


@pytest.mark.parametrize("held", [None, 0.3])
def test_the_message_names_the_class(held):
    frame = base(np.random.default_rng(0), 400).assign(y=lambda one: one["y"].astype(str))
    frame.loc[:4, "y"] = "odd one"
    messages = [one.message for one in audited(CODE, frame, held, target="y").findings]
    assert any(one.startswith("Class odd one has ") for one in messages)
