"""The pytest plugin, from outside: small projects in which pytest is run."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

import mldebug.audit  # noqa: F401  (so that it can be replaced, and is imported once for all runs)
from mldebug import pytest_items
from mldebug.catalogue import rules
from mldebug.diagnosis import Outcome

pytestmark = pytest.mark.filterwarnings("default")  # a session within has filters of its own

RULES = len(rules())
SELECTED = 'select = ["LK401", "LK405", "EV901", "DA101", "DA117"]\n'
CHURN = '[audits.churn]\ntrain = "train.csv"\neval = "test.csv"\ntarget = "y"\n'
CLEAN = '[audits.clean]\ntrain = "train.csv"\ntarget = "y"\n'
LK401 = "mldebug.toml::churn::LK401-shared-rows"
COUNTING = """
    import pytest
    from mldebug import pytest_items

    def pytest_configure(config):
        made = pytest_items.audit

        def counted(*tables, **options):
            with open("made", "a") as file:
                file.write("x")
            return made(*tables, **options)

        patch = pytest.MonkeyPatch()
        patch.setattr(pytest_items, "audit", counted)
        config.add_cleanup(patch.undo)
"""


def write_tables(folder):
    """300 rows to train on and 120 to evaluate on, of which 20 were trained on."""
    rng = random.Random(1)
    lines = []
    for _ in range(400):
        cells = [rng.gauss(0, 1) for _ in range(4)]
        lines.append(",".join(map(repr, cells)) + f",{int(cells[0] > 0)}\n")
    header = "a,b,c,d,y\n"
    (folder / "train.csv").write_text(header + "".join(lines[:300]))
    (folder / "test.csv").write_text(header + "".join(lines[300:] + lines[:20]))


@pytest.fixture(scope="module", autouse=True)
def loaded(tmp_path_factory):
    """Whatever an audit loads: a session within drops what it was the first to load."""
    folder = tmp_path_factory.mktemp("loaded")
    write_tables(folder)
    diagnosis = pytest_items.audit(folder / "train.csv", folder / "test.csv", target="y")
    diagnosis.save(folder / "report.html")


@pytest.fixture
def project(pytester, monkeypatch):
    """A folder with tables to audit."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    write_tables(pytester.path)
    return pytester


def configured(project, *parts, name="mldebug.toml"):
    (project.path / name).write_text("".join(parts) or SELECTED + CHURN, encoding="utf-8")


def run(project, *arguments):
    """Run pytest in this process; whatever goes wrong, nobody sees the plugin's own code."""
    done = project.runpytest_inprocess("-p", "no:cacheprovider", *arguments)
    told = done.stdout.str() + done.stderr.str()
    assert "INTERNALERROR" not in told
    assert "Traceback (" not in told
    assert "mldebug/pytest_" not in told
    return done


def answering(monkeypatch, answer):
    """Let what a configured audit returns be changed, or something else happen."""
    made = pytest_items.audit

    def audit(*tables, **options):
        return answer(made(*tables, **options))

    monkeypatch.setattr(pytest_items, "audit", audit)


def with_outcome(code, state, reason):
    def changed(diagnosis):
        outcomes = {**diagnosis.outcomes, code: Outcome(state, reason)}
        return replace(diagnosis, outcomes=outcomes)

    return changed


def test_nothing_else_of_mldebug_is_loaded_where_it_is_not_used(pytester):
    pytester.makepyfile("""
        import sys

        def test_modules():
            loaded = {name for name in sys.modules if name.split(".")[0] == "mldebug"}
            assert loaded == {"mldebug", "mldebug.pytest_plugin"}
            assert "numpy" not in sys.modules and "yaml" not in sys.modules
    """)
    (pytester.path / "mldebug.toml").write_text(CHURN)
    done = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-W", "error")
    done.assert_outcomes(passed=1)
    assert "mldebug.toml" not in done.stdout.str()
    assert "= mldebug =" not in done.stdout.str()


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
    assert re.search(r"  value   .*20 of 120 \(16\.7.%\)", told)
    assert "  rows    20, the first 5 of them\n" in told
    assert len(re.findall(r"^ {10}eval 1\d\d  train \d+ +[-.\d]", told, re.MULTILINE)) == 5
    assert f"  remedy  {rules()['LK401'].remedy.text}" in told
    assert "  id      LK401:{}" in told
    assert re.search(r"FAILED mldebug.toml::churn::LK401-shared-rows - .*LK401", told)


def test_an_audit_is_made_once_when_its_first_item_runs(project):
    configured(project, SELECTED, CHURN)
    project.makeconftest(COUNTING)
    listed = run(project, "--mldebug", "--collect-only", "-q").stdout.str()
    assert LK401 in listed
    assert not (project.path / "made").exists()
    run(project, "--mldebug", "-k", "not churn")
    assert not (project.path / "made").exists()
    run(project, "--mldebug")
    assert (project.path / "made").read_text() == "x"


