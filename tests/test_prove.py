"""The proving ground itself, on a rule that is not there and with an audit that only counts."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import prove  # noqa: E402
from proving.cases import Known, clean_jobs, joint_jobs, planted_jobs, proofs  # noqa: E402
from proving.doses import doses  # noqa: E402
from proving.peers import peer_tallies  # noqa: E402
from proving.run import lines_of, names, observed, run  # noqa: E402
from proving.smallest import smallest_n, write_min_n  # noqa: E402
from proving.verdicts import Tally, budget, upper_end, verdict  # noqa: E402

from mldebug.measurement import Quantity  # noqa: E402
from mldebug.rule import read_rule  # noqa: E402

RULE = """\
code: DA999
name: many-gaps
title: Gaps
cause: data
judges: data.gaps
ladder: {above: {warning: 0.1, error: 0.2}}
message: "{value:.1%}"
why: x
remedy: {text: x}
min_n: 0
references: []
examples: []
since: "0.1"
"""
STUB = """
from mldebug.catalogue import parsed
from mldebug.diagnosis import Cause, Diagnosis, Finding, Outcome
from mldebug.measurement import Measurement, Quantity, Row, Rows, Subject
from mldebug.rule import read_rule

RULE = read_rule(parsed({rule!r}))
QUANTITY = Quantity("data.gaps", "share", (0.0, 1.0), "count", "share of gaps")


def audit(train, eval=None, *, target=None, select=None, column=None, least=0.1):
    findings, measurements = [], []
    for name in train.columns.drop(target or []):
        gaps = train[name].isna()
        rows = [Row("train", int(row)) for row in gaps.to_numpy().nonzero()[0]]
        one = Measurement("data.gaps", Subject(column=column or name), float(gaps.mean()),
                          len(train), rows=Rows(len(rows), tuple(rows)))
        measurements.append(one)
        if one.value > least:
            severity = "error" if one.value > 0.2 else "warning"
            findings.append(Finding(f"DA999:{{name}}", RULE, one, severity))
    state = "found" if findings else "passed"
    causes = tuple(Cause(one.id, "DA999", "data", (), 1.0) for one in findings[:1])
    outcomes = {{"DA999": Outcome(state)}}
    return Diagnosis(tuple(findings), causes, outcomes, tuple(measurements), {{}})


def blind(train, eval=None, **options):
    return audit(train, least=2.0, target=options["target"])


def nervous(train, eval=None, **options):
    return audit(train, least=-1.0, target=options.get("target"))


def vague(train, eval=None, **options):
    return audit(train, column="another", target=options["target"])


def clumsy(train, eval=None, **options):
    if len(train) > 60:
        return audit(train, target=options["target"])
    raise RuntimeError("no")
"""
PLANT = """
from tests.tables import Case, base

def plant(rng, n, dose):
    table = base(rng, n)
    rows = sorted(rng.choice(n, round(dose * n), replace=False).tolist())
    table.loc[rows, "x0"] = None
    return Case("gaps", table, target="y", subject={"column": "x0"}, rows=tuple(rows))

def twin(rng, n):
    return Case("no-gaps", base(rng, n), target="y")

