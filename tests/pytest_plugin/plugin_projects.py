"""Small projects in which pytest is run, for the tests of the plugin."""

from __future__ import annotations

import random
import warnings
from dataclasses import replace
from xml.etree import ElementTree as ET

from mldebug import pytest_items
from mldebug.catalogue import rules
from mldebug.diagnosis import Outcome

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
"""A conftest.py that counts the configured audits in a file."""
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


def configured(project, *parts, name="mldebug.toml"):
    (project.path / name).write_text("".join(parts) or SELECTED + CHURN, encoding="utf-8")


def run(project, *arguments, clean=True):
    """Run pytest in this process; whatever goes wrong, nobody sees the plugin's own code."""
    with warnings.catch_warnings():  # a session has filters of its own
        warnings.resetwarnings()
        done = project.runpytest_inprocess("-p", "no:cacheprovider", *arguments)
    if clean:
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


def outcomes(path):
    """What JUnit's file says of each item: its state, its properties and its text."""
    told = {}
    for case in ET.parse(path).getroot()[0]:
        properties = [(one.get("name"), one.get("value")) for one in case.iter("property")]
        states = [(one.tag, one.text) for one in case if one.tag != "properties"]
        told[case.get("classname"), case.get("name")] = (properties, states)
    return told
