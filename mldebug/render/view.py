"""What the page's template shows, taken from the document: grouped, ordered and put into words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mldebug.render import words
from mldebug.render.evidence import Evidence, evidence, positions_each
from mldebug.render.figures import Drawing, drawing
from mldebug.render.names import anchor, shown
from mldebug.render.numbers import in_percent, is_points
from mldebug.render.runs import CHECKLIST, anchor_of, runs_of, with_splits

Document = Mapping[str, Any]
CURVES = 12
"""So many findings have their curves drawn, so that the page of many runs stays small."""
WHOLE = 12
"""So many findings of one rule tell why it matters and what to do; later ones refer to the first."""
MOST_CARDS = 300
"""So many findings have a place of their own; of more, the page says how many of which rule."""
NAME = 120
"""Longest name of a column in a filter."""


@dataclass(frozen=True, slots=True)
class Card:
    """One finding as the page shows it; ``of`` is the finding as the document has it."""

    of: Mapping[str, Any]
    anchor: str
    effect: tuple[str, str] | None
    sure: str
    certainty: list[str]
    rung: str
    quantity: Mapping[str, Any]
    drawing: Drawing | None
    undrawn: str
    evidence: Evidence | None
    columns: tuple[str, ...]
    run: str
    run_anchor: str
    repeated: str


@dataclass(frozen=True, slots=True)
class Group:
    """A cause with the findings that it explains, itself the first of them."""

    rank: int
    head: Card
    explained: tuple[Card, ...]

    @property
    def members(self) -> tuple[Card, ...]:
        """The cause's own finding and those that it explains."""
        return (self.head, *self.explained)


def cards(document: Document) -> dict[str, Card]:
    """The first 300 findings that were not ignored, by their ids, in the order of the document."""
    measured = {_key(one): one for one in document["measurements"]}
    listed = _listed(document)[:MOST_CARDS]
    positions = positions_each(listed)
    runs = {one["name"]: one for one in document["provenance"].get("runs", ())}
    drawn, repeated = _drawn(listed, measured), _repeated(listed)
    return {
        one["id"]: _card(
            document,
            one,
            place,
            measured.get(_key(one), {}),
            positions,
            runs,
            one["id"] in drawn,
            repeated.get(one["id"], ""),
        )
        for place, one in enumerate(listed)
    }


def _listed(document: Document) -> list[Mapping[str, Any]]:
    return [one for one in document["findings"] if one["muted"] is None]


def left_out(document: Document) -> list[tuple[str, str, int]]:
    """The code, the severity and the number of the findings that have no place of their own."""
    counted = Counter((one["code"], one["severity"]) for one in _listed(document)[MOST_CARDS:])
    order = {name: place for place, name in enumerate(words.SEVERITIES)}
    ranked = sorted(counted.items(), key=lambda one: (order[one[0][1]], -one[1], one[0][0]))
    return [(code, severity, count) for (code, severity), count in ranked]


