"""Which finding explains which, and which cause comes first."""

from __future__ import annotations

from mldebug.link import causes, explained_by
from tests.engine_parts import finding


def leads(*codes, same=()):
    return [{"code": code, "same": list(same)} for code in codes]


def codes(findings):
    return [one.code for one in causes(findings)]


def test_a_link_holds_where_the_named_keys_agree():
    root = finding("DA901", column="a", leads_to=leads("DA902", same=["column"]))
    same, other = finding("DA902", column="a"), finding("DA902", column="b")
    assert explained_by([root, same, other])[root.id] == (same.id,)
    assert codes([root, same, other]) == ["DA901", "DA902"]


def test_a_link_without_keys_holds_for_every_subject():
    root = finding("DA901", leads_to=leads("DA902"))
    found = [finding("DA902", column=name) for name in "abc"]
    assert codes([*found, root]) == ["DA901"]
    assert causes([*found, root])[0].explains == tuple(one.id for one in found)


def test_what_is_explained_through_another_is_explained():
    chain = [
        finding("DA901", leads_to=leads("DA902")),
        finding("DA902", leads_to=leads("DA903")),
        finding("DA903"),
    ]
    assert codes(chain) == ["DA901"]
    assert causes(chain)[0].explains == (chain[1].id, chain[2].id)
    assert causes(chain)[0].score == 2 * (1 + 2)


def test_a_link_to_a_rule_that_found_nothing_is_none():
    assert codes([finding("DA901", leads_to=leads("DA902"))]) == ["DA901"]


def test_no_finding_explains_itself():
    one = finding("DA901", leads_to=leads("DA901"))
    assert causes([one])[0].explains == ()
    two = [finding("DA901", column=name, leads_to=leads("DA901")) for name in "ab"]
    assert len(causes(two)) == 1


def test_a_circle_is_represented_by_the_best_of_it():
    circle = [
        finding("DA901", "note", leads_to=leads("DA902")),
        finding("DA902", "error", leads_to=leads("DA903")),
        finding("DA903", "warning", leads_to=leads("DA901")),
    ]
    assert codes(circle) == ["DA902"]
    assert set(causes(circle)[0].explains) == {circle[0].id, circle[2].id}


def test_what_leads_to_a_circle_is_its_cause():
    circle = [
        finding("DA901", "error", leads_to=leads("DA902")),
        finding("DA902", "error", leads_to=leads("DA901")),
    ]
    assert codes([*circle, finding("DA903", "note", leads_to=leads("DA901"))]) == ["DA903"]


def test_every_finding_is_a_cause_or_explained():
    found = [
        finding("DA901", leads_to=leads("DA902", "DA903")),
        finding("DA902", leads_to=leads("DA901")),
        finding("DA903", leads_to=leads("DA904")),
        finding("DA904"),
        finding("DA905"),
    ]
    ranked = causes(found)
    told = {one.finding for one in ranked} | {name for one in ranked for name in one.explains}
    assert told == {one.id for one in found}


def test_fatal_errors_come_first_then_trials_then_weight_then_codes():
    found = [
        finding("DA901", "warning"),
        finding("DA902", "error"),
        finding("DA903", "error", leads_to=leads("DA908")),
        finding("DA904", "note", trial={"difference": -0.2}),
        finding("DA905", "note", trial={"difference": 0.1}),
        finding("DA906", "error", invalidates="training"),
        finding("DA907", "warning", invalidates="evaluation"),
        finding("DA908", "note"),
    ]
    wanted = ["DA906", "DA904", "DA905", "DA903", "DA902", "DA907", "DA901"]
    assert codes(found) == codes(found[::-1]) == wanted


def test_a_trial_that_could_not_be_made_counts_for_nothing():
    found = [finding("DA901", "note", trial={"difference": None}), finding("DA902", "warning")]
    assert codes(found) == ["DA902", "DA901"]


def test_scores_and_causes_are_told():
    found = [finding("DA901", "error"), finding("DA902", "note", cause="features")]
    assert [(one.score, one.cause) for one in causes(found)] == [(3.0, "data"), (1.0, "features")]
    assert causes([]) == []
