"""Step three of an audit: rules turn measurements into findings and outcomes. No data is seen."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from mldebug.catalogue import selected
from mldebug.diagnosis import Finding, Outcome, plain
from mldebug.measurement import Measurement, Subject
from mldebug.rule import SEVERITIES, Ladder, Rule, Rung, Severity
from mldebug.stats.intervals import benjamini_hochberg, stricter

FALSE_DISCOVERY_RATE = 0.05
Bounds = tuple[float | None, float | None]
UNDECIDED = "undecided"
"""The detail in which a measurement without an interval says why it cannot tell."""
NOT_SELECTED = Outcome("muted", "not selected")


@dataclass(frozen=True, slots=True)
class Judged:
    """What one rule says of one measurement."""

    measurement: Measurement
    state: Literal["found", "passed", "inconclusive"]
    severity: Severity | None = None


def canonical(one: Measurement) -> Measurement:
    """A measurement as a saved diagnosis holds it, its numbers rounded to 12 significant digits.

    This is what is judged and told, so that an audit and the judging of its file agree.
    """
    return replace(
        one,
        subject=Subject(plain(one.subject.as_dict())),
        value=_rounded(float(one.value)),
        n=int(one.n),
        interval=None
        if one.interval is None
        else (_rounded(one.interval[0]), _rounded(one.interval[1])),
        p=None if one.p is None else _rounded(float(one.p)),
        details={name: _rounded(told) for name, told in one.details.items()},
    )


def _rounded(value: Any) -> Any:
    """A value as it is saved; a number that is not finite stays a number."""
    return value if isinstance(value, float) and not math.isfinite(value) else plain(value)


def _rounded_ladder(ladder: Ladder) -> Ladder:
    """A ladder whose bounds have the digits of what is compared with them."""
    rungs = tuple(replace(rung, bound=_rounded(rung.bound)) for rung in ladder.rungs)
    cases = ladder.cases and {name: _rounded_ladder(case) for name, case in ladder.cases.items()}
    return Ladder(rungs, ladder.by, cases)


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
    Values and bounds are compared as they are saved, to 12 significant digits. A count is compared
    strictly. For an estimate the near end of its interval is compared. Several
    subjects are a family of tests: where they have p-values, those that fail Benjamini and
    Hochberg's procedure at .05 are not found, and the intervals of the R of S that are left are
    taken at the level 1 - .05 R / S (the false coverage rate after selection); where they have
    none, R is the largest number for which R near ends pass the lowest rung at that level.

    References
    ----------
    Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57; Benjamini & Yekutieli 2005, JASA 100.
    """
    rule = replace(rule, ladder=_rounded_ladder(rule.ladder))
    measurements = [canonical(one) for one in measurements]
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
    wanted = len(measurements)
    while wanted > 1:
        share = wanted / len(measurements)
        passing = sum(
            _estimated(rule, one, bounds, share, may_be_found=True).state == "found"
            for one in measurements
        )
        if passing >= wanted:
            return share
        wanted = passing  # at a stricter level no more pass, so no number in between is reached
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
    low, high = (_rounded(end) for end in stricter(one.value, one.interval, bounds, level))
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


def outcome_of(rule: Rule, verdicts: Sequence[Judged], explained: Iterable[str] = ()) -> Outcome:
    """The outcome of a rule over its subjects: found > inconclusive > passed.

    ``explained`` names the rules to which it yielded; the subjects in which it did are passed.
    """
    if not verdicts:
        return Outcome("not_checked", "nothing in this input is of the kind that it measures")
    counted = Counter(str(one.state) for one in verdicts)
    subjects = dict(sorted(counted.items()))
    total = len(verdicts)
    if "found" in subjects:
        of = f" in {subjects['found']} of {total} {_kind_of(verdicts)}" if total > 1 else ""
        return Outcome("found", f"found{of}", (), subjects)
    if "inconclusive" in subjects:
        unclear = [one.measurement for one in verdicts if one.state == "inconclusive"]
        told = dict.fromkeys(one.details.get(UNDECIDED) for one in unclear)
        n = min(one.n for one in unclear)
        if None not in told:
            reason = "; ".join(map(str, told))
        elif n < rule.min_n:
            reason = f"{n:,} observations cannot tell; {rule.min_n:,} can"
        else:
            reason = "the interval of the estimate is too wide, or could not be computed"
        if total > 1:
            reason += f" ({subjects['inconclusive']} of {total} {_kind_of(verdicts)})"
        return Outcome("inconclusive", reason, (), subjects)
    by = " and ".join(dict.fromkeys(explained))
    return Outcome("passed", f"explained by {by}" if by else "", (), subjects)


