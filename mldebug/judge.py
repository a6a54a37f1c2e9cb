"""Step three of an audit: rules turn measurements into findings and outcomes. No data is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mldebug.diagnosis import Finding, Outcome
from mldebug.measurement import Measurement
from mldebug.rule import SEVERITIES, Rule, Rung, Severity
from mldebug.stats.intervals import benjamini_hochberg, stricter

FALSE_DISCOVERY_RATE = 0.05
Bounds = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """What one rule says of one measurement."""

    measurement: Measurement
    state: Literal["found", "passed", "inconclusive"]
    severity: Severity | None = None


def judged(
    rule: Rule, measurements: Sequence[Measurement], kind: str, bounds: Bounds
) -> list[Judged]:
    """What a rule says of every measurement of its quantity.

    Parameters
    ----------
    rule : Rule
        The ladder and ``min_n`` are used.
    measurements : sequence of Measurement
        All subjects of the rule's quantity.
    kind : {"count", "estimate"}
        Of the quantity.
    bounds : tuple of float or None
        Of the quantity.

    Notes
    -----
    A count is compared strictly. For an estimate the near end of its interval is compared. Several
    subjects are a family of tests: where they have p-values, those that fail Benjamini and
    Hochberg's procedure at .05 are not found, and the intervals of the R of S that are left are
    taken at the level 1 - .05 R / S (the false coverage rate after selection); where they have
    none, R is the largest number for which R near ends pass the lowest rung at that level.

    References
    ----------
    Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57; Benjamini & Yekutieli 2005, JASA 100.
    """
    if kind == "count":
        return [_counted(rule, one) for one in measurements]
    with_p = [one for one in measurements if one.p is not None]
    without = [one for one in measurements if one.p is None]
    verdicts: dict[int, Judged] = {}
    if with_p:
        tested = [one.p for one in with_p if one.p is not None]
        kept = benjamini_hochberg(tested, FALSE_DISCOVERY_RATE)
        share = max(sum(kept), 1) / len(with_p)
        for one, survives in zip(with_p, kept, strict=True):
            verdicts[id(one)] = _estimated(rule, one, bounds, share, may_be_found=survives)
    if without:
        share = _selected_share(rule, without, bounds)
        for one in without:
            verdicts[id(one)] = _estimated(rule, one, bounds, share, may_be_found=True)
    return [verdicts[id(one)] for one in measurements]


def _selected_share(rule: Rule, measurements: Sequence[Measurement], bounds: Bounds) -> float:
    """R / S of the step-up procedure over near ends."""
    for wanted in range(len(measurements), 1, -1):
        share = wanted / len(measurements)
        passing = sum(
            _estimated(rule, one, bounds, share, may_be_found=True).state == "found"
            for one in measurements
        )
        if passing >= wanted:
            return share
    return 1 / len(measurements)


def _passed_rung(rungs: Iterable[Rung], low: float, high: float) -> Severity | None:
    """The most severe rung that the near end (low for above, high for below) passes."""
    for rung in rungs:
        if (low > rung.bound) if rung.side == "above" else (high < rung.bound):
            return rung.severity
    return None


def _counted(rule: Rule, one: Measurement) -> Judged:
    severity = _passed_rung(rule.ladder.for_measurement(one), one.value, one.value)
    return Judged(one, "found" if severity else "passed", severity)


def _estimated(
    rule: Rule, one: Measurement, bounds: Bounds, share: float, *, may_be_found: bool
) -> Judged:
    if one.interval is None:
        return Judged(one, "inconclusive")
    level = 1 - FALSE_DISCOVERY_RATE * share
    low, high = stricter(one.value, one.interval, bounds, level)
    rungs = rule.ladder.for_measurement(one)
    severity = _passed_rung(rungs, low, high) if may_be_found else None
    if severity:
        return Judged(one, "found", severity)
    short = all(
        (high <= rung.bound) if rung.side == "above" else (low >= rung.bound) for rung in rungs
    )
    return Judged(one, "passed" if short or one.n >= rule.min_n else "inconclusive")


def finding_of(rule: Rule, one: Judged) -> Finding:
    """The finding that a found measurement is."""
    assert one.severity is not None
    subject = one.measurement.subject
    return Finding(f"{rule.code}:{subject.canonical}", rule, one.measurement, one.severity)


def outcome_of(rule: Rule, verdicts: Sequence[Judged]) -> Outcome:
    """The outcome of a rule over its subjects: found > inconclusive > passed."""
    if not verdicts:
        return Outcome("not_checked", "nothing in this input is of the kind that it measures")
    counted = Counter(str(one.state) for one in verdicts)
    subjects = dict(sorted(counted.items()))
    total = len(verdicts)
    if "found" in subjects:
        of = f" in {subjects['found']} of {total} subjects" if total > 1 else ""
        return Outcome("found", f"found{of}", (), subjects)
    if "inconclusive" in subjects:
        n = min(one.measurement.n for one in verdicts if one.state == "inconclusive")
        if n < rule.min_n:
            reason = f"{n:,} observations cannot tell; {rule.min_n:,} can"
        else:
            reason = "the interval of the estimate is too wide, or could not be computed"
        if total > 1:
            reason += f" ({subjects['inconclusive']} of {total} subjects)"
        return Outcome("inconclusive", reason, (), subjects)
    return Outcome("passed", "", (), subjects)


def findings_and_outcomes(
    rules: Mapping[str, Rule],
    measurements: Iterable[Measurement],
    quantities: Mapping[str, Mapping[str, Any]],
    decided: Mapping[str, Outcome],
) -> tuple[list[Finding], dict[str, Outcome]]:
    """Judge every rule, each exactly once.

    Parameters
    ----------
    rules : mapping of str to Rule
        By code, in the order of the outcomes.
    measurements : iterable of Measurement
        All of them.
    quantities : mapping
        ``kind`` and ``bounds`` of each quantity, by name.
    decided : mapping of str to Outcome
        The rules that are not judged, with what became of them: not checked, muted, failed.
    """
    by_quantity: dict[str, list[Measurement]] = {}
    for measurement in measurements:
        by_quantity.setdefault(measurement.quantity, []).append(measurement)
    verdicts: dict[str, list[Judged]] = {}
    for code, rule in rules.items():
        if code not in decided:
            told = quantities[rule.judges]
            low, high = told["bounds"]
            mine = by_quantity.get(rule.judges, [])
            verdicts[code] = judged(rule, mine, str(told["kind"]), (low, high))
    findings = [
        finding_of(rules[code], verdict)
        for code, verdict_list in verdicts.items()
        for verdict in verdict_list
        if verdict.state == "found"
    ]
    kept = [one for one in findings if not _explained(one, findings)]
    outcomes = {
        code: decided[code] if code in decided else outcome_of(rule, verdicts[code])
        for code, rule in rules.items()
    }
    for one in findings:
        code = one.rule.code
        if all(other.rule.code != code for other in kept):
            by = _explained(one, findings)
            outcomes[code] = Outcome("passed", f"explained by {by}", (), outcomes[code].subjects)
    return kept, outcomes


def _explained(one: Finding, findings: Iterable[Finding]) -> str | None:
    """The code of the more specific finding that sees the same fact, if there is one."""
    for link in one.rule.yields_to:
        for other in findings:
            if other.rule.code == link.code and agree(one, other, link.same):
                return link.code
    return None


def agree(one: Finding, other: Finding, keys: Iterable[str]) -> bool:
    """Whether two findings speak of the same thing in each of these keys of their subjects."""
    return all(
        one.subject.get(key) is not None and one.subject.get(key) == other.subject.get(key)
        for key in keys
    )


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, the most severe first, then by code and subject."""
    return sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), one.id))
