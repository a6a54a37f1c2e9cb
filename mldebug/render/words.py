"""The sentences of a report. They put numbers of the document into words and compute none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mldebug.render.numbers import (
    bare,
    in_unit,
    integer,
    is_points,
    is_share,
    number,
    odds,
    p_value,
    plural,
    share,
    signed,
    with_interval,
)

Document = Mapping[str, Any]
Finding = Mapping[str, Any]

SEVERITIES = ("error", "warning", "note")
SHAPES = {"error": "■", "warning": "▲", "note": "●"}
OPENINGS = {
    "constraints": "An assumption of the model does not hold",
    "implementation": "Something is wrong in the implementation",
    "hyperparameters": "Something is wrong in the settings",
    "data": "Something is wrong in the data",
    "features": "Something is wrong in the features",
}
CAUSES = {
    "constraints": "assumptions",
    "implementation": "implementation",
    "hyperparameters": "settings",
    "data": "data",
    "features": "features",
}
AFTER = {
    "drop_columns": "without these columns",
    "drop_rows": "without these rows",
    "relabel_rows": "with the labels corrected",
    "change_split": "with the split changed",
    "set_parameters": "with the parameters changed",
    "wrap_estimator": "with the estimator wrapped",
}
LOWERED = re.compile(
    "(A|All|An|Class|Classes|Column|Columns|Eval|Evaluation|Every|Features?|Labels?|Most|No|One|Out|Rows?|"
    "Some|Target|Test|The|Train|Training|Values|With) "
)
"""First words of a sentence that are no names, and so lose their capital within another."""


def verdict(document: Document) -> tuple[str, str]:
    """The report in one sentence: what it means, and the fact behind it (empty if there is none).

    Returns
    -------
    tuple of str
        The opening, and the message of the first cause, without a full stop. The opening begins by
        telling that the audit was interrupted, if it was.
    """
    cut = interruption(document)
    opening, fact = _verdict(document, cut=bool(cut))
    return f"{cut} {opening}" if cut else opening, fact


def interruption(document: Document) -> str:
    """That the audit was cut short, in one sentence; empty if it was not."""
    if not document["provenance"].get("interrupted"):
        return ""
    unchecked = state_counts(document)["not_checked"]
    if not unchecked:
        return "The audit was interrupted."
    asked = plural(len(document["outcomes"]) - state_counts(document)["muted"], "rule")
    were = "was" if unchecked == 1 else "were"
    return f"The audit was interrupted: {unchecked:,} of {asked} {were} not checked."


def _verdict(document: Document, *, cut: bool) -> tuple[str, str]:
    """The verdict on what was checked; of an audit that was cut short it claims no more."""
    leading = first_cause(document)
    if leading is None:
        counts = state_counts(document)
        nothing = "Until then nothing" if cut else "Nothing"
        told = f"{plural(counts['passed'], 'rule')} passed"
        if counts["inconclusive"]:
            told += f", {counts['inconclusive']:,} could not tell"
        return f"{nothing} was found that speaks against {_audited(document)}; {told}.", ""
    # A lesser finding comes first where it explains worse ones: the verdict is as bad as these.
    there = {one["severity"] for one in document["findings"] if one["muted"] is None}
    severity = next(one for one in SEVERITIES if one in there)
    fact = within(leading["message"])
    if severity == "error":
        rule = document["provenance"]["rules"].get(leading["code"], {})
        broken = rule.get("invalidates") if leading["severity"] == severity else None
        opening = f"The {broken} cannot be trusted" if broken else OPENINGS[leading["cause"]]
    elif severity == "warning":
        opening = f"{'Until then no' if cut else 'No'} error was found; look first at this"
    else:
        nothing = "Until then nothing was found to be" if cut else "Nothing is"
        opening = f"{nothing} wrong; one thing is worth knowing"
    return opening, fact


def _audited(document: Document) -> str:
    """What the verdict is on: training on the data, the runs, or both."""
    provenance = document["provenance"]
    runs = len(provenance.get("runs", ()))
    one = "this run" if runs == 1 else f"these {runs:,} runs"
    if not runs:
        return "training on these data"
    return f"training on these data or against {one}" if provenance["tables"] else one


def first_cause(document: Document) -> Finding | None:
    """The finding that the first cause names, or the first finding where no cause is named."""
    by_id: dict[str, Finding] = {
        one["id"]: one for one in document["findings"] if one["muted"] is None
    }
    for cause in document["causes"]:
        if cause["finding"] in by_id:
            return by_id[cause["finding"]]
    return next(iter(by_id.values()), None)


def within(message: str) -> str:
    """A sentence as it stands after a colon: no full stop, an ordinary first word in lower case."""
    told = message.strip().removesuffix(".")
    return told[0].lower() + told[1:] if LOWERED.match(told) else told


def capital(told: str) -> str:
    """A reason as it stands alone: an ordinary first word with a capital."""
    first = told.split(" ", 1)[0]
    return told[0].upper() + told[1:] if first.isascii() and first.isalpha() else told


def sentence(message: str) -> str:
    """A message as a sentence that stands alone, with its full stop."""
    told = message.strip()
    return told if not told or told.endswith((".", "!", "?", "…")) else told + "."


def state_counts(document: Document) -> dict[str, int]:
    """How many rules are in each state."""
    states = ("passed", "inconclusive", "not_checked", "muted", "failed")
    told = [one["state"] for one in document["outcomes"].values()]
    return {state: told.count(state) for state in states}


def counts(document: Document) -> list[tuple[str, str, str]]:
    """The counts of the line below the verdict: key, number, noun; what is 0 is left out."""
    shown = [one for one in document["findings"] if one["muted"] is None]
    severities = {name: sum(one["severity"] == name for one in shown) for name in SEVERITIES}
    states = state_counts(document)
    found: list[tuple[str, int, str, str]] = [
        ("causes", len(document["causes"]) if shown else 0, "cause", "causes"),
        *((name, severities[name], name, name + "s") for name in SEVERITIES),
        ("passed", states["passed"], "passed", "passed"),
        ("inconclusive", states["inconclusive"], "inconclusive", "inconclusive"),
        ("not_checked", states["not_checked"], "not checked", "not checked"),
        ("muted", states["muted"], "left out", "left out"),
        ("failed", states["failed"], "failed", "failed"),
    ]
    return [
        (key, f"{count:,}", one if count == 1 else several)
        for key, count, one, several in found
        if count or key == "passed"
    ]


def unit_of(document: Document, quantity: str) -> str:
    """The unit of a quantity; empty for one that the document does not describe."""
    return str(document["provenance"]["quantities"].get(quantity, {}).get("unit", ""))


def kind_of(document: Document, quantity: str) -> str:
    """``count`` or ``estimate``; what is not described is taken for an estimate."""
    return str(document["provenance"]["quantities"].get(quantity, {}).get("kind", "estimate"))


def sure_briefly(document: Document, finding: Finding) -> str:
    """How sure a finding is, in a few words."""
    unit = unit_of(document, finding["quantity"])
    if kind_of(document, finding["quantity"]) == "count":
        return f"a fact about {_files(finding)}"
    if finding["interval"] is None:
        return f"estimated from {_counted(finding)}"
    told = with_interval(finding["value"], finding["interval"], unit)
    return f"{told}, from {_counted(finding)}"


def _counted(finding: Finding) -> str:
    """How many observations a finding rests on; of a run these are the points of its log."""
    return f"{integer(finding['n'])} {'points' if 'run' in finding['subject'] else 'observations'}"


def _files(finding: Finding) -> str:
    return "this log" if "run" in finding["subject"] else "these files"


def how_sure(document: Document, finding: Finding) -> list[str]:
    """How sure a finding is: value, interval, n, null and p, a sentence each."""
    quantity = document["provenance"]["quantities"].get(finding["quantity"], {})
    unit, n = str(quantity.get("unit", "")), finding["n"]
    if kind_of(document, finding["quantity"]) == "count":
        told = in_unit(finding["value"], unit)
        if is_share(unit) and n:
            told = f"{integer(finding['value'] * n)} of {integer(n)} ({told})"
            return [f"This is a fact about {_files(finding)}: {told}, counted, not estimated."]
        among = f" (n = {integer(n)})" if n > 1 else ""
        return [f"This is a fact about {_files(finding)}: {told}{among}, counted, not estimated."]
    told = in_unit(finding["value"], unit)
    told_whole = is_share(unit) or is_points(unit) or told.endswith(unit)
    described = "" if told_whole else f" ({unit})"
    found = [f"Estimated: {told}{described}, from {_counted(finding)}."]
    if finding["interval"] is not None:
        low, high = bare(finding["interval"][0], unit), in_unit(finding["interval"][1], unit)
        found.append(f"The true value is likely between {low} and {high} (95% interval).")
    if finding["p"] is not None:
        null = quantity.get("null", "")
        against = f" against the null: {null}" if null else ""
        told = p_value(finding["p"]) + against
        found.append(f"Chance alone does this {odds(finding['p'])} ({told}).")
    return found


def rungs(
    ladder: Mapping[str, Any], details: Mapping[str, Any]
) -> Iterator[tuple[str, str, float]]:
    """The rungs that judged a measurement: side, severity and bound."""
    by = ladder.get("by")
    case = (ladder.get("cases") or {}).get(str(details.get(by))) if by else None
    if case is not None:
        yield from rungs(case, details)
        return
    for side in ("above", "below"):
        for severity in SEVERITIES[::-1]:
            if severity in ladder.get(side, {}):
                yield side, severity, float(ladder[side][severity])


def rung_words(ladder: Mapping[str, Any], details: Mapping[str, Any], unit: str) -> str:
    """The ladder in words: "warning above 0, error above 1%"."""
    return ", ".join(
        f"{severity} {side} {in_unit(bound, unit)}"
        for side, severity, bound in rungs(ladder, details)
    )


def trial_effect(trial: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """What a remedy changed: "accuracy 0.94 → 0.87 (−0.07 ± 0.02)" and "without these rows".

    None where nothing was tried or nothing could be measured.
    """
    if trial is None or trial["before"] is None or trial["after"] is None:
        return None
    told = f"{trial['metric']} {number(trial['before'])} → {number(trial['after'])}"
    if trial["difference"] is not None:
        change = signed(trial["difference"])
        if trial["interval"] is not None:
            low, high = trial["interval"]
            half = number((high - low) / 2, 2)
            even = abs((low + high) / 2 - trial["difference"]) <= 0.1 * (high - low)
            change += f" ± {half}" if even else f", {signed(low)} to {signed(high)}"
        told += f" ({change})"
    return told, AFTER.get(trial["action"], str(trial["action"]).replace("_", " "))


def audited(document: Document) -> list[dict[str, str]]:
    """What was audited: for each table its role, source and size, and the runs likewise."""
    provenance = document["provenance"]
    told = [
        {
            "role": role,
            "source": one["source"],
            "size": f"{plural(one['rows'], 'row')} × {plural(len(one['columns']), 'column')}",
        }
        for role, one in provenance["tables"].items()
    ]
    runs = provenance.get("runs", ())
    if not runs:
        return told
    series = sum(len(one["series"]) for one in runs)
    points = sum(each["points"] for one in runs for each in one["series"])
    size = f"{plural(series, 'series', 'series')}, {plural(points, 'point')}"
    role = "run" if len(runs) == 1 else plural(len(runs), "run")
    return [*told, {"role": role, "source": source_of(runs), "size": size}]


def source_of(runs: Sequence[Mapping[str, Any]]) -> str:
    """What a run was read from; of several, what their sources begin with, or the first of them."""
    sources = list(dict.fromkeys(str(one["source"]) for one in runs))
    if len(sources) == 1:
        return sources[0]
    common = re.split(r"[\\/]", sources[0])
    for other in sources[1:]:
        parts = re.split(r"[\\/]", other)
        same = [a == b for a, b in zip(common, parts, strict=False)]
        common = common[: same.index(False) if False in same else len(same)]
    return "/".join(common) or f"{sources[0]} and {len(sources) - 1:,} more"


def value_line(document: Document, measurement: Mapping[str, Any]) -> str:
    """A measurement's value with its interval or, for a share that was counted, its count."""
    unit = unit_of(document, measurement["quantity"])
    if kind_of(document, measurement["quantity"]) == "count" and is_share(unit):
        return share(measurement["value"])
    return with_interval(measurement["value"], measurement["interval"], unit)


def nearest(
    measurements: Sequence[Mapping[str, Any]], ladder: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Of several measurements of one quantity the one that comes nearest to being found."""
    sides = {side for one in measurements for side, _, _ in rungs(ladder, one["details"])}
    if sides == {"below"}:
        return min(measurements, key=lambda one: float(one["value"]))
    return max(measurements, key=lambda one: float(one["value"]))
