"""How much of a fault is planted: the doses D0, D1 and D2, taken from a rule's own ladder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mldebug.measurement import Quantity
    from mldebug.rule import Rule, Rung, Severity

LEVELS = ("D0", "D1", "D2")
SMALLEST_SHARE = 0.005
"""The dose D1 of a share whose warning rung is 0."""


@dataclass(frozen=True, slots=True)
class Doses:
    """What is planted for one rule, and from which severity on it counts as found.

    Parameters
    ----------
    values : mapping of str to float
        The true value of the rule's quantity at D0, D1 and D2; a dose that does not exist is
        absent: D0 beside a rung of 0 (the twin is that), D2 where there is no error rung.
    severity : {"error", "warning", "note"}
        ``warning``, or that of the lowest rung where there is no warning rung. D0 and the twin
        must stay below it, D1 must reach it; D2 must reach error.
    """

    values: Mapping[str, float]
    severity: Severity


def doses(rule: Rule, quantity: Quantity, given: Mapping[str, float | None] | None = None) -> Doses:
    """The doses of a rule: half and twice its warning rung, and twice its error rung.

    A ladder that is bounded on both sides is tried above. ``given`` replaces single doses; None
    there leaves one out.

    Raises
    ------
    ValueError
        The ladder has no rungs of its own (it depends on a detail), and ``given`` is empty.
    """
    first = _rung(rule, "warning") or _rung(rule, "note") or _rung(rule, "error")
    if first is None and not given:
        raise ValueError(f"{rule.code}: its ladder depends on a detail; its test must give DOSES")
    values: dict[str, float] = {}
    if first is not None:
        severe = _rung(rule, "error")
        if first.bound != _origin(quantity):
            values["D0"] = _dose(first, quantity, 0.5)
        values["D1"] = _dose(first, quantity, 2)
        if severe is not None and severe is not first:
            values["D2"] = _dose(severe, quantity, 2)
    for level, value in (given or {}).items():
        if level not in LEVELS:
            raise ValueError(f"{rule.code}: {level!r} is no dose; there are {', '.join(LEVELS)}")
        values.pop(level, None)
        if value is not None:
            values[level] = value
    return Doses(
        {level: values[level] for level in LEVELS if level in values},
        first.severity if first else "warning",
    )


def _rung(rule: Rule, severity: Severity) -> Rung | None:
    """The rule's own rung of this severity; of two, the one above."""
    found = [rung for rung in rule.ladder.rungs if rung.severity == severity]
    return min(found, key=lambda rung: rung.side, default=None)


def _origin(quantity: Quantity) -> float:
    """The value that says "nothing": .5 of an AUC, else 0."""
    return 0.5 if quantity.bounds == (0.5, 1) or "AUC" in quantity.unit else 0.0


def _dose(rung: Rung, quantity: Quantity, factor: float) -> float:
    """The rung's distance from the origin times the factor, inside the quantity's bounds.

    For a rung that a value falls below the factor is turned round: twice as bad is half as much.
    """
    origin = _origin(quantity)
    distance = rung.bound - origin
    low, high = quantity.bounds
    if distance == 0:
        return origin + SMALLEST_SHARE if high is not None and high <= 1 else origin + 1
    outwards = (distance > 0) == (rung.side == "above")
    dose = origin + distance * (factor if outwards else 1 / factor)
    if high is not None and dose > high:
        return (rung.bound + high) / 2
    if low is not None and dose < low:
        return (rung.bound + low) / 2
    return dose
