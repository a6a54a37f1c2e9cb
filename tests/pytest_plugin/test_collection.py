"""What is collected, and what is refused before anything is audited."""

from __future__ import annotations

import re

import pytest
from plugin_projects import CHURN, COUNTING, LK401, RULES, SELECTED, configured, run

from mldebug.catalogue import rules


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
