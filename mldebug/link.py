"""Step four of an audit: which finding explains which, and which causes matter most."""

from __future__ import annotations

from collections.abc import Sequence

from mldebug.diagnosis import Cause, Finding
from mldebug.judge import agree

WEIGHTS = {"error": 3, "warning": 2, "note": 1}


def explained_by(findings: Sequence[Finding]) -> dict[str, tuple[str, ...]]:
    """For each finding's id, the ids of all that it leads to, directly or through others."""
    direct = {
        one.id: [
            other.id
            for other in findings
            for link in one.rule.leads_to
            if other.rule.code == link.code and other.id != one.id and agree(one, other, link.same)
        ]
        for one in findings
    }
    reached: dict[str, tuple[str, ...]] = {}
    for start, children in direct.items():
        seen: dict[str, None] = {}
        waiting = list(children)
        while waiting:
            name = waiting.pop(0)
            if name != start and name not in seen:
                seen[name] = None
                waiting += direct[name]
        reached[start] = tuple(seen)
    return reached


def causes(findings: Sequence[Finding]) -> list[Cause]:
    """The findings that no other explains, ranked.

    Notes
    -----
    First come errors that invalidate the evaluation or the training; then the share of the score's
    change that a trial measured; then the severity's weight (3, 2, 1) x (1 + findings explained);
    then what can invalidate; then the code. Findings that lead to each other in a circle are
    represented by the best of them.
    """
    reached = explained_by(findings)
    ranked = sorted(findings, key=lambda one: _rank(one, len(reached[one.id])))
    chosen: list[Cause] = []
    for place, one in enumerate(ranked):
        stronger = {other.id for other in ranked[:place]}
        parents = [other.id for other in findings if one.id in reached[other.id]]
        mutual = [parent for parent in parents if parent in reached[one.id]]
        if any(parent not in mutual or parent in stronger for parent in parents):
            continue
        score = float(WEIGHTS[one.severity] * (1 + len(reached[one.id])))
        chosen.append(Cause(one.id, one.rule.code, one.rule.cause, reached[one.id], score))
    return chosen


def _rank(one: Finding, explains: int) -> tuple[bool, float, float, bool, str]:
    harmless = one.rule.invalidates is None
    fatal = one.severity == "error" and not harmless
    tried = abs(float(one.trial.get("difference") or 0)) if one.trial else 0.0
    return (not fatal, -tried, -float(WEIGHTS[one.severity] * (1 + explains)), harmless, one.id)