SIZES = (100, 300)
"""


@pytest.fixture
def ground(tmp_path, monkeypatch):
    """A checkout with one rule, its test file and the tables; and what the rule is."""
    for folder in ("mldebug", "rules/data", "tests/checkers/data", "benchmarks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "mldebug" / "judge.py").write_text("one = 1\n")
    file = tmp_path / "rules/data/DA999-many-gaps.yaml"
    file.write_text(RULE)
    (tmp_path / "stub_audit.py").write_text(STUB.format(rule=RULE))
    for name in ("tables.py", "clean_tables.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests" / name)
    (tmp_path / "tests/checkers/data/test_DA999_many_gaps.py").write_text(PLANT)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "stub_audit", raising=False)
    stub = import_module("stub_audit")
    return tmp_path, {"DA999": Known(stub.RULE, stub.QUANTITY, file)}


def ladder_rule(ladder):
    told = dict.fromkeys(("name", "title", "message", "why", "since"), "x")
    told |= {
        "cause": "data",
        "judges": "x.y",
        "code": "DA998",
        "remedy": {"text": ""},
        "references": [],
        "examples": [],
    }
    return read_rule(told | {"ladder": ladder})


def quantity(unit="share", bounds=(0.0, 1.0)):
    return Quantity("x.y", unit, bounds, "count", "")


@pytest.mark.parametrize(
    ("ladder", "of", "expected", "severity"),
    [
        (
            {"above": {"note": 0.05, "warning": 0.2, "error": 0.95}},
            quantity(),
            {"D0": 0.1, "D1": 0.4, "D2": 0.975},
            "warning",
        ),
        (
            {"above": {"warning": 0, "error": 0.01}},
            quantity(),
            {"D1": 0.005, "D2": 0.02},
            "warning",
        ),
        ({"above": {"warning": 0}}, quantity("columns", (0.0, None)), {"D1": 1}, "warning"),
        ({"above": {"warning": 0.995}}, quantity(), {"D0": 0.4975, "D1": 0.9975}, "warning"),
        (
            {"above": {"warning": 0.6, "error": 0.8}},
            quantity("AUC", (0.0, 1.0)),
            {"D0": 0.55, "D1": 0.7, "D2": 0.9},
            "warning",
        ),
        (
            {"above": {"warning": 0.65}},
            quantity("", (0.5, 1.0)),
            {"D0": 0.575, "D1": 0.8},
            "warning",
        ),
        ({"below": {"warning": 0.2}}, quantity(), {"D0": 0.4, "D1": 0.1}, "warning"),
        ({"above": {"note": 0.3}}, quantity(), {"D0": 0.15, "D1": 0.6}, "note"),
        ({"above": {"error": 0.2}}, quantity(), {"D0": 0.1, "D1": 0.4}, "error"),
        (
            {"outside": {"warning": [2, 5]}},
            quantity("ratio", (0.0, None)),
            {"D0": 2.5, "D1": 10},
            "warning",
        ),
    ],
)
def test_doses_come_from_the_ladder(ladder, of, expected, severity):
    found = doses(ladder_rule(ladder), of)
    assert found.values == pytest.approx(expected)
    assert found.severity == severity


def test_a_test_file_may_replace_doses_but_invents_no_level():
    rule = ladder_rule({"above": {"warning": 0.1, "error": 0.2}})
    found = doses(rule, quantity(), {"D0": None, "D1": 0.3})
    assert found.values == pytest.approx({"D1": 0.3, "D2": 0.4})
    with pytest.raises(ValueError, match="D7"):
        doses(rule, quantity(), {"D7": 0.3})
    by_detail = ladder_rule({"by": "what", "cases": {"a": {"above": {"warning": 1}}}})
    with pytest.raises(ValueError, match="DOSES"):
        doses(by_detail, quantity())
    assert doses(by_detail, quantity(), {"D1": 2.0}).values == {"D1": 2.0}


def test_a_run_goes_on_where_it_stopped_and_repeats_what_is_stale(ground, capsys):
    root, known = ground
    (proof,) = proofs(root, known)
    results = root / "results"

    def lines(*, keep=False):
        jobs = list(planted_jobs(root, proof, known["DA999"], (100,), range(2)))
        assert len(jobs) == 8
        told = run(jobs, results, workers=1, keep=keep, audit="stub_audit:audit")
        fresh = capsys.readouterr().err.strip()
        return told, fresh

    first, fresh = lines()
    assert fresh == "8 of 8 audits"
    assert [line["level"] for line in first[::2]] == ["D0", "D1", "D2", "twin"]
    again, fresh = lines()
    assert again == first
    assert not fresh
    with (results / "proving.jsonl").open("a") as file:
        file.write('{"key": "torn')
    assert len(lines_of(results / "proving.jsonl")) == 8
    (root / "mldebug" / "judge.py").write_text("one = 2\n")
    assert not lines(keep=True)[1]
    assert lines()[1] == "8 of 8 audits"


def test_a_change_that_can_alter_no_verdict_makes_nothing_stale(ground):
    root, known = ground
    (proof,) = proofs(root, known)

    def stamps():
        return {job.stamp for job in planted_jobs(root, proof, known["DA999"], (100,), range(1))}

    before = stamps()
    (root / "mldebug" / "render").mkdir()
    (root / "mldebug" / "render" / "html.py").write_text("two = 2\n")
    assert stamps() == before
    known["DA999"].file.write_text(RULE.replace("0.1", "0.12"))
    assert not stamps() & before


def test_workers_see_what_one_process_sees(ground):
    root, known = ground
    (proof,) = proofs(root, known)
    jobs = list(planted_jobs(root, proof, known["DA999"], (100,), range(1)))
    alone, together = (
        run(jobs, None, workers=workers, audit="stub_audit:audit") for workers in (1, 2)
    )
    for line in (*alone, *together):
        line.pop("seconds")
    assert alone == together
    assert not any("error" in line for line in alone)


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


def test_a_subject_is_named_by_its_keys_and_columns_in_any_order():
    assert names({"column": "x3", "class": "0"}, {"column": "x3"})
    assert names({"class": "0"}, {"class": 0})
    assert names({"columns": ("b", "a")}, {"columns": ["a", "b"]})
    assert not names({"columns": ("b", "a", "c")}, {"columns": ["a", "b"]})
    assert not names({}, {"column": "x3"})
    assert names({}, {})


def test_the_smallest_n_is_found_and_written(ground):
    root, known = ground
    (proof,) = proofs(root, known)
    one = known["DA999"]
    n = smallest_n(root, proof, one, range(3), None, workers=1, audit="stub_audit:clumsy")
    assert n == 80
    assert smallest_n(root, proof, one, range(3), None, workers=1, audit="stub_audit:blind") is None
    assert write_min_n(one.file, 80)
    assert one.file.read_text() == RULE.replace("min_n: 0", "min_n: 80")
    assert not write_min_n(one.file, 80)
    one.file.write_text(RULE.replace("min_n: 0\n", ""))
    assert write_min_n(one.file, 30)
    assert one.file.read_text().endswith("min_n: 30\n")


def test_clean_jobs_are_of_one_parity_and_say_what_was_selected(ground):
    root, known = ground
    full = list(clean_jobs(root, known, "odd", None, 3))
    assert [job.seed for job in full] == [1, 3, 5]
    assert [job.seed for job in clean_jobs(root, known, "even", None, 2)] == [0, 2]
    some = next(iter(clean_jobs(root, known, "odd", ["DA999"])))
    assert some.select == ("DA999",)
    assert some.key == full[0].key + "|DA999"


def test_joint_cases_are_found_if_they_are_there(ground):
    root, known = ground
    assert list(joint_jobs(root, known)) == []
    text = PLANT + 'CASES = {"gaps": (lambda rng: plant(rng, 100, 0.5), "DA999")}\n'
    (root / "tests" / "test_joint_causes.py").write_text(text)
    jobs = list(joint_jobs(root, known))
    assert len(jobs) == 10
    assert observed(jobs[0], "stub_audit:audit")["first"] == "DA999"
    assert observed(jobs[0], "stub_audit:blind")["first"] is None


def test_the_command_writes_the_scoreboard(ground, capsys):
    root, known = ground
    results = root / "results"
    results.mkdir()
    line = {"peer": "other", "version": "1.2", "case": "DA999:D1:100:0", "code": "DA999"}
    told = [line | {"verdict": "found"}, line | {"case": "clean-0001-x", "verdict": "silent"}]
    told.append(line | {"verdict": "cannot"})
    (results / "peers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told))
    board = root / "SCOREBOARD.md"
    given = ["--seeds", "2", "--workers", "1", "--clean-count", "3"]
    given += ["--results", str(results), "--scoreboard", str(board)]
    assert prove.main(given, root=root, known=known, audit="stub_audit:audit") == 0
    text = board.read_text()
    assert "**0 of 1 rules are proven.**" in text
    assert "| DA999 many-gaps | D0 0.05, D1 0.2, D2 0.4 | 100 300 | 2/2 2/2 | 2/2 2/2 |" in text
    assert "no: applies to 3 clean cases of 200" in text
    assert "| DA999 | 1/1 · 0/1 |" in text
    assert "3 full audits of odd clean cases." in text
    assert "prove.py --seeds 2" in text
    assert "DA999 many-gaps: applies to 3 clean cases" in capsys.readouterr().out


def test_the_quick_run_tells_a_miss_by_its_status(ground, capsys):
    root, known = ground

    def status(audit, *more):
        given = ["--quick", "--workers", "1", *more]
        return prove.main(given, root=root, known=known, audit=f"stub_audit:{audit}")

    assert status("audit") == 0
    assert status("blind") == 1
    assert "DA999:D1:100:1: passed, not warning" in capsys.readouterr().out
    assert status("nervous") == 1
    assert status("vague") == 1
    assert "names something else" in capsys.readouterr().out
    assert status("audit", "--codes", "XX123") == 2


def test_min_n_is_written_by_the_command(ground):
    root, known = ground
    given = ["--min-n", "--seeds", "2", "--workers", "1", "--results", str(root / "results")]
    assert prove.main(given, root=root, known=known, audit="stub_audit:clumsy") == 0
    assert "min_n: 80\n" in known["DA999"].file.read_text()
    given[-1] = str(root / "other")
    assert prove.main(given, root=root, known=known, audit="stub_audit:blind") == 1
    assert "min_n: 80\n" in known["DA999"].file.read_text()


def test_a_test_file_without_a_twin_is_named(ground):
    root, known = ground
    file = root / "tests/checkers/data/test_DA999_many_gaps.py"
    file.write_text("def plant(rng, n, dose): ...\n")
    with pytest.raises(TypeError, match="twin"):
        list(proofs(root, known))


def test_a_peer_counts_for_what_its_case_holds():
    line = {"peer": "p", "version": None, "case": "a", "code": "DA101", "verdict": "found"}
    planted = {"set": "planted", "dose": "D1", "expected": ["DA101"], "allowed": []}
    clean = {"set": "clean", "dose": None, "expected": [], "allowed": []}
    told = [line | planted, line | clean, line | clean | {"allowed": ["DA101"]}]
    told += [line | planted | {"code": "DA106"}, line | {"case": "DA101:twin:500:1"}]
    assert peer_tallies(told) == {"p": {"DA101": {"found": Tally(1, 1), "alarms": Tally(2, 2)}}}
