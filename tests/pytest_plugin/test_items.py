"""What an item does: fail, warn, skip, err or pass, and what it says."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from plugin_projects import CHURN, LK401, RULES, SELECTED, answering, configured, run, with_outcome

from mldebug import pytest_items
from mldebug.catalogue import rules


def test_every_rule_is_one_item_and_says_what_became_of_it(project):
    configured(
        project, 'ignore = [{code = "LK406", reason = "known since May"}]\n', SELECTED, CHURN
    )
    done = run(project, "--mldebug", "-v", "-rs")
    done.assert_outcomes(failed=1, passed=3, skipped=RULES - 4, warnings=1)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    told = done.stdout.str()
    for code, rule in rules().items():
        assert f"mldebug.toml::churn::{code}-{rule.name} " in told
    assert re.search(r"SKIPPED \[\d+\] mldebug.toml:3: not selected", told)
    assert "SKIPPED [1] mldebug.toml:3: ignored: known since May" in told
    assert "SKIPPED [1] mldebug.toml:3: not checked: " in told
    assert re.search(r"mldebug.toml:3: MldebugWarning: churn: note EV901 small-eval-set: ", told)


def test_a_failed_item_tells_evidence_and_remedy_and_no_code(project):
    configured(project)
    told = run(project, LK401).stdout.str()
    assert "_ churn: LK401-shared-rows _" in told
    assert "error LK401 shared-rows: 20 of 120 evaluation rows (16.7%)" in told
    assert re.search(r"  value   .*20 of 120 \(16\.7%\)", told)
    assert "  rows    20, the first 5 of them\n" in told
    # Where CI is set, pytest repeats the whole text in its short summary.
    failure = told.split("short test summary")[0]
    assert len(re.findall(r"^ {10}eval 1\d\d  train \d+ +[-.\d]", failure, re.MULTILINE)) == 5
    assert f"  remedy  {rules()['LK401'].remedy.text}" in told
    assert "  id      LK401:{}" in told
    assert re.search(r"FAILED mldebug.toml::churn::LK401-shared-rows - .*LK401", told)


@pytest.mark.parametrize(
    ("fail_on", "failed", "warnings"), [("note", 2, 0), ("error", 1, 1), ("never", 0, 2)]
)
def test_the_audit_says_from_which_severity_on_it_fails(project, fail_on, failed, warnings):
    configured(project, 'fail-on = "warning"\n', SELECTED, CHURN, f'fail-on = "{fail_on}"\n')
    done = run(project, "--mldebug")
    done.assert_outcomes(failed=failed, passed=5 - 1 - failed, skipped=RULES - 4, warnings=warnings)


def test_warnings_are_filtered_as_others_are(project):
    configured(project)
    ignored = run(project, "--mldebug", "-W", "ignore::mldebug.pytest_plugin.MldebugWarning")
    ignored.assert_outcomes(failed=1, passed=3, skipped=RULES - 4, warnings=0)
    refused = run(project, "--mldebug", "-W", "error")
    refused.assert_outcomes(failed=2, passed=2, skipped=RULES - 4, warnings=0)
    told = refused.stdout.str()
    assert re.search(r"^note EV901 small-eval-set: ", told, re.MULTILINE)
    assert "another exception" not in told


def test_filters_of_the_session_do_not_reach_into_an_audit(project, monkeypatch):
    import warnings

    def warned(diagnosis):
        warnings.warn("a library's own business", RuntimeWarning, stacklevel=1)
        return diagnosis

    answering(monkeypatch, warned)
    configured(project)
    done = run(project, "--mldebug", "-W", "error", "-k", "DA101")
    done.assert_outcomes(passed=1, deselected=RULES - 1, warnings=1)


def test_a_failed_check_is_an_error_and_an_inconclusive_one_skips(project, monkeypatch):
    configured(project)
    answering(
        monkeypatch, with_outcome("DA101", "failed", "data.missing raised ValueError: \x1b[1m")
    )
    done = run(project, "--mldebug")
    done.assert_outcomes(errors=1, failed=1, passed=2, skipped=RULES - 4, warnings=1)
    assert "data.missing raised ValueError: \\x1b[1m" in done.stdout.str()
    answering(monkeypatch, with_outcome("DA101", "inconclusive", "12 rows cannot tell"))
    done = run(project, "--mldebug", "-rs", "-k", "DA101")
    assert "inconclusive: 12 rows cannot tell" in done.stdout.str()


def test_a_fault_of_mldebug_is_told_once_with_its_traceback(project, monkeypatch):
    configured(project)

    def broken(*_, **__):
        raise RuntimeError("so it goes")

    monkeypatch.setattr(pytest_items, "audit", broken)
    done = run(project, "--mldebug", clean=False)
    done.assert_outcomes(errors=RULES)
    told = done.stdout.str()
    assert told.count("Traceback") == 1
    assert "churn: the audit raised RuntimeError: so it goes" in told


def test_an_interrupt_within_an_audit_ends_the_session(project, monkeypatch):
    def interrupted(diagnosis):
        return replace(diagnosis, provenance={**diagnosis.provenance, "interrupted": True})

    configured(project)
    answering(monkeypatch, interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(project, "--mldebug")


def test_a_table_that_cannot_be_read_fails_the_items_in_one_sentence(project):
    (project.path / "train.csv").unlink()
    configured(project)
    done = run(project, "--mldebug", "--mldebug-report=report.html")
    done.assert_outcomes(failed=RULES)
    told = done.stdout.str()
    assert re.search(r"^\[audits\.churn\]: .*train\.csv", told, re.MULTILINE)
    assert re.search(r"^churn: \[audits\.churn\]: .*train\.csv", told, re.MULTILINE)
    assert "report.html was not written: no audit was made" in told


def test_hostile_names_reach_the_terminal_escaped(project):
    name = "x\\u001b[31m<b>::{value.__class__}\\u202e"
    column = "\x1b]0;bad\x07<script>\u202e"
    for file in ("train.csv", "test.csv"):
        path = project.path / file
        path.write_text(path.read_text().replace("a,b", f"{column},b", 1), encoding="utf-8")
    configured(project, SELECTED, CHURN.replace("churn", f'"{name}"'))
    done = run(
        project, "--mldebug", "-v", "--color=no", "--mldebug-report=r.html", "--junitxml=j.xml"
    )
    done.assert_outcomes(failed=1, passed=3, skipped=RULES - 4, warnings=1)
    told = done.stdout.str()
    assert "\\x1b]0;bad" in told
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", told)
    ET.parse(project.path / "j.xml")
    assert (project.path / "r.html").exists()


def test_junit_tells_code_severity_value_and_finding(project):
    configured(project)
    run(project, "--mldebug", "--junitxml=junit.xml")
    suite = ET.parse(project.path / "junit.xml").getroot()[0]
    counts = {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {
        "tests": str(RULES),
        "failures": "1",
        "errors": "0",
        "skipped": str(RULES - 4),
    }
    cases = {case.get("name"): case for case in suite}
    case = cases["LK401-shared-rows"]
    assert case.get("classname") == "mldebug.toml.churn"
    properties = {one.get("name"): one.get("value") for one in case.iter("property")}
    assert float(properties.pop("value")) == pytest.approx(20 / 120)
    assert properties == {
        "audit": "churn",
        "code": "LK401",
        "severity": "error",
        "finding": "LK401:{}",
    }
    (failure,) = case.iter("failure")
    assert "remedy" in failure.text
    quiet = {one.get("name") for one in cases["DA101-missing-values"].iter("property")}
    assert quiet == {"audit", "code"}
