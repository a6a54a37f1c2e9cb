"""From measurements to findings and outcomes: ladders, intervals, many subjects, who yields."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, norm

from mldebug.diagnosis import Outcome
from mldebug.judge import by_severity, canonical, findings_and_outcomes, judged
from mldebug.measurement import Subject
from tests.engine_parts import QUANTITY, finding, measurement, rule

SHARE = (0.0, 1.0)
BELOW = {"below": {"warning": 0.2, "error": 0.05}}
OUTSIDE = {"outside": {"warning": [0.5, 2.0], "error": [0.25, 4.0]}}
BY = {
    "above": {"note": 0.5},
    "by": "sort",
    "cases": {"grave": {"above": {"error": 0}}, "odd": BELOW},
}


def verdict(told, one, kind="count", bounds=SHARE):
    return judged(told, [one], kind, bounds)[0]


def severities(told, measurements, kind="estimate", bounds=SHARE):
    return [one.severity for one in judged(told, measurements, kind, bounds)]


@pytest.mark.parametrize(
    ("ladder", "value", "severity"),
    [
        (None, 0.0999, None),
        (None, 0.1, None),
        (None, 0.1001, "warning"),
        (None, 0.25, "warning"),
        (None, 0.2501, "error"),
        ({"above": {"warning": 0}}, 0, None),
        ({"above": {"warning": 0}}, 1e-12, "warning"),
        (BELOW, 0.21, None),
        (BELOW, 0.2, None),
        (BELOW, 0.19, "warning"),
        (BELOW, 0.05, "warning"),
        (BELOW, 0.04, "error"),
        (OUTSIDE, 1.0, None),
        (OUTSIDE, 0.5, None),
        (OUTSIDE, 2.0, None),
        (OUTSIDE, 0.4, "warning"),
        (OUTSIDE, 2.1, "warning"),
        (OUTSIDE, 0.2, "error"),
        (OUTSIDE, 4.1, "error"),
    ],
)
def test_a_count_is_compared_strictly(ladder, value, severity):
    one = verdict(rule(ladder=ladder), measurement(value), bounds=(0, None))
    assert one.severity == severity
    assert one.state == ("found" if severity else "passed")


@pytest.mark.parametrize(
    ("sort", "value", "severity"),
    [
        ("grave", 0.01, "error"),
        ("odd", 0.1, "warning"),
        ("other", 0.1, None),
        ("other", 0.6, "note"),
    ],
)
def test_a_detail_chooses_the_ladder(sort, value, severity):
    one = measurement(value, details={"sort": sort})
    assert verdict(rule(ladder=BY), one).severity == severity
    assert verdict(rule(ladder=BY), measurement(0.6)).severity == "note"


def test_a_ladder_can_be_written_and_read_again():
    for ladder in (BELOW, BY):
        assert (
            rule(ladder=rule(ladder=ladder).ladder.as_dict()).ladder == rule(ladder=ladder).ladder
        )
    both = rule(ladder=OUTSIDE).ladder
    assert set(rule(ladder=both.as_dict()).ladder.rungs) == set(both.rungs)


@pytest.mark.parametrize(
    ("ladder", "value", "half", "severity"),
    [
        (None, 0.3, 0.04, "error"),
        (None, 0.3, 0.06, "warning"),
        (None, 0.3, 0.19, "warning"),
        (None, 0.3, 0.21, None),
        (BELOW, 0.1, 0.09, "warning"),
        (BELOW, 0.1, 0.11, None),
        (BELOW, 0.02, 0.02, "error"),
        (OUTSIDE, 3.0, 0.9, "warning"),
        (OUTSIDE, 3.0, 1.1, None),
        (OUTSIDE, 0.3, 0.15, "warning"),
    ],
)
def test_of_an_estimate_the_near_end_is_compared(ladder, value, half, severity):
    one = verdict(rule(ladder=ladder), measurement(value, half=half), "estimate", (None, None))
    assert one.severity == severity


@pytest.mark.parametrize(
    ("value", "half", "n", "state"),
    [
        (0.05, 0.04, 10, "passed"),
        (0.05, 0.06, 10, "inconclusive"),
        (0.05, 0.06, 50, "passed"),
        (0.3, 0.25, 49, "inconclusive"),
        (0.3, 0.1, 10, "found"),
    ],
)
def test_what_is_not_found_is_passed_if_enough_is_known(value, half, n, state):
    told = rule(min_n=50)
    assert verdict(told, measurement(value, n, half=half), "estimate").state == state


def test_an_estimate_without_an_interval_tells_nothing():
    assert verdict(rule(), measurement(0.9, 10_000), "estimate").state == "inconclusive"


def test_subjects_that_fail_benjamini_and_hochberg_are_not_found():
    p = [0.001, 0.012, 0.03, 0.04, 0.2, 0.9]
    ones = [measurement(0.9, half=0.01, p=one) for one in p]
    kept = false_discovery_control(p) <= 0.05
    assert [one is not None for one in severities(rule(), ones)] == kept.tolist()
    assert kept.sum() == 2


def test_the_intervals_of_the_selected_are_at_the_stricter_level():
    """Of 20 subjects one survives: its interval is at 1 - .05 / 20, which is 1.55 as wide."""
    wider = norm.ppf(1 - 0.025 / 20) / norm.ppf(0.975)
    others = [measurement(0.0, half=0.01, p=0.8) for _ in range(19)]
    for half, severity in ((0.1 / wider - 0.001, "warning"), (0.1 / wider + 0.001, None)):
        one = measurement(0.2, half=half, p=1e-6)
        assert severities(rule(), [one, *others])[0] == severity
        assert severities(rule(), [one])[0] == "warning"


def test_the_more_survive_the_less_strict_it_is():
    half = 0.1 / 1.3
    ones = [measurement(0.2, half=half, p=1e-6) for _ in range(10)]
    assert severities(rule(), ones) == ["warning"] * 10
    noise = [measurement(0.0, half=0.01, p=0.8) for _ in range(90)]
    assert set(severities(rule(), [*ones, *noise])) == {None}


def test_without_p_the_number_that_passes_sets_the_level():
    half = 0.1 / 1.2
    alone = [measurement(0.2, half=half)]
    noise = [measurement(0.0, half=0.01) for _ in range(9)]
    assert severities(rule(), alone * 1) == ["warning"]
    assert severities(rule(), [*alone, *noise])[0] is None
    many = [measurement(0.2, half=half) for _ in range(10)]
    assert severities(rule(), many) == ["warning"] * 10


def test_subjects_with_and_without_p_are_families_of_their_own():
    tested = [measurement(0.9, half=0.01, p=0.9), measurement(0.9, half=0.01, p=1e-9)]
    assert severities(rule(), [measurement(0.9, half=0.01), *tested]) == ["error", None, "error"]


def test_the_order_of_subjects_does_not_matter():
    rng = np.random.default_rng(0)
    ones = [
        measurement(float(value), half=0.05, p=float(p), column=f"x{number}")
        for number, (value, p) in enumerate(zip(rng.random(30), rng.random(30) ** 4, strict=True))
    ]
    wanted = {one.measurement.subject: one.state for one in judged(rule(), ones, "estimate", SHARE)}
    shuffled = [ones[place] for place in rng.permutation(30)]
    told = {
        one.measurement.subject: one.state for one in judged(rule(), shuffled, "estimate", SHARE)
    }
    assert told == wanted


def whole(rules, measurements, kind="count", decided=None):
    declared = {QUANTITY: {"kind": kind, "bounds": [0, None]}}
    known = {one.code: one for one in rules}
    return findings_and_outcomes(known, measurements, declared, decided or {})


def test_an_outcome_counts_its_subjects_and_the_gravest_rules():
    ones = [measurement(value, column=name) for name, value in (("a", 0.3), ("b", 0.2), ("c", 0.0))]
    findings, outcomes = whole([rule()], ones)
    assert [(one.id, one.severity) for one in findings] == [
        ('DA901:{"column":"a"}', "error"),
        ('DA901:{"column":"b"}', "warning"),
    ]
    assert outcomes["DA901"] == Outcome(
        "found", "found in 2 of 3 columns", (), {"found": 2, "passed": 1}
    )


def test_inconclusive_stands_above_passed_and_says_what_would_do():
    ones = [measurement(0.2, 20, half=0.3, column="a"), measurement(0, 90, half=0.01, column="b")]
    _, outcomes = whole([rule(min_n=50)], ones, "estimate")
    assert outcomes["DA901"].state == "inconclusive"
    assert outcomes["DA901"].reason == "20 observations cannot tell; 50 can (1 of 2 columns)"
    _, outcomes = whole([rule(min_n=0)], [measurement(0.2, 90)], "estimate")
    assert "interval" in outcomes["DA901"].reason


def test_a_rule_without_measurements_is_not_checked_and_a_decided_one_stays():
    muted = Outcome("muted", "ignored")
    findings, outcomes = whole([rule(), rule("DA902")], [], decided={"DA902": muted})
    assert findings == []
    assert outcomes["DA901"].state == "not_checked"
    assert outcomes["DA902"] is muted
    findings, _ = whole([rule("DA902")], [measurement(0.9)], decided={"DA902": muted})
    assert findings == []


def test_the_less_specific_finding_yields_where_the_subjects_agree():
    general = rule("DA901", yields_to=[{"code": "DA902", "same": ["column"]}])
    special = rule("DA902", {"above": {"warning": 0.5}})
    ones = [measurement(0.9, column="a"), measurement(0.3, column="b")]
    findings, outcomes = whole([general, special], ones)
    assert {(one.rule.code, one.subject["column"]) for one in findings} == {
        ("DA902", "a"),
        ("DA901", "b"),
    }
    assert outcomes["DA901"] == Outcome(
        "found", "found in 1 of 2 columns", (), {"found": 1, "passed": 1}
    )
    findings, outcomes = whole([general, special], ones[:1])
    assert [one.rule.code for one in findings] == ["DA902"]
    assert outcomes["DA901"] == Outcome("passed", "explained by DA902", (), {"passed": 1})


def test_what_is_explained_does_not_hide_what_could_not_be_told():
    general = rule("DA901", min_n=50, yields_to=[{"code": "DA902", "same": ["column"]}])
    special = rule("DA902", {"above": {"warning": 0.5}})
    ones = [measurement(0.9, half=0.01, column="a"), measurement(0.2, 20, half=0.3, column="b")]
    findings, outcomes = whole([general, special], ones, "estimate")
    assert [one.rule.code for one in findings] == ["DA902"]
    assert outcomes["DA901"].state == "inconclusive"
    assert outcomes["DA901"].subjects == {"inconclusive": 1, "passed": 1}


def test_two_rules_that_explain_are_both_named():
    links = [{"code": code, "same": ["column"]} for code in ("DA902", "DA903")]
    above, below = {"above": {"warning": 0.5}}, {"below": {"warning": 0.5}}
    told = [rule("DA901", yields_to=links), rule("DA902", above), rule("DA903", below)]
    ones = [measurement(0.9, column="a"), measurement(0.3, column="b")]
    _, outcomes = whole(told, ones)
    assert outcomes["DA901"].reason == "explained by DA902 and DA903"
    assert outcomes["DA901"].subjects == {"passed": 2}


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([0.0, 0.3, 0.9])), max_size=8))
def test_the_counts_of_found_subjects_are_those_of_the_findings(told):
    general = rule("DA901", yields_to=[{"code": "DA902", "same": ["column"]}])
    special = rule("DA902", {"above": {"warning": 0.5}})
    findings, outcomes = whole([general, special], [measurement(v, column=c) for c, v in told])
    for code, outcome in outcomes.items():
        reported = sum(one.rule.code == code for one in findings)
        assert outcome.subjects.get("found", 0) == reported
        assert sum(outcome.subjects.values()) == len(told)
        assert (outcome.state == "found") == (reported > 0)


def test_it_does_not_yield_to_a_rule_that_finds_nothing_or_is_not_asked():
    general = rule("DA901", yields_to=[{"code": "DA902"}])
    silent = rule("DA902", {"above": {"warning": 5}})
    findings, _ = whole([general, silent], [measurement(0.9)])
    assert [one.rule.code for one in findings] == ["DA901"]
    findings, _ = whole(
        [general, rule("DA902")], [measurement(0.9)], decided={"DA902": Outcome("muted")}
    )
    assert [one.rule.code for one in findings] == ["DA901"]


def test_subjects_without_the_key_do_not_agree():
    general = rule("DA901", yields_to=[{"code": "DA902", "same": ["column"]}])
    findings, _ = whole([general, rule("DA902")], [measurement(0.9, subject=Subject())])
    assert [one.rule.code for one in findings] == ["DA901", "DA902"]


def test_findings_are_ordered_by_severity_then_code():
    ones = [finding("DA902", "note"), finding("DA903", "error"), finding("DA901", "error")]
    assert [one.rule.code for one in by_severity(ones)] == ["DA901", "DA903", "DA902"]


@pytest.mark.parametrize("bound", [0.3, 0.1, 0.005, 1 / 3, 2 / 3, 1e-7 / 3])
def test_a_value_that_is_the_rung_but_for_rounding_does_not_pass_it(bound):
    told = rule(ladder={"outside": {"warning": [bound, bound]}})
    for value in (bound, math.nextafter(bound, 1), math.nextafter(bound, 0), bound * (1 + 1e-14)):
        assert verdict(told, measurement(value)).state == "passed"
        ends = measurement(value, interval=(value, value))
        assert verdict(told, ends, "estimate").state == "passed"
    assert verdict(told, measurement(bound * (1 + 1e-9))).state == "found"
    by = rule(ladder={"by": "sort", "cases": {"a": {"above": {"warning": bound}}}})
    one = measurement(math.nextafter(bound, 1), details={"sort": "a"})
    assert verdict(by, one).state == "passed"


def test_the_near_end_that_is_the_rung_does_not_pass_it_at_any_level():
    told = rule(ladder={"above": {"warning": 0.1}})
    for value in (0.3, 0.7, 0.13, 0.9):
        one = measurement(value, interval=(0.1, 1.0))
        assert verdict(told, one, "estimate").state != "found"


def test_what_is_not_finite_stays_a_number():
    one = canonical(measurement(0.5, p=math.nan, details={"x": math.inf, "y": (0.1 + 0.2,)}))
    assert math.isnan(one.p)
    assert one.details == {"x": math.inf, "y": [0.3]}
    assert canonical(canonical(one)).details == one.details


def test_what_cannot_tell_says_why():
    """A measurement without an interval may carry the sentence; several say each of them once."""
    told = rule()
    quantities = {told.judges: {"kind": "estimate", "bounds": SHARE}}
    blind = [
        measurement(0.5, n=9, interval=None, subject=Subject(run=name), details={"undecided": why})
        for name, why in (("a", "one curve is not enough"), ("b", "it dips"), ("c", "it dips"))
    ]
    _, outcomes = findings_and_outcomes({told.code: told}, blind, quantities, {})
    assert outcomes[told.code].state == "inconclusive"
    assert outcomes[told.code].reason == "one curve is not enough; it dips (3 of 3 runs)"
    mixed = [*blind, measurement(0.1, n=9, interval=(0.0, 0.9), subject=Subject(run="d"))]
    few = rule(min_n=20)
    _, outcomes = findings_and_outcomes({few.code: few}, mixed, quantities, {})
    assert outcomes[few.code].state == "inconclusive"
    assert "it dips" not in outcomes[told.code].reason
