import pytest

from mldebug.render import words
from tests.render.sample import SAMPLES, typical
from tests.render.sample_parts import document, finding, trial


def verdict_of(*findings, **given):
    return words.verdict(document(findings, **given))


def test_an_error_that_invalidates_leads():
    assert words.verdict(typical()) == (
        "The evaluation cannot be trusted",
        "127 of 3,100 evaluation rows (4.1%) also occur in the training data",
    )


@pytest.mark.parametrize(
    ("code", "severity", "opening"),
    [
        ("LB201", "error", "Something is wrong in the data"),
        ("FT805", "error", "Something is wrong in the settings"),
        ("EV901", "error", "Something is wrong in the implementation"),
        ("LB201", "warning", "No error was found; look first at this"),
        ("DA101", "note", "Nothing is wrong; one thing is worth knowing"),
    ],
)
def test_the_verdict_follows_severity_and_cause(code, severity, opening):
    told = verdict_of(finding(code, severity=severity, message="Column x is odd."))
    assert told == (opening, "column x is odd")


@pytest.mark.parametrize(
    ("first", "second", "opening"),
    [
        ("warning", "error", "Something is wrong in the data"),
        ("note", "error", "Something is wrong in the data"),
        ("note", "warning", "No error was found; look first at this"),
    ],
)
def test_a_lesser_cause_that_comes_first_denies_no_worse_finding(first, second, opening):
    """What explains an error may be a warning: no error was found would then be untrue."""
    leading = finding("LB201", severity=first, message="Column x is odd.")
    told = document([leading, finding("LK401", severity=second)])
    told["causes"] = [{**told["causes"][0], "finding": leading["id"]}, *told["causes"]]
    assert words.verdict(told) == (opening, "column x is odd")


def test_training_may_be_what_cannot_be_trusted():
    told = document([finding("LB201")])
    told["provenance"]["rules"]["LB201"]["invalidates"] = "training"
    assert words.verdict(told)[0] == "The training cannot be trusted"


def interrupted(*findings, outcomes=None):
    told = document(findings, {"LB201": "not_checked", "EV901": "muted"} | (outcomes or {}))
    told["provenance"]["interrupted"] = True
    return told


def test_an_interrupted_audit_says_so_first():
    rules = len(interrupted()["outcomes"]) - 1
    cut = f"The audit was interrupted: 1 of {rules} rules was not checked."
    shared = finding("LK401", message="Column x is odd.")
    assert words.verdict(interrupted(shared)) == (
        f"{cut} The evaluation cannot be trusted",
        "column x is odd",
    )
    told = words.verdict(interrupted(outcomes={"DA101": "not_checked"}))[0]
    assert told.startswith(f"The audit was interrupted: 2 of {rules} rules were not checked. ")
    assert "Until then nothing was found" in told


@pytest.mark.parametrize(
    ("severity", "opening"),
    [
        ("warning", "Until then no error was found; look first at this"),
        ("note", "Until then nothing was found to be wrong; one thing is worth knowing"),
    ],
)
def test_an_interrupted_audit_claims_no_more_than_it_checked(severity, opening):
    told, _ = words.verdict(interrupted(finding("DA101", severity=severity)))
    assert told.endswith(f" not checked. {opening}")


def test_an_interrupted_audit_of_which_all_that_is_asked_was_checked():
    told = interrupted(outcomes={"LB201": "passed"})
    assert words.interruption(told) == "The audit was interrupted."
    assert words.interruption(typical()) == ""


def test_a_name_keeps_its_capital():
    assert words.within("Age is odd.") == "Age is odd"
    assert words.within("The age is odd") == "the age is odd"
    assert words.within("") == ""


def test_an_ignored_finding_does_not_lead():
    first = finding("LK401", muted="known")
    second = finding("DA101", severity="note", message="A few values are missing")
    assert verdict_of(first, second)[1] == "a few values are missing"
    assert verdict_of(first)[1] == ""


def test_the_top_cause_leads_even_where_it_is_not_the_first_finding():
    told = typical()
    told["causes"].reverse()
    assert words.first_cause(told)["code"] == "DA101"


