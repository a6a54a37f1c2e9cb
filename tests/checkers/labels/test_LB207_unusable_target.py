"""LB207 unusable-target: found where the target was spoilt, silent where it is sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.audits import audited, measured, only, state
from tests.clean_tables import perfect_feature
from tests.tables import Case, base, split, with_gaps

CODE = "LB207"
DOSES = {"D1": 0.005, "D2": 1.0}
"""Shares of rows. Some rows, or the way of storing, are a warning; all rows are an error."""

WARNINGS, ERRORS = ("missing", "unexpected", "decimal"), ("constant", "copied")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Spoil the target of the share ``dose`` of the rows, in one of the five ways."""
    case = twin(rng, n)
    return spoilt(rng, case, str(rng.choice(ERRORS if dose == 1 else WARNINGS)), dose)


def spoilt(rng: np.random.Generator, case: Case, fault: str, dose: float) -> Case:
    """The case with this fault; a target stored as decimals is so in every row."""
    train, held = case.train, case.eval
    assert held is not None
    subject = {"column": "y"}
    if fault == "missing":
        share = max(dose, 1 / len(train))
        train = train.assign(y=with_gaps(rng, train["y"].astype(float), share))
    elif fault == "decimal":
        train = train.assign(y=train["y"].astype(float))
        held = held.assign(y=held["y"].astype(float))
    elif fault == "unexpected":
        rows = rng.choice(len(held), max(1, round(dose * len(held))), replace=False)
        held = held.assign(y=np.where(np.isin(np.arange(len(held)), rows), 7, held["y"]))
        subject = {"table": "eval", "column": "y"}
    elif fault == "constant":
        train, held = train.assign(y=1), held.assign(y=1)
    else:
        train, held = train.assign(outcome=train["y"]), held.assign(outcome=held["y"])
        subject = {"column": "outcome"}
    return replace(case, train=train, eval=held, subject=subject)


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of an honest table with whole numbers for classes."""
    train, held = split(base(rng, n), rng)
    return Case("unusable-target", train, held, target="y")


@pytest.mark.parametrize("fault", [*WARNINGS, *ERRORS])
def test_each_fault_has_its_severity_its_subject_and_its_words(fault):
    rng = np.random.default_rng(0)
    case = spoilt(rng, twin(rng, 400), fault, 0.05)
    finding = only(audited(CODE, case.train, case.eval, target="y"))
    assert finding.measurement.details["fault"] == fault
    assert finding.severity == ("error" if fault in ERRORS else "warning")
    assert dict(finding.subject) == case.subject
    words = {
        "missing": "y is missing in 15 of 300 rows",
        "unexpected": "y has classes in 5 eval rows that train lacks: 7",
        "decimal": "y holds classes, but is stored as decimal numbers (float64)",
        "constant": "y is 1 in every row, so there is nothing to learn",
        "copied": "y stands among the features too, as outcome",
    }
    assert finding.message == words[fault]


def test_the_shares_are_those_that_pandas_counts():
    train, held = split(base(np.random.default_rng(1), 200), np.random.default_rng(1))
    train = train.assign(y=train["y"].where(train.index % 10 > 0))
    held = held.assign(y=held["y"].where(held.index % 5 > 0, 8))
    diagnosis = audited(CODE, train, held, target="y")
    assert measured(diagnosis, column="y").value == train["y"].isna().mean()
    assert measured(diagnosis, table="eval", column="y").value == (held["y"] == 8).mean()


COPIES = {
    "booleans": (lambda y: y == 1, lambda y: y == 1),
    "words": (lambda y: y.map({0: "ham", 1: "spam"}), lambda y: y.map({0: "ham", 1: "spam"})),
    "decimals of whole numbers": (lambda y: y, lambda y: y.astype(float)),
    "digits as text": (lambda y: y, lambda y: y.astype(str)),
    "categories": (lambda y: y.astype("category"), lambda y: y),
    "with gaps": (lambda y: y.where(y.index > 4), lambda y: y.where(y.index > 4)),
    "booleans as whole numbers": (lambda y: y == 1, lambda y: y),
    "whole numbers as booleans": (lambda y: y, lambda y: y == 1),
    "whole numbers as yes and no": (lambda y: y, lambda y: y.map({0: "no", 1: "Yes "})),
    "booleans as letters": (lambda y: y == 1, lambda y: y.map({0: "F", 1: "T"})),
    "yes and no as signs": (lambda y: y.map({0: "no", 1: "yes"}), lambda y: 2 * y - 1),
    "truths with gaps": (
        lambda y: (y == 1).astype(object).where(y.index > 4, None),
        lambda y: y.where(y.index > 4),
    ),
}


@pytest.mark.parametrize(("target", "copy"), COPIES.values(), ids=list(COPIES))
def test_a_copy_of_classes_is_found_however_it_is_stored(target, copy):
    frame = base(np.random.default_rng(2), 5_000)
    frame = frame.assign(label=copy(frame["y"]), y=target(frame["y"]))
    found = {one.subject.label: one for one in audited(CODE, frame, target="y").findings}
    assert found["label"].severity == "error"


YES = {0: "no", 1: "yes"}
NO_COPIES = {
    "one other cell": lambda y: y.where(y.index != 4_999, 1 - y),
    "one other cell of yes and no": lambda y: y.where(y.index != 4_999, 1 - y).map(YES),
    "one cell more that is missing": lambda y: y.where(y.index != 4_999).map(YES),
    "another that is missing": lambda y: y.where(y.index != 5).map(YES),
    "the opposite": lambda y: 1 - y,
    "other names": lambda y: y.map({0: "ham", 1: "spam"}),
    "two values for one": lambda y: y.where((y == 1) | (y.index % 2 > 0), -1),
    "two spellings of one": lambda y: y.map(YES).where(y.index % 2 > 0, y.map({0: "n", 1: "y"})),
}


@pytest.mark.parametrize("change", NO_COPIES.values(), ids=list(NO_COPIES))
@pytest.mark.parametrize("booleans", [False, True])
def test_one_other_cell_or_other_values_make_no_copy(change, booleans):
    frame = base(np.random.default_rng(2), 5_000)
    frame["label"] = change(frame["y"])
    frame["y"] = frame["y"] == 1 if booleans else frame["y"]
    assert audited(CODE, frame, target="y").worst() is None


def test_an_honest_feature_that_decides_the_target_is_no_copy():
    for seed in range(3):
        case = perfect_feature(np.random.default_rng(seed), 0)
        decided = case.train.assign(above=np.where(case.train["y"] == 1, "high", "low"))
        assert audited(CODE, case.train, target="y").worst() is None
        assert audited(CODE, decided, target="y").worst() is None


def test_numbers_with_gaps_are_copied_too():
    frame = base(np.random.default_rng(3), 100, task="regression")
    frame["y"] = frame["y"].where(frame.index > 3)
    diagnosis = audited(CODE, frame.assign(copy=frame["y"], other=frame["y"].fillna(0)), target="y")
    assert {one.subject.label: one.severity for one in diagnosis.findings} == {
        "y": "warning",
        "copy": "error",
    }


def test_a_sound_target_passes_and_so_does_one_of_decimal_numbers():
    frame = base(np.random.default_rng(4), 100, task="regression")
    assert state(audited(CODE, frame, 0.3, target="y")) == "passed"
    assert state(audited(CODE, base(np.random.default_rng(4), 100), 0.3, target="y")) == "passed"


def cells(**changed):
    """A hundred distinct numbers, but for those at places 0 to 2 (first) and 3 to 4 (then)."""
    values = np.linspace(1, 2, 100)
    values[:3], values[3:5] = changed.get("first", 1.5), changed.get("then", 1.25)
    return values


SAID = {
    "y is infinite in 3 of 100 rows": ("infinite", cells(first=np.inf)),
    "y is infinite in 5 of 100 rows": ("infinite", cells(first=np.inf, then=-np.inf)),
    "y is missing in 3 and infinite in 2 of 100 rows": (
        "infinite",
        cells(first=np.nan, then=np.inf),
    ),
    "y is missing in 3 of 100 rows": ("missing", cells(first=np.nan)),
}


@pytest.mark.parametrize("words", SAID)
def test_infinite_values_are_told_from_missing_ones(words):
    fault, values = SAID[words]
    frame = base(np.random.default_rng(6), 100).assign(y=values)
    finding = only(audited(CODE, frame, target="y"))
    assert (finding.message, finding.severity) == (words, "warning")
    assert finding.measurement.details["fault"] == fault
    assert finding.measurement.value == np.mean(~np.isfinite(values))


CONSTANT = {
    "y is 7 in every row that has a value (it is missing in 3 of 100), so": [np.nan] * 3
    + [7.0] * 97,
    "y is 1234567.25 in every row that has a finite value (it is missing in 2 and infinite in 1 of "
    "100), so": [np.nan, np.nan, np.inf] + [1234567.25] * 97,
    "y has no finite value in any row (it is infinite in 100 of 100)": [np.inf, -np.inf] * 50,
}


@pytest.mark.parametrize("words", CONSTANT)
def test_a_target_that_is_constant_where_it_is_there(words):
    frame = base(np.random.default_rng(6), 100).assign(y=CONSTANT[words])
    finding = only(audited(CODE, frame, target="y", task="regression"))
    assert finding.message.startswith(words)
    assert (finding.severity, finding.measurement.value) == ("error", 1.0)


def test_a_class_that_is_the_only_one_where_it_is_there():
    frame = base(np.random.default_rng(6), 100).assign(y="a")
    frame["y"] = frame["y"].where(frame.index > 0)
    told = "y is a in every row that has a value (it is missing in 1 of 100), so there is nothing"
    assert only(audited(CODE, frame, target="y")).message.startswith(told)


def test_a_target_without_any_value():
    frame = base(np.random.default_rng(4), 50).assign(y=None)
    assert only(audited(CODE, frame, target="y")).message == "y has no value in any row"


def test_five_unexpected_classes_are_named():
    train, held = split(base(np.random.default_rng(5), 100), np.random.default_rng(5))
    held = held.assign(y=range(10, 10 + len(held)))
    assert only(audited(CODE, train, held, target="y")).message.endswith(": 10, 11, 12, 13, 14 …")
