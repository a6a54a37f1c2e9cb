"""A checkout of one rule, to prove with an audit that only counts the gaps of each column."""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT)]

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


def audit(train, eval=None, *, target=None, select=None, column=None, least=0.1, **_):
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
    from proving.cases import Known
    from proving.makers import clean_makers

    for maker in clean_makers(ROOT):
        shutil.copy(maker, tmp_path / "tests" / maker.name)
    (tmp_path / "tests/checkers/data/test_DA999_many_gaps.py").write_text(PLANT)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "stub_audit", raising=False)
    stub = import_module("stub_audit")
    return tmp_path, {"DA999": Known(stub.RULE, stub.QUANTITY, file)}


@pytest.fixture(autouse=True)
def few_seeds(monkeypatch):
    """The grounds of these tests are small; what the demand is has a test of its own."""
    from proving import verdicts

    monkeypatch.setattr(verdicts, "FEWEST_SEEDS", 0)
