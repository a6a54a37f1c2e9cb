"""LB206 confused-classes: found where one class is labelled as another, not where all are alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

from tests.audits import audited, only, reason, state
from tests.tables import Case, base

CODE = "LB206"
SIZES = (2_000, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Label the share ``dose`` of one class as one other."""
    case = twin(rng, n)
    y = case.train["y"].to_numpy()
    true, other = rng.choice(int(y.max()) + 1, 2, replace=False)
    members = np.flatnonzero(y == true)
    rows = rng.choice(members, max(1, round(dose * len(members))), replace=False)
    wrong = y.copy()
    wrong[rows] = other
    return replace(
        case,
        train=case.train.assign(y=wrong),
        subject={"class": str(true)},
        rows=tuple(sorted(rows.tolist())),
    )


def twin(rng: np.random.Generator, n: int) -> Case:
    """A table of two or three classes, most of which the features decide."""
    frame = base(rng, n, classes=int(rng.integers(2, 4)), strength=12.0)
    return Case("confused-classes", frame, target="y")


def digits(**labels):
    frame = load_digits(as_frame=True).frame.rename(columns={"target": "y"})
    return frame.assign(**labels)


def test_the_class_its_label_and_the_rows_are_named():
    y = digits()["y"].to_numpy()
    rows = np.random.default_rng(0).choice(np.flatnonzero(y == 4), 54, replace=False)
    wrong = y.copy()
    wrong[rows] = 9
    diagnosis = audited(CODE, digits(y=wrong), target="y")
    told = only(diagnosis).measurement
    assert dict(told.subject) == {"class": "4"}
    assert told.details["labelled"] == "9"
    assert told.interval[0] <= 54 / (y == 4).sum() <= told.interval[1]
    named = diagnosis.rows(CODE)["train"]
    assert len(set(named) & set(rows)) >= max(0.9 * len(named), 0.75 * len(rows))
    assert only(diagnosis).severity in ("warning", "error")
    assert "of class 4 are labelled 9" in only(diagnosis).message
    assert [row[1:3] for row in told.figure["rows"]] == [["9", "4"]] * 20


def test_a_class_that_the_other_is_not_confused_with_in_turn_is_found_among_two():
    frame = base(np.random.default_rng(5), 1_500, strength=12.0)
    ones = np.flatnonzero(frame["y"] == 1)
    frame.loc[np.random.default_rng(5).choice(ones, len(ones) // 4, replace=False), "y"] = 0
    assert dict(only(audited(CODE, frame, target="y")).measurement.subject) == {"class": "1"}


@pytest.mark.parametrize("classes", [2, 4])
def test_labels_exchanged_alike_between_all_classes_stand_nowhere_out(classes):
    frame = base(np.random.default_rng(6), 2_000, classes=classes, strength=12.0)
    rng = np.random.default_rng(7)
    rows = rng.choice(2_000, 300, replace=False)
    steps = rng.integers(1, classes, 300)
    frame.loc[rows, "y"] = (frame.loc[rows, "y"].to_numpy() + steps) % classes
    assert audited("LB201", frame, target="y").findings
    assert not audited(CODE, frame, target="y").findings


@pytest.mark.parametrize("strength", [0.0, 0.8, 1.5, 4.0])
def test_classes_that_are_hard_to_tell_apart_are_not_confused(strength):
    for classes in (2, 4):
        frame = base(np.random.default_rng(classes), 1_000, classes=classes, strength=strength)
        assert not audited(CODE, frame, target="y").findings


def test_where_the_features_decide_too_little_it_says_so():
    diagnosis = audited(CODE, base(np.random.default_rng(3), 300, strength=0.8), target="y")
    assert state(diagnosis) == "inconclusive"
    assert "too few rows" in diagnosis.outcomes[CODE].reason


def test_a_class_without_a_row_in_train_is_not_measured():
    frame = base(np.random.default_rng(1), 300, classes=3, strength=12.0)
    frame["y"] = pd.Categorical(frame["y"].map(str), categories=["0", "1", "2", "none"])
    told = {one.subject["class"] for one in audited(CODE, frame, target="y").measurements}
    assert told == {"0", "1", "2"}


def test_numbers_have_no_classes():
    frame = base(np.random.default_rng(0), 100, task="regression")
    assert "is a number" in reason(audited(CODE, frame, target="y"), CODE)