@pytest.mark.parametrize(
    ("arguments", "items"),
    [
        (["--mldebug", "-k", "LK401"], 1),
        (["--mldebug", "-k", "leakage"], sum(code.startswith("LK") for code in rules())),
        (["--mldebug", "--deselect", LK401], RULES - 1),
        (["--mldebug", "-m", "mldebug"], RULES),
        (["mldebug.toml"], RULES),
        (["."], 0),
        ([".", "mldebug.toml"], RULES),
        (["--mldebug", "."], RULES),
        (["--mldebug", "mldebug.toml"], RULES),
        (["--mldebug", LK401], 1),
        (["mldebug.toml::churn"], RULES),
    ],
)
def test_items_are_chosen_as_tests_are(project, arguments, items):
    configured(project)
    done = run(project, "--collect-only", "-q", "--strict-markers", *arguments)
    assert len(re.findall(r"^mldebug\.toml::churn::", done.stdout.str(), re.MULTILINE)) == items


def test_a_folder_below_and_other_tests_are_fine(project, monkeypatch):
    configured(project)
    project.makeini("[pytest]\ntestpaths = tests\naddopts = --strict-markers --strict-config")
    project.mkdir("tests").joinpath("test_one.py").write_text("def test_one(): pass")
    done = run(project, "--mldebug", "-m", "not mldebug")
    done.assert_outcomes(passed=1, deselected=RULES)
    monkeypatch.chdir(project.path / "tests")
    for arguments in ([], ["."], [".."], ["test_one.py"], ["../tests", "--pyargs"]):
        done = run(project, "--mldebug", "--collect-only", "-q", "-p", "no:xdist", *arguments)
        assert f"{RULES + 1} tests collected" in done.stdout.str(), arguments


def test_pyproject_is_a_configuration(project):
    lines = ["[tool.mldebug]\n", SELECTED, CHURN.replace("audits", "tool.mldebug.audits")]
    configured(project, *lines, name="pyproject.toml")
    done = run(project, "--mldebug", "-k", "LK401 or LK405", "-rs")
    done.assert_outcomes(failed=1, skipped=1, deselected=RULES - 2)
    assert "SKIPPED [1] pyproject.toml:3: not checked" in done.stdout.str()
    listed = run(project, "pyproject.toml::churn", "--collect-only", "-q").stdout.str()
    assert listed.count("pyproject.toml::churn::") == RULES


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
    done = project.runpytest_inprocess("--mldebug")
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


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[audits.churn\n", "cannot be read as TOML"),
        ("colour = 1\n", "there is no key 'colour'"),
        (CHURN + "colour = 1\n", "[audits.churn] there is no key 'colour'"),
        ("", "configures no audit; add a table [audits.NAME]"),
    ],
)
def test_a_configuration_that_cannot_be_read_is_one_sentence(project, content, sentence):
    (project.path / "mldebug.toml").write_text(content)
    done = run(project, "--mldebug")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    assert "ERROR collecting mldebug.toml" in done.stdout.str()
    assert sentence in done.stdout.str()


