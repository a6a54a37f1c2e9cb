"""Rules, measurements and findings that are made up, for the tests of the engine."""

from __future__ import annotations

from typing import Any

from mldebug.diagnosis import Finding
from mldebug.measurement import Measurement, Subject
from mldebug.rule import Rule, read_rule

QUANTITY = "data.made_up"


def rule(code: str = "DA901", ladder: dict[str, Any] | None = None, **told: Any) -> Rule:
    """A rule that warns above .1 and reports an error above .25, if it is not told otherwise."""
    return read_rule(
        {
            "code": code,
            "name": code.lower(),
            "title": code,
            "cause": "data",
            "judges": QUANTITY,
            "ladder": ladder or {"above": {"warning": 0.1, "error": 0.25}},
            "message": "{subject}: {value:.2f}",
            "why": "It is made up.",
            "remedy": {"text": "None is needed."},
            "references": [],
            "examples": [],
            "since": "0.1",
            **told,
        }
    )


def measurement(value: float, n: int = 100, **told: Any) -> Measurement:
    """A measurement; ``half`` is half of its interval's width, and ``column`` its subject."""
    half, column = told.pop("half", None), told.pop("column", None)
    subject = told.pop("subject", Subject(column=column) if column else Subject())
    interval = None if half is None else (value - half, value + half)
    interval = told.pop("interval", interval)
    return Measurement(told.pop("quantity", QUANTITY), subject, value, n, interval, **told)


def finding(
    code: str, severity: str = "warning", column: str = "", *, trial: Any = None, **told: Any
) -> Finding:
    """A finding of a rule of this code in a column, or in the whole."""
    subject = Subject(column=column) if column else Subject()
    made = measurement(1.0, subject=subject)
    return Finding(f"{code}:{subject.canonical}", rule(code, **told), made, severity, trial)