def test_counts_leave_out_what_is_not_there():
    assert words.counts(SAMPLES["empty"]()) == [
        ("passed", "7", "passed"),
        ("inconclusive", "1", "inconclusive"),
        ("not_checked", "1", "not checked"),
    ]
    assert ("error", "2", "errors") in words.counts(typical())
    assert ("note", "1", "note") in words.counts(typical())


def test_a_count_is_a_fact():
    told = typical()
    assert words.sure_briefly(told, told["findings"][0]) == "a fact about these files"
    (sentence,) = words.how_sure(told, told["findings"][0])
    assert sentence == (
        "This is a fact about these files: 127 of 3,100 (4.1%), counted, not estimated."
    )


@pytest.mark.parametrize(("n", "among"), [(16, " (n = 16)"), (1, ""), (0, "")])
def test_a_count_of_one_thing_has_no_n(n, among):
    told = document([finding("DA106", value=17.0, n=n)])
    told["provenance"]["quantities"]["data.duplicate_share"] = {"unit": "items", "kind": "count"}
    told["findings"][0]["quantity"] = "data.duplicate_share"
    assert words.how_sure(told, told["findings"][0]) == [
        f"This is a fact about these files: 17 items{among}, counted, not estimated."
    ]


def test_an_estimate_says_value_interval_n_null_and_p():
    told = typical()
    assert words.how_sure(told, told["findings"][1]) == [
        "Estimated: 0.997 (AUC), from 12,400 observations.",
        "The true value is likely between 0.995 and 0.999 (95% interval).",
        (
            "Chance alone does this less than once in 1,000 times "
            "(p < 0.001 against the null: the column tells nothing of the target)."
        ),
    ]


def test_an_undescribed_quantity_is_still_told():
    told = document([finding("DA113", value=0.2)])
    told["provenance"]["quantities"] = {}
    assert words.how_sure(told, told["findings"][0]) == ["Estimated: 0.2, from 3,100 observations."]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (trial(), ("accuracy 0.94 → 0.87 (−0.07 ± 0.02)", "without these rows")),
        (
            trial(0.5, 0.6, 0.02, 0.25, "mend"),
            ("accuracy 0.5 → 0.6 (+0.1, +0.02 to +0.25)", "mend"),
        ),
        ({**trial(), "interval": None}, ("accuracy 0.94 → 0.87 (−0.07)", "without these rows")),
        (trial(after=None), None),
        (None, None),
    ],
)
def test_the_effect_of_a_trial(given, told):
    assert words.trial_effect(given) == told


def test_a_ladder_by_cases():
    ladder = {
        "above": {"warning": 0.1},
        "by": "model",
        "cases": {"tree": {"above": {"warning": 0.4, "error": 0.6}}},
    }
    assert words.rung_words(ladder, {}, "AUC") == "warning above 0.1"
    assert (
        words.rung_words(ladder, {"model": "tree"}, "AUC") == "warning above 0.4, error above 0.6"
    )
    outside = {"below": {"warning": 0.2}, "above": {"warning": 0.8}}
    assert words.rung_words(outside, {}, "AUC") == "warning above 0.8, warning below 0.2"


def test_the_nearest_measurement_depends_on_the_side():
    measured = [{"value": value, "details": {}} for value in (0.2, 0.5, 0.1)]
    assert words.nearest(measured, {"above": {"warning": 1}})["value"] == 0.5
    assert words.nearest(measured, {"below": {"warning": 0}})["value"] == 0.1


def test_a_clean_verdict_leaves_a_nought_out():
    opening, _ = words.verdict(document([]))
    assert opening.endswith("against training on these data; 9 rules passed.")


def test_an_ordinary_first_word_is_lowered_and_a_name_is_not():
    assert words.within("With 20 rows nothing can be told.") == "with 20 rows nothing can be told"
    assert words.within("Eval has other columns") == "eval has other columns"
    assert words.within("Withheld is a column") == "Withheld is a column"


def test_of_a_run_points_are_counted():
    found = finding("FT805", {"run": "a"}, value=0.2, interval=[0.1, 0.3], n=80)
    assert words.sure_briefly(document([found]), found) == "0.2 (0.1 to 0.3), from 80 points"
    fact = finding("DA106", {"run": "a"}, value=2, n=80)
    assert words.sure_briefly(document([fact]), fact) == "a fact about this log"