def test_no_configuration_at_all_is_bad_usage(pytester):
    done = run(pytester, "--mldebug")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [one for one in done.stderr.lines if one]
    assert line.startswith("ERROR: --mldebug: there is neither mldebug.toml nor")
    assert run(pytester, "--mldebug", "--help").ret == 0


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nowhere/report.html", "its folder does not exist"),
        ("report.pdf", "must be a name that ends in .html"),
        ("folder.html", "is there and may not be written"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_before_any_work(project, path, sentence):
    project.mkdir("folder.html")
    configured(project)
    project.makeconftest(COUNTING)
    done = run(project, "--mldebug", f"--mldebug-report={path}")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert sentence in done.stderr.str()
    assert not (project.path / "made").exists()


def test_a_report_that_cannot_be_written_after_all_is_told(project, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mldebug.render.write", full)
    configured(project)
    done = run(project, "--mldebug", "-k", "DA101", "--mldebug-report=report.html")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert "report.html cannot be written: no space left on device" in done.stdout.str()


def test_one_audit_goes_to_the_path_and_several_to_one_each(project):
    configured(project, SELECTED, CHURN, CLEAN)
    done = run(project, "--mldebug", "-k", "churn", "--mldebug-report=report.html")
    page = (project.path / "report.html").read_text(encoding="utf-8")
    assert "LK401" in page
    told = done.stdout.str()
    assert re.search(r"=+ mldebug =+\nchurn: .*20 of 120 evaluation rows", told)
    assert f"written: {project.path / 'report.html'}" in told
    (project.path / "report.html").unlink()
    run(project, "--mldebug", "-k", "DA101", "--mldebug-report=report.html")
    written = sorted(path.name for path in project.path.glob("*.html"))
    assert written == ["report-churn.html", "report-clean.html"]


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


def test_an_expired_exception_is_told(project):
    expired = 'ignore = [{code = "LK401", reason = "for now", expires = 2020-01-31}]\n'
    configured(project, expired, SELECTED, CHURN)
    done = run(project, "--mldebug", "-k", "LK401", "--mldebug-report=r.html")
    done.assert_outcomes(failed=1, deselected=RULES - 1)
    assert "ignoring LK401 ended on 2020-01-31" in done.stdout.str()
    assert "ignoring LK401 ended on 2020-01-31" in (project.path / "r.html").read_text("utf-8")


FIXTURE = """
    import pytest

    @pytest.fixture(scope="module")
    def diagnosis(mldebug_audit):
        return mldebug_audit("train.csv", "test.csv", target="y", select="LK401,EV901")

    def test_leak(diagnosis):
        assert [one.rule.code for one in diagnosis.findings] == ["LK401", "EV901"]

    def test_clean(mldebug_audit, diagnosis):
        for seed in (0, 1):
            mldebug_audit("train.csv", target="y", select="DA101", seed=seed).check()

    def test_check(diagnosis):
        diagnosis.check()
"""


def test_the_fixture_returns_a_diagnosis_and_adds_it_to_the_report(project):
    project.makepyfile(test_data=FIXTURE)
    done = run(project, "--mldebug-report=report.html", "--strict-markers", "-W", "error")
    done.assert_outcomes(passed=2, failed=1)
    told = done.stdout.str()
    assert re.search(r"^test_leak: .*20 of 120 evaluation rows", told, re.MULTILINE)
    assert len(re.findall(r"^test_clean: ", told, re.MULTILINE)) == 2
    assert "AuditError: error LK401 shared-rows: 20 of 120" in told
    written = sorted(path.name for path in project.path.glob("*.html"))
    assert written == [
        "report-test_clean-2.html",
        "report-test_clean.html",
        "report-test_leak.html",
    ]


def outcomes(path):
    """What JUnit's file says of each item: its state, its properties and its text."""
    told = {}
    for case in ET.parse(path).getroot()[0]:
        properties = [(one.get("name"), one.get("value")) for one in case.iter("property")]
        states = [(one.tag, one.text) for one in case if one.tag != "properties"]
        told[case.get("classname"), case.get("name")] = (properties, states)
    return told


def test_workers_of_xdist_come_to_the_same(project):
    pytest.importorskip("xdist")
    configured(project, SELECTED, CHURN, CLEAN)
    project.makepyfile(test_data=FIXTURE)
    arguments = ["--mldebug", "--mldebug-report=r.html", "--strict-markers"]
    run(project, *arguments, "--junitxml=one.xml")
    alone = {path.name: path.read_text("utf-8") for path in project.path.glob("*.html")}
    for name in alone:
        (project.path / name).unlink()
    done = project.runpytest_subprocess(*arguments, "--junitxml=two.xml", "-n", "2", "-v")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    told = done.stdout.str()
    items = re.findall(r"\[(gw\d)\].* mldebug\.toml::churn::", told)
    assert set(items) == {"gw0", "gw1"}
    one, two = (outcomes(project.path / name) for name in ("one.xml", "two.xml"))
    assert len(two) == 2 * RULES + 3
    assert {key: one[key] for key in one if key[0] != "test_data"} == {
        key: two[key] for key in two if key[0] != "test_data"
    }
    assert len(re.findall(r"^churn: .*20 of 120", told, re.MULTILINE)) == 1
    assert len(re.findall(r"^clean: ", told, re.MULTILINE)) == 1
    pages = {path.name for path in project.path.glob("*.html")}
    assert {"r-churn.html", "r-clean.html", "r-test_leak.html"} <= pages
    assert "LK401" in (project.path / "r-churn.html").read_text("utf-8")


def test_each_audit_is_made_once_where_a_worker_takes_its_whole_scope(project):
    pytest.importorskip("xdist")
    configured(project, SELECTED, CHURN, CLEAN)
    project.makeconftest(COUNTING)
    done = project.runpytest_subprocess("--mldebug", "-n", "2", "--dist", "loadscope")
    done.assert_outcomes(failed=1, passed=4, skipped=2 * RULES - 5, warnings=1)
    assert (project.path / "made").read_text() == "xx"


def test_the_items_of_an_audit_are_a_group_of_xdist(project):
    pytest.importorskip("xdist")
    configured(project)
    done = run(project, "--mldebug", "-m", "xdist_group(name='mldebug churn')", "--collect-only")
    assert f"{RULES} tests collected" in done.stdout.str()


def test_a_document_that_travels_is_whole(project, monkeypatch):
    """What is sent between processes is strict JSON in ASCII, whatever the names are."""
    kept = []
    monkeypatch.setattr(
        "mldebug.render.write", lambda document, path: kept.append((document, path))
    )
    train = project.path / "train.csv"
    train.write_text(train.read_text().replace("a,b", "\u202e\U0001f600,b", 1), encoding="utf-8")
    configured(project, SELECTED, CLEAN)
    run(project, "--mldebug", "--mldebug-report=r.html", "-k", "DA101")
    ((document, path),) = kept
    assert path == project.path / "r.html"
    assert document["provenance"]["command"] == "mldebug audit --config mldebug.toml --name clean"
    assert "\u202e\U0001f600" in json.dumps(document, ensure_ascii=False, allow_nan=False)
