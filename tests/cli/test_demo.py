"""The demo: every planted fault is found, the data as they are have none, no file is lost."""

from __future__ import annotations

import numpy as np
import pytest

from mldebug.audit import audit
from mldebug.catalogue import rules
from mldebug.cli.demo_data import FAULTS, TARGET, is_found, patients, planted

FAULTY = "<code>mldebug demo</code>"


def test_the_demo_finds_what_it_planted_and_writes_the_report(run, folder):
    ran = run("demo")
    assert ran.status == 0
    for fault in FAULTS:
        assert f"found   {fault.code} {rules()[fault.code].name}" in ran.out
    assert f"planted {len(FAULTS)}, found {len(FAULTS)}" in ran.out
    assert "missed" not in ran.out
    assert [path.name for path in folder.iterdir()] == ["mldebug-demo.html"]
    report = (folder / "mldebug-demo.html").read_text()
    assert FAULTY in report
    assert "follow_up" in report


def test_the_data_as_they_are_have_neither_error_nor_warning():
    split = patients(np.random.default_rng(0))
    diagnosis = audit(split.train, split.eval, target=TARGET)
    assert diagnosis.at_least("warning") == ()
    assert all(one.state != "failed" for one in diagnosis.outcomes.values())


def test_a_fault_that_was_not_planted_is_not_counted():
    split = patients(np.random.default_rng(0))
    diagnosis = audit(split.train, split.eval, target=TARGET)
    assert [fault.code for fault in FAULTS if is_found(fault, diagnosis, [])] == []


def test_planting_leaves_the_clean_tables_alone_and_repeats():
    split = patients(np.random.default_rng(0))
    before = split.train.copy(), split.eval.copy()
    first = planted(split, np.random.default_rng(1))
    second = planted(split, np.random.default_rng(1))
    assert split.train.equals(before[0])
    assert split.eval.equals(before[1])
    assert first.split.train.equals(second.split.train)
    assert first.rows == second.rows
    assert set(first.rows) == {fault.code for fault in FAULTS}


def test_what_is_missed_is_said_and_is_1(run, audits):
    ran = run("demo")
    assert ran.status == 1
    assert f"planted {len(FAULTS)}, found 0" in ran.out
    assert "missed  LK401 shared-rows" in ran.out
    assert len(audits.calls) == 2


@pytest.mark.parametrize("foreign", ["a page of mine", "\xff", ""])
def test_a_file_of_another_is_not_written_over(run, audits, folder, foreign):
    (folder / "mldebug-demo.html").write_text(foreign, encoding="latin-1")
    ran = run("demo")
    assert (folder / "mldebug-demo.html").read_text(encoding="latin-1") == foreign
    assert "mldebug-demo-2.html" in ran.out
    assert (folder / "mldebug-demo-2.html").is_file()
    assert len(audits.calls) == 2


def test_neither_folders_nor_links_are_touched(run, audits, folder):
    (folder / "mldebug-demo.html").mkdir()
    (folder / "mine").write_text(FAULTY)
    (folder / "mldebug-demo-2.html").symlink_to("mine")
    assert "mldebug-demo-3.html" in run("demo").out
    assert (folder / "mine").read_text() == FAULTY
    assert audits.calls


def test_the_report_of_an_earlier_demo_is_replaced(run, audits, folder):
    (folder / "mldebug-demo.html").write_text(f"<p>{FAULTY}</p>")
    run("demo")
    assert [path.name for path in folder.iterdir()] == ["mldebug-demo.html"]
    assert (folder / "mldebug-demo.html").read_text() != f"<p>{FAULTY}</p>"
    assert audits.calls
