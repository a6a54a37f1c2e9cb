"""The reports of a session, the fixture that adds to them, and the workers of xdist."""

from __future__ import annotations

import json
import re
import textwrap

import pytest
from plugin_projects import (
    CHURN,
    CLEAN,
    COUNTING,
    FIXTURE,
    RULES,
    SELECTED,
    configured,
    outcomes,
    run,
)


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


def test_an_expired_exception_is_told(project):
    expired = 'ignore = [{code = "LK401", reason = "for now", expires = 2020-01-31}]\n'
    configured(project, expired, SELECTED, CHURN)
    done = run(project, "--mldebug", "-k", "LK401", "--mldebug-report=r.html")
    done.assert_outcomes(failed=1, deselected=RULES - 1)
    assert "ignoring LK401 ended on 2020-01-31" in done.stdout.str()
    page = re.sub("<[^>]+>", "", (project.path / "r.html").read_text("utf-8"))
    assert "ignoring LK401 ended on 2020-01-31" in page


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
    refusing = COUNTING.replace("return made(*tables, **options)", "raise InputError('no')")
    project.makeconftest("from mldebug import InputError\n" + textwrap.dedent(refusing))
    done = project.runpytest_subprocess("--mldebug", "-n", "2", "--dist", "loadscope")
    done.assert_outcomes(failed=2 * RULES)
    assert (project.path / "made").read_text() == "xx"


def test_the_items_of_an_audit_are_a_group_of_xdist(project):
    pytest.importorskip("xdist")
    configured(project)
    done = run(project, "--mldebug", "-m", "xdist_group(name='mldebug churn')", "--collect-only")
    assert f"{RULES} tests collected" in done.stdout.str()
