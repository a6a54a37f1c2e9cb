"""The Diagnosis: plain data that can be judged again, compared and rendered, nothing recomputed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mldebug.measurement import Measurement, Rows, Subject
from mldebug.rule import SEVERITIES, Rule, Severity

if TYPE_CHECKING:
    import pandas as pd

State = Literal["found", "passed", "inconclusive", "not_checked", "muted", "failed"]
STATES: tuple[State, ...] = ("found", "inconclusive", "passed", "not_checked", "muted", "failed")
SIGNIFICANT_DIGITS = 12


def plain(value: Any) -> Any:
    """A value in JSON's types: floats to 12 significant digits, what JSON lacks as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [
            plain(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)
        ]
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}") if math.isfinite(value) else str(value)
    if hasattr(value, "item"):
        return plain(value.item())
    return str(value)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule found in one subject."""

    id: str
    rule: Rule
    measurement: Measurement
    severity: Severity
    trial: Mapping[str, Any] | None = None

    @property
    def subject(self) -> Subject:
        """What the finding speaks about."""
        return self.measurement.subject

    @property
    def message(self) -> str:
        """The fact, in one sentence."""
        return self.rule.sentence(self.measurement)


@dataclass(frozen=True, slots=True)
class Cause:
    """A finding that no other finding explains, with those that it explains."""

    finding: str
    code: str
    cause: str
    explains: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one rule. Every rule has exactly one."""

    state: State
    reason: str = ""
    missing: tuple[str, ...] = ()
    subjects: Mapping[str, int] = field(default_factory=dict)


class AuditError(AssertionError):
    """Raised by `Diagnosis.check`; it carries the findings that reach the severity."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        lines = [
            f"{one.severity} {one.rule.code} {one.rule.name}: {one.message}" for one in findings
        ]
        super().__init__("\n".join(lines))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What an audit found, why, how sure it is, and what it did not look at.

    ``str()`` of a diagnosis is its terminal summary, a notebook shows the report, and `save` writes
    either, by the file's ending.
    """

    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...]
    outcomes: Mapping[str, Outcome]
    measurements: tuple[Measurement, ...]
    provenance: Mapping[str, Any]

    def worst(self) -> Severity | None:
        """The highest severity among the findings; None if there is no finding."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in SEVERITIES if severity in found), None)

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of this severity or a higher one."""
        wanted = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return tuple(finding for finding in self.findings if finding.severity in wanted)

    def check(self, fail_on: Severity = "error") -> Diagnosis:
        """The same diagnosis, if nothing in it reaches ``fail_on``.

        Raises
        ------
        AuditError
            With the findings that do.
        """
        if fail_on not in SEVERITIES:
            raise ValueError(f"fail_on is one of {', '.join(SEVERITIES)}, not {fail_on!r}")
        reached = self.at_least(fail_on)
        if reached:
            raise AuditError(reached)
        return self

    def rows(self, code: str) -> dict[str, list[int]]:
        """The positions of the rows that are evidence for a code, by table, the worst first.

        Positions count from 0 in the file or frame as given; at most 1,000 a finding are kept.
        """
        positions: dict[str, list[int]] = {}
        for finding in self.findings:
            if finding.rule.code == code and isinstance(finding.measurement.rows, Rows):
                for item in finding.measurement.rows.items:
                    listed = positions.setdefault(item.table, [])
                    if item.row not in listed:
                        listed.append(item.row)
        return positions

    def frame(self) -> pd.DataFrame:
        """The findings as a pandas table, one row a finding, ordered as in the report."""
        import pandas as pd

        names = "id code name severity family cause subject value low high n p message"
        return pd.DataFrame(
            [
                (
                    one.id,
                    one.rule.code,
                    one.rule.name,
                    one.severity,
                    one.rule.family,
                    one.rule.cause,
                    one.subject.label,
                    one.measurement.value,
                    *(one.measurement.interval or (None, None)),
                    one.measurement.n,
                    one.measurement.p,
                    one.message,
                )
                for one in self.findings
            ],
            columns=names.split(),
        )

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as the one object that ``reports/diagnosis.schema.json`` describes."""
        from mldebug.render.document import document

        return document(self)

    def save(self, path: str | Path) -> Path:
        """Write the diagnosis; the ending of the path says in which form (.html or .json).

        Returns
        -------
        Path
            What was written.

        Raises
        ------
        ValueError
            An ending that no renderer writes.
        OSError
            The path cannot be written.
        """
        from mldebug.render import write

        return write(self.to_dict(), Path(path))

    def log_to_mlflow(self, run: Any) -> None:
        """Findings as tags, their counts as metrics and the report into a run of MLflow, or its id."""
        from mldebug.render.trackers import to_mlflow

        to_mlflow(self.to_dict(), run)

    def log_to_wandb(self, run: Any) -> None:
        """Findings as tags, their counts in the summary and the report into an open run of W&B."""
        from mldebug.render.trackers import to_wandb

        to_wandb(self.to_dict(), run)

    def log_to_dvclive(self, live: Any) -> None:
        """Findings and their counts into the summary of a ``Live``, the report into its folder."""
        from mldebug.render.trackers import to_dvclive

        to_dvclive(self.to_dict(), live)

    def __str__(self) -> str:
        from mldebug.render.text import summary

        return summary(self.to_dict())

    def _repr_html_(self) -> str:
        from mldebug.render.html import notebook

        return notebook(self.to_dict())
