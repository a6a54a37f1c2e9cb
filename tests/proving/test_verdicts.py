"""When a rule is proven, and what is told of one that is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from proving.cases import planted_jobs, proofs
from proving.peers import peer_tallies
from proving.run import observed, run
from proving.verdicts import Tally, budget, upper_end, verdict


def all_lines(ground, audit="stub_audit:audit", seeds=4):
    root, known = ground
    (proof,) = proofs(root, known)
    jobs = list(planted_jobs(root, proof, known["DA999"], proof.sizes, range(seeds)))
    return proof, run(jobs, None, workers=1, audit=audit)


def clean_line(number, severity=None, **others):
    found = [["DA999", severity, "x0", 0.5]] if severity else []
    line = {"key": f"clean-{number:04d}-x", "kind": "clean", "seed": number, "select": None}
    line |= {"code": None, "level": "", "n": 900, "exempt": [], "found": found}
    line |= {"measured_n": {}, "states": {"DA999": "found" if found else "passed"}}
    return line | others


CLEAN = [clean_line(number) for number in range(1, 421, 2)]


def test_a_rule_that_does_all_that_is_asked_is_proven(ground):
    proof, lines = all_lines(ground)
    found = verdict(ground[1]["DA999"], proof, lines + CLEAN)
    assert found.problems == ()
    assert found.levels["D1"] == {100: Tally(4, 4), 300: Tally(4, 4)}
    assert found.subject == Tally(16, 16)
    assert found.rows == 1
    assert found.alarms == Tally(0, 210)
    assert found.upper < 0.02


@pytest.mark.parametrize(
    ("audit", "expected"),
    [
        ("blind", "D1 0/4 at 100, 0/4 at 300; D2 0/4 at 100, 0/4 at 300"),
        ("nervous", "D0 0/4 at 100, 0/4 at 300; twin 0/4 at 100, 0/4 at 300"),
        ("vague", "subject 0/16"),
    ],
)
def test_a_rule_that_fails_is_not_proven_and_the_reason_is_told(ground, audit, expected):
    proof, lines = all_lines(ground, f"stub_audit:{audit}")
    found = verdict(ground[1]["DA999"], proof, lines + CLEAN)
    assert "; ".join(found.problems).startswith(expected)


def test_an_audit_that_raises_is_a_line_and_no_proof(ground):
    proof, lines = all_lines(ground, "stub_audit:clumsy")
    assert not any("error" in line for line in lines)
    root, known = ground
    job = next(iter(planted_jobs(root, proof, known["DA999"], (50,), range(1))))
    line = observed(job, "stub_audit:clumsy")
    assert line["error"] == "RuntimeError: no"
    found = verdict(known["DA999"], proof, [*lines, line, *CLEAN])
    assert "1 failed" in found.problems
    assert found.levels["D0"][50] == Tally(0, 1)


def test_false_alarms_and_silence_are_weighed(ground):
    proof, lines = all_lines(ground, seeds=1)
    known = ground[1]["DA999"]

    def problems(clean):
        return verdict(known, proof, lines + clean).problems

    alarmed = [clean_line(one, "warning") for one in (1, 3, 5)]
    assert problems(alarmed + CLEAN[3:]) == ("false alarms 3/210",)
    assert problems([clean_line(one, "note") for one in (1, 3, 5)] + CLEAN[3:]) == ()
    promised = [clean_line(one, "note", silent=["DA999"]) for one in (1, 3, 5)]
    assert problems(promised + CLEAN[3:]) == ("false alarms 3/210",)
    exempt = [clean_line(one, "error", exempt=["DA999"]) for one in (1, 3, 5)]
    assert problems(exempt + CLEAN[3:]) == ()
    assert problems(CLEAN[:20]) == ("applies to 20 clean cases of 200",)
    assert problems([clean_line(one, "error") for one in range(0, 40, 2)] + CLEAN) == ()
    unsure = [clean_line(one, states={"DA999": "inconclusive"}) for one in range(1, 421, 2)]
    assert problems(unsure)[0].startswith("conclusive 8/218")
    absent = [clean_line(one, states={"DA999": "not_checked"}) for one in range(1, 421, 2)]
    assert problems(absent) == ("applies to 0 clean cases of 200",)
    broken = [clean_line(1, states={"DA999": "failed"}), *CLEAN[1:]]
    assert problems(broken) == ("1 failed",)
    assert verdict(known, proof, CLEAN).problems == ("D1 was not run",)
    assert verdict(known, None, CLEAN).problems == ("no plant",)


def test_rows_that_were_not_planted_prove_nothing(ground):
    proof, lines = all_lines(ground, seeds=1)
    wrong = [line | {"rows": 0.5} if line["level"] == "D1" else line for line in lines]
    known = ground[1]["DA999"]
    assert verdict(known, proof, wrong + CLEAN).problems == ("rows 0.75",)
    estimated = replace(known, quantity=replace(known.quantity, kind="estimate"))
    assert verdict(estimated, proof, wrong + CLEAN).problems == ()


def test_a_few_seeds_are_no_proof(ground, monkeypatch):
    proof, lines = all_lines(ground)
    monkeypatch.setattr("proving.verdicts.FEWEST_SEEDS", 40)
    told = verdict(ground[1]["DA999"], proof, lines + CLEAN)
    assert told.problems == ("D1 has 8 seeds of 40",)


def test_cases_below_min_n_are_not_held_against_a_rule(ground):
    proof, lines = all_lines(ground, "stub_audit:blind", seeds=1)
    known = ground[1]["DA999"]
    larger = replace(known, rule=replace(known.rule, min_n=200))
    assert list(verdict(larger, proof, lines).levels["D1"]) == [300]


def test_the_upper_end_is_one_sided():
    assert upper_end(Tally(0, 200)) == pytest.approx(1 - 0.05 ** (1 / 200))
    assert upper_end(Tally(0, 0)) == 1
    assert upper_end(Tally(1, 200)) > 0.02


def test_the_house_budget():
    kept = budget([*CLEAN[:19], clean_line(39, "error")])
    assert kept.kept
    assert kept.any_error == Tally(1, 20)
    assert not budget([*CLEAN[:18], clean_line(37, "error"), clean_line(39, "error")]).kept
    warned = [clean_line(number, "warning") for number in (1, 3)]
    assert budget([*CLEAN[2:10], *warned]).kept
    assert not budget([*CLEAN[2:9], *warned]).kept
    assert not budget([]).kept
    assert not budget([*CLEAN, clean_line(999, error="ValueError: x")]).kept
    assert budget([*CLEAN, clean_line(999, "error", select=["DA999"])]).any_error.hits == 0


def test_a_peer_counts_for_what_its_case_holds():
    line = {"peer": "p", "version": None, "case": "a", "code": "DA101", "verdict": "found"}
    planted = {"set": "planted", "dose": "D1", "expected": ["DA101"], "allowed": []}
    clean = {"set": "clean", "dose": None, "expected": [], "allowed": []}
    told = [line | planted, line | clean, line | clean | {"allowed": ["DA101"]}]
    told += [line | planted | {"code": "DA106"}, line | {"case": "DA101:twin:500:1"}]
    assert peer_tallies(told) == {"p": {"DA101": {"found": Tally(1, 1), "alarms": Tally(2, 2)}}}