def _repeated(listed: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Of very many findings of a rule with the same reason and remedy, where these are told."""
    told: dict[tuple[str, str, str], list[str]] = {}
    for one in listed:
        told.setdefault((one["code"], one["why"], one["remedy"]), []).append(one["id"])
    return {later: anchor(every[0]) for every in told.values() for later in every[WHOLE:]}


def _drawn(
    listed: Iterable[Mapping[str, Any]], measured: Mapping[str, Mapping[str, Any]]
) -> set[str]:
    """The findings whose figure is drawn: all, but of very many with curves the first."""
    curves, found = 0, set()
    for one in listed:
        figure = measured.get(_key(one), {}).get("figure")
        if figure and one["code"] != CHECKLIST:
            curves += figure["kind"] == "curves"
            if figure["kind"] != "curves" or curves <= CURVES:
                found.add(one["id"])
    return found


def _key(one: Mapping[str, Any]) -> str:
    subject = json.dumps(one["subject"], sort_keys=True)
    return f"{one['quantity']} {subject}"


def _card(
    document: Document,
    finding: Mapping[str, Any],
    place: int,
    measurement: Mapping[str, Any],
    positions: int,
    runs: Mapping[str, Mapping[str, Any]],
    is_drawn: bool,
    repeated: str,
) -> Card:
    provenance = document["provenance"]
    quantity = provenance["quantities"].get(finding["quantity"], {})
    unit = str(quantity.get("unit", ""))
    ladder = provenance["rules"].get(finding["code"], {}).get("ladder", {})
    details = measurement.get("details", {})
    bounds = [(severity, bound) for _, severity, bound in words.rungs(ladder, details)]
    figure, subject = measurement.get("figure"), finding["subject"]
    run = subject.get("run")
    if figure:
        figure = with_splits(figure, runs.get(run))
    named = [subject["column"]] if "column" in subject else list(subject.get("columns", ()))
    return Card(
        of=finding,
        anchor=anchor(finding["id"]),
        effect=words.trial_effect(finding["trial"]),
        sure=words.sure_briefly(document, finding),
        certainty=words.how_sure(document, finding),
        rung=words.rung_words(ladder, details, unit),
        quantity=quantity,
        drawing=drawing(figure, f"f{place}", bounds) if figure and is_drawn else None,
        undrawn=figure["kind"] if figure and not is_drawn else "",
        evidence=evidence(finding, provenance["target"], positions),
        columns=tuple(shown(name, NAME) for name in named),
        run="" if run is None else shown(run, NAME),
        run_anchor=anchor_of(run) if run in runs else "",
        repeated=repeated,
    )


def groups(document: Document, by_id: Mapping[str, Card]) -> tuple[list[Group], list[Card]]:
    """The causes in their order with what each explains, and the findings that none explains.

    A finding that several causes explain stands under the first of them.
    """
    heads = [cause["finding"] for cause in document["causes"] if cause["finding"] in by_id]
    placed = set(heads)
    found: list[Group] = []
    for cause in document["causes"]:
        if cause["finding"] not in by_id:
            continue
        explained = [name for name in cause["explains"] if name in by_id and name not in placed]
        placed |= set(explained)
        group = Group(
            len(found) + 1, by_id[cause["finding"]], tuple(by_id[name] for name in explained)
        )
        found.append(group)
    return found, [card for name, card in by_id.items() if name not in placed]


def explained_by(document: Document, by_id: Mapping[str, Card]) -> dict[str, list[Card]]:
    """For each cause, by its finding's id, every finding that it explains, wherever it stands."""
    return {
        cause["finding"]: [by_id[name] for name in cause["explains"] if name in by_id]
        for cause in document["causes"]
    }


def passed(document: Document) -> list[dict[str, Any]]:
    """A line for each rule that passed: value, interval, rung, and of which subject."""
    by_quantity: dict[str, list[Mapping[str, Any]]] = {}
    for one in document["measurements"]:
        by_quantity.setdefault(one["quantity"], []).append(one)
    lines = []
    for code, rule, outcome in _rules(document, "passed"):
        line = {"code": code, "title": rule["title"], "reason": outcome["reason"]}
        measured = by_quantity.get(rule["judges"], [])
        if measured:
            worst = words.nearest(measured, rule["ladder"])
            unit = words.unit_of(document, rule["judges"])
            line["value"] = words.value_line(document, worst)
            line["unit"] = _unit_beside(unit, line["value"])
            line["rung"] = words.rung_words(rule["ladder"], worst["details"], unit)
            line["subject"] = _named(worst["subject"]) if worst["subject"] else ""
            line["subjects"] = len(measured)
        lines.append(line)
    return lines


def _unit_beside(unit: str, told: str) -> str:
    """What is to be said of a unit beside a value that was told in it; often nothing."""
    if in_percent(unit):
        return unit.partition(" ")[2]  # 99.5% "of an even share", 12% "rise"
    return "" if is_points(unit) or unit in told else unit


def _named(subject: Mapping[str, Any]) -> str:
    told = [
        ", ".join(map(str, one)) if isinstance(one, list) else str(one) for one in subject.values()
    ]
    return " · ".join(told)


def inconclusive(document: Document) -> list[dict[str, Any]]:
    """A line for each rule that could not tell, with the number of rows at which it could."""
    return [
        {"code": code, "title": rule["title"], "reason": outcome["reason"], "min_n": rule["min_n"]}
        for code, rule, outcome in _rules(document, "inconclusive")
    ]


def by_reason(document: Document, state: str) -> list[dict[str, Any]]:
    """The rules in a state, grouped by what is missing and why, the largest group first.

    A reason that only names what is missing says nothing more, and is left out.
    """
    found: dict[tuple[tuple[str, ...], str | None], list[dict[str, str]]] = {}
    for code, rule, outcome in _rules(document, state):
        missing = tuple(sorted(outcome["missing"], key=lambda option: (option != "TRAIN", option)))
        needs = missing and set(outcome["reason"].split()) <= {"it", "needs", "and", *missing}
        key = (missing, None if needs else outcome["reason"])
        found.setdefault(key, []).append({"code": code, "title": rule["title"]})
    return [
        {"missing": missing, "reason": reason, "rules": rules}
        for (missing, reason), rules in sorted(found.items(), key=lambda item: -len(item[1]))
    ]


def _rules(
    document: Document, state: str
) -> list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    unknown = {"title": "", "ladder": {}, "judges": "", "min_n": 0}
    rules = document["provenance"]["rules"]
    return [
        (code, {**unknown, **rules.get(code, {})}, outcome)
        for code, outcome in document["outcomes"].items()
        if outcome["state"] == state
    ]


def seconds(document: Document) -> dict[str, float]:
    """Wall-clock seconds by stage, the slowest first; stages under a hundredth are left out."""
    stages: Mapping[str, float] = document["provenance"].get("seconds", {})
    slow = {name: spent for name, spent in stages.items() if spent >= 0.01}
    return dict(sorted(slow.items(), key=lambda item: -item[1]))


def view(document: Document) -> dict[str, Any]:
    """Everything that the template names."""
    by_id = cards(document)
    grouped, loose = groups(document, by_id)
    listed = list(by_id.values())
    opening, fact = words.verdict(document)
    return {
        "document": document,
        "provenance": document["provenance"],
        "opening": opening,
        "fact": fact,
        "leading": words.first_cause(document),
        "audited": words.audited(document),
        "counts": words.counts(document),
        "groups": grouped,
        "loose": loose,
        "cards": listed,
        "left_out": left_out(document),
        "explained": explained_by(document, by_id),
        "ignored": [one for one in document["findings"] if one["muted"] is not None],
        "severities": [
            name for name in words.SEVERITIES if any(card.of["severity"] == name for card in listed)
        ],
        "families": sorted({card.of["family"] for card in listed}),
        "causes": sorted({card.of["cause"] for card in listed}),
        "columns": sorted({name for card in listed for name in card.columns}),
        "run_names": sorted({card.run for card in listed if card.run}),
        "runs": runs_of(document, listed),
        "passed": passed(document),
        "inconclusive": inconclusive(document),
        "not_checked": by_reason(document, "not_checked"),
        "muted": by_reason(document, "muted"),
        "failed": by_reason(document, "failed"),
        "states": words.state_counts(document),
        "seconds": seconds(document),
    }
