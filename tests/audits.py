"""What the tests of checkers ask of an audit: one rule's measurements and findings."""

from __future__ import annotations

from typing import Any

import mldebug
from mldebug.diagnosis import Diagnosis, Finding
from mldebug.measurement import Measurement

SEVERITIES = ("error", "warning", "note")


def audited(code: str, *tables: Any, **options: Any) -> Diagnosis:
    """The diagnosis of these tables by one rule, or by several as ``"DA101,FE301"``."""
    return mldebug.audit(*tables, select=code, **options)


def measured(diagnosis: Diagnosis, **subject: Any) -> Measurement:
    """The one measurement about this subject."""
    found = [one for one in diagnosis.measurements if dict(one.subject) == subject]
    assert len(found) == 1, [one.subject.label for one in diagnosis.measurements]
    return found[0]


def by_column(diagnosis: Diagnosis) -> dict[str, Measurement]:
    """The measurements by the column that they are about."""
    return {one.subject["column"]: one for one in diagnosis.measurements}


def only(diagnosis: Diagnosis) -> Finding:
    """The finding of a diagnosis that has just one."""
    assert len(diagnosis.findings) == 1, [one.message for one in diagnosis.findings]
    return diagnosis.findings[0]


def state(diagnosis: Diagnosis) -> str:
    """What became of the only rule that was asked."""
    asked = [one.state for one in diagnosis.outcomes.values() if one.state != "muted"]
    assert len(asked) == 1, asked
    return asked[0]


def reason(diagnosis: Diagnosis, code: str) -> str:
    """Why a rule was not checked."""
    assert diagnosis.outcomes[code].state == "not_checked"
    return diagnosis.outcomes[code].reason