def _kind_of(verdicts: Sequence[Judged]) -> str:
    """What several subjects are called: columns or runs, if all of them are such."""
    subjects = [one.measurement.subject for one in verdicts]
    for key, several in (("column", "columns"), ("run", "runs")):
        if all(key in subject for subject in subjects):
            return several
    return "subjects"


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
            measured = by_quantity.get(rule.judges, [])
            verdicts[code] = judged(rule, measured, str(told["kind"]), (low, high))
    found = [
        (place, finding_of(rules[code], verdict))
        for code, mine in verdicts.items()
        for place, verdict in enumerate(mine)
        if verdict.state == "found"
    ]
    of_code: dict[str, list[Finding]] = {}
    for _, one in found:
        of_code.setdefault(one.rule.code, []).append(one)
    kept: list[Finding] = []
    explained: dict[str, list[str]] = {}
    for place, one in found:
        by = _explained(one, of_code)
        if by is None:
            kept.append(one)
            continue
        verdicts[one.rule.code][place] = Judged(one.measurement, "passed")
        explained.setdefault(one.rule.code, []).append(by)
    outcomes = {
        code: decided[code]
        if code in decided
        else outcome_of(rule, verdicts[code], explained.get(code, ()))
        for code, rule in rules.items()
    }
    return kept, outcomes


def _explained(one: Finding, of_code: Mapping[str, Iterable[Finding]]) -> str | None:
    """The code of the more specific finding that sees the same fact, if there is one."""
    for link in one.rule.yields_to:
        if any(agree(one, other, link.same) for other in of_code.get(link.code, ())):
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


Codes = Iterable[str] | str
Reasons = Mapping[str, str] | Iterable[str] | str


def left_out(
    known: Mapping[str, Rule], select: Codes | None = None, ignore: Reasons | None = None
) -> dict[str, Outcome]:
    """The rules that are not judged, because they are not selected or are ignored.

    Parameters
    ----------
    known : mapping of str to Rule
        Every rule, by code.
    select, ignore : codes or families, or None
        As of ``mldebug.audit``; ``ignore`` may map each to a reason.

    Raises
    ------
    InputError
        A word that names no rule.
    """
    decided: dict[str, Outcome] = {}
    if select is not None:
        chosen = selected(_listed(select), "--select", known)
        decided |= {code: NOT_SELECTED for code in known if code not in chosen}
    if ignore is not None:
        reasons = ignore if isinstance(ignore, Mapping) else dict.fromkeys(_listed(ignore), "")
        for word, reason in reasons.items():
            for code in selected([word], "--ignore", known):
                decided[code] = Outcome("muted", f"ignored: {reason}" if reason else "ignored")
    return decided


def _listed(codes: Codes) -> list[str]:
    if isinstance(codes, str):
        return [word for word in codes.split(",") if word.strip()]
    return list(codes)


def with_selection(
    document: Mapping[str, Any],
    known: Mapping[str, Rule],
    select: Codes | None = None,
    ignore: Reasons | None = None,
) -> Mapping[str, Any]:
    """A saved diagnosis in which other rules are left out, for judging it again.

    Parameters
    ----------
    document : mapping
        As ``reports/diagnosis.schema.json`` describes it; it is not changed. Of what is no
        diagnosis nothing is changed, so that who judges it can refuse it.
    known, select, ignore
        As of `left_out`.

    Notes
    -----
    What the saved audit ignored stays ignored for its reason. What it did not select is judged if
    ``select`` names it now and it was measured for another rule, or before an earlier judging.
    """
    leaving = left_out(known, select, ignore)
    before = document.get("outcomes")
    if not isinstance(before, Mapping):
        return document
    muted = {"state": NOT_SELECTED.state, "reason": NOT_SELECTED.reason}
    outcomes = {
        code: told
        for code, told in before.items()
        if select is None or not isinstance(told, Mapping) or not muted.items() <= told.items()
    }
    outcomes |= {
        code: {"state": one.state, "reason": one.reason, "missing": [], "subjects": {}}
        for code, one in leaving.items()
    }
    return {**document, "outcomes": outcomes}
