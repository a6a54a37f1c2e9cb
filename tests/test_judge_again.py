"""Judging a saved diagnosis: it agrees with the audit, and other rules may be left out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mldebug
from mldebug.catalogue import rules
from mldebug.checker import quantities
from mldebug.judge import left_out, with_selection

DETAILS = {
    "DA101": {"missing": 3},
    "DA110": {"rarest": "a", "rows": 3, "share": 0.1 + 0.2, "even": 1 / 3},
    "DA113": {"distance": "", "what": "x"},
    "DA116": {"unseen": 2, "categories": "a"},
    "EV901": {"score": "accuracy"},
}
BOUNDS = sorted({rung.bound for code in DETAILS for rung in rules()[code].ladder.rungs} | {0.3})


@st.composite
def near_a_rung(draw):
    """A number within some rounding of a rung, or exactly at it."""
    bound = draw(st.sampled_from(BOUNDS))
    step = draw(st.sampled_from([0.0, 1e-16, 2e-16, 1e-15, 4e-14, 6e-13, 3e-12, 1e-9]))
    return float(np.clip(bound * (1 + draw(st.sampled_from([-1, 1])) * step), 0, 1))


@st.composite
def saved_with(draw):
    """A document whose measurements have all their digits, as an audit has them."""
    measurements = []
    for code, details in DETAILS.items():
        quantity = quantities()[rules()[code].judges][0]
        for number in range(draw(st.integers(0, 3))):
            value = draw(near_a_rung())
            ends = sorted([draw(near_a_rung()), draw(near_a_rung())])
            estimate = quantity.kind == "estimate"
            subject = draw(
                st.sampled_from([{"column": f"x{number}"}, {"class": number + 0.1 + 0.2}])
            )
            measurements.append(
                {
                    "quantity": quantity.name,
                    "subject": {"column": f"x{number}", **subject},
                    "value": value,
                    "interval": [min(ends[0], value), max(ends[1], value)] if estimate else None,
                    "p": draw(near_a_rung()) if estimate and draw(st.booleans()) else None,
                    "n": draw(st.sampled_from([5, 6_000])),
                    "details": details,
                    "rows": None,
                    "figure": None,
                }
            )
    return {
        "schema": 1,
        "outcomes": {code: outcome(None) for code in DETAILS}
        | {code: outcome("not selected") for code in rules() if code not in DETAILS},
        "measurements": measurements,
        "provenance": {"versions": {"mldebug": "0.1.0"}},
    }


def outcome(reason):
    state = "passed" if reason is None else "muted"
    return {"state": state, "reason": reason or "", "missing": [], "subjects": {}}


@settings(deadline=None, max_examples=300)
@given(saved_with())
def test_near_a_rung_a_saved_diagnosis_is_judged_as_the_live_one_was(document):
    live = mldebug.judge(document)
    saved = json.loads(json.dumps(live.to_dict()))
    again = mldebug.judge(saved)
    assert [(one.id, one.severity) for one in live.findings] == [
        (one.id, one.severity) for one in again.findings
    ]
    assert [one.message for one in live.findings] == [one.message for one in again.findings]
    assert again.outcomes == live.outcomes
    assert again.to_dict() == live.to_dict()


def saved():
    """A document in which all but one of these rules were left out, and all were measured."""
    muted = {code: outcome("not selected") for code in rules()}
    measurements = [
        {
            "quantity": rules()[code].judges,
            "subject": {"column": "x"},
            "value": 0.9,
            "interval": None,
            "p": None,
            "n": 100,
            "details": DETAILS[code],
            "rows": None,
            "figure": None,
        }
        for code in ("DA101", "DA116")
    ]
    return {
        "schema": 1,
        "outcomes": {**muted, "DA101": outcome(None), "LB204": outcome("ignored: known")},
        "measurements": measurements,
        "provenance": {"versions": {"mldebug": "0.1.0"}},
    }


def states(*options):
    told = mldebug.judge(saved(), **dict(zip(("select", "ignore"), options, strict=False))).outcomes
    return {code: (one.state, one.reason) for code, one in told.items()}


def test_without_a_selection_nothing_changes():
    told = saved()
    assert with_selection(told, rules()) == told == saved()


def test_what_is_not_selected_or_is_ignored_is_left_out():
    assert states("DA116")["DA101"] == ("muted", "not selected")
    assert states(None, "DA101")["DA101"] == ("muted", "ignored")
    assert states(None, {"data": "ticket 7"})["DA101"] == ("muted", "ignored: ticket 7")
    assert states(["data"], {"DA101": "known"})["DA101"] == ("muted", "ignored: known")
    assert states(["LK"])["DA101"] == ("muted", "not selected")


def test_what_is_selected_now_is_judged_if_it_was_measured():
    told = states("DA,LB")
    assert told["DA116"][0] == "found"
    assert told["DA106"] == ("not_checked", "the saved diagnosis does not hold it")
    assert told["LB204"] == ("muted", "ignored: known")
    assert states()["DA116"] == ("muted", "not selected")


def test_an_unknown_code_is_refused_and_so_is_what_is_no_diagnosis():
    with pytest.raises(mldebug.InputError, match=r"--select: 'DA199'.*nearest is DA1"):
        left_out(rules(), "DA199")
    with pytest.raises(mldebug.InputError, match="--ignore: 'x' names no rule"):
        left_out(rules(), None, ["x"])
    for told in ({"schema": 1}, {"schema": 1, "outcomes": 3}):
        assert with_selection(told, rules(), "DA101") == told
    odd = {"schema": 1, "outcomes": {"DA106": 3}}
    with pytest.raises(mldebug.InputError, match="no diagnosis"):
        mldebug.judge(with_selection(odd, rules(), "DA106"))
