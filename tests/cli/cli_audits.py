"""Stand-ins for audits, for the tests of the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mldebug.catalogue import rules
from mldebug.diagnosis import Diagnosis, Finding, Outcome
from mldebug.measurement import Measurement, Subject


@dataclass
class Ran:
    """What a run of the command left: its exit status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on standard error."""
        (line,) = self.err.splitlines()
        assert line.startswith("mldebug: ")
        return line.removeprefix("mldebug: ")


@dataclass
class Audits:
    """A stand-in for ``mldebug.audit``: it keeps how it was called and returns what it is told.

    ``by_train`` says it for a training table of its own; an exception is raised.
    """

    diagnosis: Any
    by_train: dict[str, Any] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, **given):
        self.calls.append(given)
        answer = self.by_train.get(getattr(given["train"], "name", None), self.diagnosis)
        if isinstance(answer, BaseException):
            raise answer
        return answer


def diagnosis_with(*severities, failed=False, interrupted=False):
    """A diagnosis of LK401 with a finding for each severity."""
    rule = rules()["LK401"]
    measurements = tuple(
        Measurement(rule.judges, Subject(slice=severity), 0.1, 100, details=_details(rule))
        for severity in severities
    )
    findings = tuple(
        Finding(f"LK401:{one.subject.canonical}", rule, one, severity)
        for one, severity in zip(measurements, severities, strict=True)
    )
    outcomes = {code: Outcome("passed") for code in rules()}
    if findings:
        outcomes["LK401"] = Outcome("found", "found")
    if failed:
        outcomes["DA101"] = Outcome("failed", "data.missing_values raised ValueError: no")
    provenance = {
        "started": "2026-01-01T00:00:00+00:00",
        "seconds": {},
        "command": None,
        "seed": 0,
        "device": "cpu",
        "versions": {"mldebug": "0.1.0"},
        "task": None,
        "target": None,
        "remarks": [],
        "interrupted": interrupted,
        "tables": {
            "train": {"source": "train.csv", "rows": 100, "sha256": None, "columns": []},
        },
        "rules": _told(),
        "quantities": _described(),
    }
    return Diagnosis(findings, (), outcomes, measurements, provenance)


def _told():
    from mldebug.render.document import told

    return {code: told(rule) for code, rule in rules().items()}


def _described():
    from mldebug.checker import quantities
    from mldebug.render.document import described

    return {name: described(quantity) for name, (quantity, _) in quantities().items()}


def _details(rule):
    """The details of the rule's first example, so that its message can be told."""
    return rule.examples[0].get("details", {})
