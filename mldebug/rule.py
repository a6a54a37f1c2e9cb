"""Rules: data that judges one quantity. A rule never sees what was audited."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mldebug.measurement import Measurement

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

FAMILIES = {
    "DA": "data",
    "LB": "labels",
    "FE": "features",
    "LK": "leakage",
    "AS": "assumptions",
    "HP": "hyperparameters",
    "IM": "implementation",
    "FT": "fit",
    "EV": "evaluation",
    "TR": "tracking",
    "DT": "distributed",
}
CAUSES = ("constraints", "implementation", "hyperparameters", "data", "features")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: a value past ``bound`` on this side has this severity."""

    severity: Severity
    side: Literal["above", "below"]
    bound: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """What turns a value into a severity.

    ``rungs`` holds for every measurement, unless ``by`` names a detail of the quantity: then
    ``cases`` gives the ladder for each value of that detail, and a value that is not listed is
    judged by ``rungs``.
    """

    rungs: tuple[Rung, ...] = ()
    by: str | None = None
    cases: Mapping[str, Ladder] | None = None

    def for_measurement(self, measurement: Measurement) -> tuple[Rung, ...]:
        """The rungs that this measurement is judged by, the most severe first."""
        if self.by is not None and self.cases is not None:
            case = self.cases.get(str(measurement.details.get(self.by)))
            if case is not None:
                return case.for_measurement(measurement)
        return tuple(sorted(self.rungs, key=lambda rung: SEVERITIES.index(rung.severity)))

    def as_dict(self) -> dict[str, Any]:
        """The ladder in the notation of the rule files."""
        told: dict[str, Any] = {}
        for rung in self.rungs:
            told.setdefault(rung.side, {})[rung.severity] = rung.bound
        if self.by is not None:
            told["by"] = self.by
            told["cases"] = {name: case.as_dict() for name, case in (self.cases or {}).items()}
        return told


@dataclass(frozen=True, slots=True)
class Link:
    """A link from one finding to those of another rule, where the named subject keys agree."""

    code: str
    same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do: a text, and where one of the five actions tries it, its specification."""

    text: str
    trial: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue. Each field is described in ``rules/schema.json``."""

    code: str
    name: str
    title: str
    cause: str
    judges: str
    ladder: Ladder
    message: str
    why: str
    remedy: Remedy
    references: tuple[str, ...]
    examples: tuple[Mapping[str, Any], ...]
    since: str
    min_n: int = 0
    leads_to: tuple[Link, ...] = ()
    yields_to: tuple[Link, ...] = ()
    invalidates: Literal["evaluation", "training"] | None = None
    calibrated: bool = False

    @property
    def family(self) -> str:
        """The family that the code's two letters name."""
        return FAMILIES[self.code[:2]]

    def sentence(self, measurement: Measurement) -> str:
        """The rule's message about a measurement that it found."""
        return PlainFormatter().vformat(self.message, (), placeholders(measurement))


def placeholders(measurement: Measurement) -> dict[str, Any]:
    """The names that a message may use, with their values for one measurement.

    ``value``, ``n``, ``p``, ``low`` and ``high`` (the ends of the interval), ``count`` (value x n,
    rounded: the number behind a share), ``rows`` (how many rows are evidence), ``subject`` (its
    label), the subject's own keys, and the details that the quantity declares. A detail replaces
    a name of the first group.
    """
    low, high = measurement.interval or (measurement.value, measurement.value)
    value = measurement.value
    count = round(value * measurement.n) if math.isfinite(value * measurement.n) else 0
    subject = {
        key: ", ".join(map(str, told)) if isinstance(told, tuple) else told
        for key, told in measurement.subject.items()
    }
    return {
        "value": value,
        "n": measurement.n,
        "p": measurement.p,
        "low": low,
        "high": high,
        "count": count,
        "rows": measurement.rows.total if measurement.rows else 0,
        "subject": measurement.subject.label,
        **subject,
        **measurement.details,
    }


class PlainFormatter(string.Formatter):
    """``str.format`` with plain names alone: no attribute, no index, no nested field."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The value of a plain name; anything else is refused."""
        del args
        if not field_name.isidentifier():
            raise ValueError(f"a message may use plain names only, not {{{field_name}}}")
        return kwargs[field_name], field_name


SIDES = ("above", "below", "outside")


def read_ladder(told: Mapping[str, Any]) -> Ladder:
    """A ladder from the notation of the rule files and of the configuration.

    ``{above: {warning: 0, error: 0.01}}``, ``{below: {...}}``, ``{outside: {warning: [2, 5]}}``;
    with ``by: DETAIL`` and ``cases: {VALUE: LADDER}`` for a ladder that depends on a detail.

    Raises
    ------
    ValueError
        One sentence that names the key which does not belong, and what would.
    """
    if not isinstance(told, Mapping) or not told:
        raise ValueError("a ladder is a table such as {above: {warning: 0.1, error: 0.25}}")
    rungs = []
    for side, steps in told.items():
        if side in ("by", "cases"):
            continue
        if side not in SIDES or not isinstance(steps, Mapping):
            raise ValueError(
                f"a ladder has the keys {', '.join(SIDES)}, by and cases, each with a table of "
                f"severities; {side!r} is none"
            )
        for severity, bound in steps.items():
            if severity not in SEVERITIES:
                raise ValueError(f"{severity!r} is no severity; there are {', '.join(SEVERITIES)}")
            rungs += _rungs(side, severity, bound)
    cases = told.get("cases")
    if ("by" in told) != (cases is not None):
        raise ValueError("in a ladder, 'by' and 'cases' go together")
    if cases is not None:
        cases = {str(name): read_ladder(case) for name, case in cases.items()}
    return Ladder(tuple(rungs), told.get("by"), cases)


def _rungs(side: str, severity: Severity, bound: Any) -> list[Rung]:
    bounds = bound if side == "outside" else [bound]
    wanted = 2 if side == "outside" else 1
    numbers = isinstance(bounds, list | tuple) and all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in bounds
    )
    if not numbers or len(bounds) != wanted:
        what = "two numbers" if wanted == 2 else "a number"
        raise ValueError(f"the rung {side}.{severity} of a ladder must be {what}, not {bound!r}")
    if side == "outside":
        return [Rung(severity, "below", bounds[0]), Rung(severity, "above", bounds[1])]
    return [Rung(severity, "above" if side == "above" else "below", bounds[0])]


def read_rule(told: Mapping[str, Any]) -> Rule:
    """A rule from the content of its file; the file's form is held by ``rules/schema.json``."""
    links = {
        key: tuple(Link(one["code"], tuple(one.get("same", ()))) for one in told.get(key, ()))
        for key in ("leads_to", "yields_to")
    }
    return Rule(
        code=told["code"],
        name=told["name"],
        title=told["title"],
        cause=told["cause"],
        judges=told["judges"],
        ladder=read_ladder(told["ladder"]),
        message=told["message"],
        why=told["why"],
        remedy=Remedy(told["remedy"]["text"], told["remedy"].get("trial")),
        references=tuple(told["references"]),
        examples=tuple(told["examples"]),
        since=str(told["since"]),
        min_n=told.get("min_n", 0),
        invalidates=told.get("invalidates"),
        calibrated=told.get("calibrated", False),
        **links,
    )
