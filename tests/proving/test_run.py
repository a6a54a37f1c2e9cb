"""Which audits a run consists of, and that none is done twice or left stale."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from proving import ROOT
from proving.cases import clean_jobs, joint_jobs, planted_jobs, proofs
from proving.makers import planted_makers
from proving.run import lines_of, names, observations, observed, run


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
    file = known["DA999"].file
    file.write_text(file.read_text().replace("0.1", "0.12"))
    assert not stamps() & before


def test_a_case_is_stale_when_what_makes_it_changes_and_no_other_case_is(ground):
    root, known = ground

    def stamps():
        (proof,) = proofs(root, known)
        planted = next(iter(planted_jobs(root, proof, known["DA999"], (100,), range(1))))
        clean = next(iter(clean_jobs(root, known, "odd", None)))
        return planted.stamp, clean.stamp

    def after_change(name):
        file = root / "tests" / name
        file.write_text((file.read_text() if file.exists() else "") + "\nTHREE = 3\n")
        return stamps()

    before = stamps()
    assert after_change("test_elsewhere.py") == before
    planted, clean = after_change("clean_times.py")
    assert planted == before[0]
    assert clean != before[1]
    again = after_change("tables.py")
    assert again[0] != planted
    assert again[1] != clean


def test_what_a_test_file_imports_makes_its_cases_too():
    root = ROOT / "tests"
    rough = planted_makers(ROOT, root / "checkers/assumptions/test_AS503_rough_target.py")
    assert {root / "clean_tables.py", root / "tables.py"} < set(rough)
    assert root / "clean_times.py" not in rough


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


def test_a_subject_is_named_by_its_keys_and_columns_in_any_order():
    assert names({"column": "x3", "class": "0"}, {"column": "x3"})
    assert names({"class": "0"}, {"class": 0})
    assert names({"columns": ("b", "a")}, {"columns": ["a", "b"]})
    assert not names({"columns": ("b", "a", "c")}, {"columns": ["a", "b"]})
    assert not names({}, {"column": "x3"})
    assert names({}, {})


def test_a_rule_rests_on_the_rows_of_its_columns_of_which_one_is_chosen():
    job = SimpleNamespace(quantities={"DA999": "data.one", "DA998": "data.two"})
    told = [("data.one", 9), ("data.one", 4), ("data.three", 1), ("data.one", 7)]
    diagnosis = SimpleNamespace(measurements=[SimpleNamespace(quantity=q, n=n) for q, n in told])
    assert observations(job, diagnosis, max) == {"DA999": 9}
    assert observations(job, diagnosis, min) == {"DA999": 4}


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
    test_file = root / "tests/checkers/data/test_DA999_many_gaps.py"
    text = test_file.read_text() + 'CASES = {"gaps": (lambda rng: plant(rng, 100, 0.5), "DA999")}\n'
    (root / "tests" / "test_joint_causes.py").write_text(text)
    jobs = list(joint_jobs(root, known))
    assert len(jobs) == 10
    assert observed(jobs[0], "stub_audit:audit")["first"] == "DA999"
    assert observed(jobs[0], "stub_audit:blind")["first"] is None


def test_a_test_file_without_a_twin_is_named(ground):
    root, known = ground
    file = root / "tests/checkers/data/test_DA999_many_gaps.py"
    file.write_text("def plant(rng, n, dose): ...\n")
    with pytest.raises(TypeError, match="twin"):
        list(proofs(root, known))
