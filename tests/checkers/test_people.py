"""Tables of people seen several times, whose groups are named: faults are found, people are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, by_column, measured, only, reason, state

VISITS = 12


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def people(rng, n, first=0, visits=VISITS):
    """Visits of people: a feature of the person, two of the visit, and a number that depends on all."""
    who = np.repeat(np.arange(n), visits)
    own = rng.normal(size=n)[who]
    frame = pd.DataFrame(
        {"own": own, "now": rng.normal(size=len(who)), "then": rng.normal(size=len(who))}
    )
    frame["y"] = frame["own"] + frame["now"] + rng.normal(size=n)[who]
    return frame.assign(who=[f"p{one}" for one in who + first])


def both(rng, n):
    return people(rng, n), people(rng, n // 3, first=n)


def grouped(code, *tables, **options):
    return audited(code, *tables, groups="who", target="y", **options)


def test_chance_among_few_people_is_no_drift(rng):
    surprising = {"alone": 0, "grouped": 0}
    for _ in range(30):
        train, held = both(rng, 60)
        alone = by_column(audited("DA113", train, held, target="y"))["own"]
        told = by_column(grouped("DA113", train, held))
        surprising["alone"] += alone.p < 0.05
        surprising["grouped"] += told["own"].p < 0.05
        assert told["own"].value == alone.value
        assert told["own"].n < 80
        assert told["now"].n > 400
    assert surprising["alone"] >= 20
    assert surprising["grouped"] <= 4


@pytest.mark.parametrize("words", [False, True])
def test_a_drift_of_many_people_is_found(rng, words):
    train, held = both(rng, 1_200)
    held["own"] += 1
    if words:
        for one in (train, held):
            one["own"] = pd.cut(one["own"], [-9, -0.5, 0.5, 9], labels=["a", "b", "c"]).astype(str)
    told = only(grouped("DA113", train, held))
    assert dict(told.measurement.subject) == {"column": "own"}
    assert 1_000 < told.measurement.n < 1_600


def test_targets_of_other_people_are_no_shift_but_another_level_is(rng):
    train, held = both(rng, 900)
    for one in (train, held):
        one["y"] = (one["own"] > 0).map({True: "yes", False: "no"})
    few = train[: 60 * VISITS], held[: 20 * VISITS]
    assert not grouped("DA115", *few).findings
    held["y"] = (held["own"] > -1).map({True: "yes", False: "no"})
    assert only(grouped("DA115", train, held)).rule.code == "DA115"


def test_what_a_few_people_never_told_is_no_shift_but_what_many_left_out_is(rng):
    train, held = both(rng, 600)
    few = held[: 20 * VISITS].copy()
    few.loc[: 2 * VISITS, "now"] = np.nan
    assert measured(audited("DA102", train, few), column="now").p < 1e-9
    assert measured(grouped("DA102", train, few), column="now").p > 1e-4
    assert not grouped("DA102", train, few).findings
    held.loc[rng.random(len(held)) < 0.3, "now"] = np.nan
    assert only(grouped("DA102", train, held)).measurement.subject["column"] == "now"


def test_models_of_eval_do_not_know_the_people_whom_they_are_asked_about(rng):
    train, held = both(rng, 240)
    told = grouped("DA123", train, held)
    assert not told.findings
    alone = audited("DA123", *(one.drop(columns="who") for one in (train, held)), target="y")
    assert measured(alone).value > measured(told).value + 0.1
    held["y"] = 2 * held["now"] - held["y"]
    held["y"] = -held["y"]
    assert only(grouped("DA123", train, held)).severity == "error"


def test_a_gap_of_more_than_all_skill_is_told(rng):
    """The skill of a model of train on a target that was turned around is far below 0."""
    train, held = (
        pd.DataFrame({"x": x, "y": sign * x + 0.1 * rng.normal(size=len(x))})
        for sign, x in ((1, rng.normal(size=2_000)), (-1, rng.normal(size=1_000)))
    )
    diagnosis = audited("DA123", train, held, target="y")
    assert state(diagnosis) == "found"


def test_too_few_people_in_eval_are_told(rng):
    train, held = both(rng, 24)
    assert "too few groups" in reason(grouped("DA123", train, held), "DA123")
    assert "8, of 10 needed" in reason(grouped("DA114", train, held), "DA114")


def test_visits_that_stand_side_by_side_are_no_order_but_sorted_people_are(rng):
    train = people(rng, 150)
    assert audited("DA112", train, target="y").findings
    assert not grouped("DA112", train).findings
    ordered = train.sort_values("own", kind="stable").reset_index(drop=True)
    assert only(grouped("DA112", ordered)).measurement.subject["column"] == "own"


def test_a_person_far_out_stands_for_no_missing_value_but_a_code_of_many_does(rng):
    train = people(rng, 200)
    train.loc[train["who"] == "p3", "own"] = 80.25
    assert by_column(audited("DA103", train, target="y"))["own"].value > 0
    assert by_column(grouped("DA103", train))["own"].value == 0
    train.loc[:9, "own"] = train.loc[60:69, "own"] = train.loc[300:309, "own"] = -999
    told = only(grouped("DA103", train)).measurement
    assert (told.subject["column"], told.details["disguised"]) == ("own", 30)


def test_the_visits_of_one_person_are_no_pile_at_an_end_but_clipped_people_are(rng):
    train = people(rng, 300)
    assert by_column(grouped("DA119", train))["own"].n == 300
    assert by_column(audited("DA119", train, target="y"))["own"].n == len(train)
    assert by_column(grouped("DA119", train))["own"].value < 0.01
    train["own"] = train["own"].clip(upper=1)
    told = only(grouped("DA119", train)).measurement
    assert told.subject["column"] == "own"
    assert told.value == pytest.approx(0.16, abs=0.06)


def test_what_was_measured_of_a_person_is_no_other_name_but_a_name_is(rng):
    train = people(rng, 40, visits=25)
    named = train.assign(name=train["who"].map(lambda one: f"Dr {one[::-1]}"))

    def same(diagnosis):
        return only(diagnosis).measurement.subject["columns"]

    assert same(audited("FE302", named, target="y")) == ("own", "who", "name")
    assert same(grouped("FE302", named)) == ("who", "name")
    assert not grouped("FE302", train).findings


def test_labels_of_a_few_people_were_not_exchanged_but_those_of_many_were(rng):
    train, held = both(rng, 600)
    for one in (train, held):
        one["y"] = (one["own"] + one["now"] > 0).map({True: "yes", False: "no"})
    held["y"] = held["y"].map({"yes": "no", "no": "yes"})
    told = only(grouped("LB209", train, held)).measurement
    assert told.details["judged"] == len(held)
    assert told.n < len(held)
    train["y"] = (rng.random(600) < 0.5)[np.repeat(np.arange(600), VISITS)]
    few = people(rng, 8, first=900).assign(y=np.arange(8)[np.repeat(np.arange(8), VISITS)] % 2 == 0)
    assert not grouped("LB209", train, few).findings


@pytest.mark.parametrize("code", ["AS503", "LK406", "FE306", "FE307"])
def test_errors_of_people_are_larger_than_those_of_as_many_rows(rng, code):
    train = people(rng, 200)
    for place in range(12):
        train[f"more{place}"] = rng.normal(size=len(train))
    if code == "LK406":
        train["own"] = train["y"] + 0.3 * rng.normal(size=200)[np.repeat(np.arange(200), VISITS)]
    shuffled = train.assign(who=rng.permutation(train["who"]))
    found = []
    for table in (train, shuffled):
        (told,) = grouped(code, table).measurements
        found.append(sum(one["high"] - one["low"] for one in told.figure["items"]))
    assert found[0] > 1.3 * found[1]
