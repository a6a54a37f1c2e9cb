"""Step four of an audit: which finding explains which, and which causes matter most."""

from __future__ import annotations

from collections.abc import Sequence

from mldebug.diagnosis import Cause, Finding
from mldebug.judge import agree

WEIGHTS = {"error": 3, "warning": 2, "note": 1}


def explained_by(findings: Sequence[Finding]) -> dict[str, tuple[str, ...]]:
    """For each finding's id, the ids of all that it leads to, directly or through others."""
    # By code, as a folder of thousands of runs has many thousands of findings.
    of_code: dict[str, list[tuple[int, Finding]]] = {}
    for place, one in enumerate(findings):
        of_code.setdefault(one.rule.code, []).append((place, one))
    direct = {
        one.id: [
            findings[place].id
            for place in sorted(
                place
                for link in one.rule.leads_to
                for place, other in of_code.get(link.code, ())
                if other.id != one.id and agree(one, other, link.same)
            )
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
    parents: dict[str, list[str]] = {}
    for parent, children in reached.items():
        for child in children:
            parents.setdefault(child, []).append(parent)
    chosen: list[Cause] = []
    stronger: set[str] = set()
    for one in ranked:
        above = parents.get(one.id, ())
        explained = any(parent not in reached[one.id] or parent in stronger for parent in above)
        stronger.add(one.id)
        if explained:
            continue
        score = float(WEIGHTS[one.severity] * (1 + len(reached[one.id])))
        chosen.append(Cause(one.id, one.rule.code, one.rule.cause, reached[one.id], score))
    return chosen


def _rank(one: Finding, explains: int) -> tuple[bool, float, float, bool, str]:
    harmless = one.rule.invalidates is None
    fatal = one.severity == "error" and not harmless
    tried = abs(float(one.trial.get("difference") or 0)) if one.trial else 0.0
    return (not fatal, -tried, -float(WEIGHTS[one.severity] * (1 + explains)), harmless, one.id)
