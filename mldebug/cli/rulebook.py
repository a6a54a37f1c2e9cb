"""The rules as a person reads them: what each needs, its ladder in words, its page, the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mldebug.checker import Need, quantities
from mldebug.measurement import Measurement, Quantity, Subject
from mldebug.render.numbers import in_unit, integer
from mldebug.resolve import missing_options
from mldebug.rule import SEVERITIES, Rule, Rung

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ALWAYS_THERE = {"device": True, "seed": True}
Section = tuple[str, tuple[str, ...]]


def quantity_of(rule: Rule) -> Quantity | None:
    """Return the quantity that a rule judges; None if no checker measures it."""
    measured = quantities().get(rule.judges)
    return measured[0] if measured else None


def needs(rule: Rule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the options that a rule needs, and those that it uses where they are given."""
    measured = quantities().get(rule.judges)
    if measured is None:
        return (), ()
    asked = measured[1].needs
    required = missing_options(asked, ALWAYS_THERE)
    wished = [Need(need.name, required=True) for need in asked if not need.required]
    optional = missing_options(wished, ALWAYS_THERE)
    return required, tuple(one for one in optional if one not in required)


def needs_in_words(rule: Rule) -> str:
    """Return what a rule needs in one line: ``TRAIN, --eval; uses --target``."""
    if quantity_of(rule) is None:
        return "a checker that is not installed"
    required, optional = map(_tables_first, needs(rule))
    return ", ".join(required) + (f"; uses {', '.join(optional)}" if optional else "")


def ladder_in_words(rule: Rule) -> list[str]:
    """Return the ladder, one line for each of its cases, the mildest rung first."""
    quantity = quantity_of(rule)
    unit = quantity.unit if quantity else ""
    ladder = rule.ladder
    lines = [_rungs(ladder.rungs, unit)] if ladder.rungs else []
    if ladder.by is not None:
        for name, case in (ladder.cases or {}).items():
            told = _rungs(case.rungs, unit) if case.rungs else "never"
            lines.append(f"if {ladder.by} = {name}: {told}")
    return lines


def _rungs(rungs: Sequence[Rung], unit: str) -> str:
    mildest_first = sorted(rungs, key=lambda rung: (-SEVERITIES.index(rung.severity), rung.bound))
    return ", ".join(
        f"{rung.severity} {rung.side} {in_unit(rung.bound, unit)}" for rung in mildest_first
    )


def example(rule: Rule) -> str:
    """Return what the rule says in its first example that is found; empty if there is none."""
    for one in rule.examples:
        if one.get("expect") in SEVERITIES:
            interval = one.get("interval")
            measurement = Measurement(
                rule.judges,
                Subject(one.get("subject")),
                one["value"],
                one["n"],
                (interval[0], interval[1]) if interval else None,
                one.get("p"),
                one.get("details", {}),
            )
            return rule.sentence(measurement)
    return ""


def page(rule: Rule, known: Mapping[str, Rule]) -> list[Section]:
    """Return all that there is to say of a rule, as headings with their paragraphs."""
    links = [("What it leads to", rule.leads_to), ("What it yields to", rule.yields_to)]
    said = example(rule)
    sections: list[Section] = [
        ("What it is", (f"{rule.title}.", f"For example: {said}." if said else "")),
        ("Why it matters", (rule.why.strip(), _invalidates(rule))),
        ("What is measured", tuple(_measured(rule))),
        ("When it is found", tuple(_judged(rule))),
        ("What to do", (rule.remedy.text.strip(),)),
        *(
            (heading, tuple(_named(link.code, known) for link in linked))
            for heading, linked in links
        ),
        ("What it needs", tuple(_needed(rule))),
        ("References", rule.references),
    ]
    told = [(heading, tuple(filter(None, lines))) for heading, lines in sections]
    return [(heading, lines) for heading, lines in told if lines]


def _invalidates(rule: Rule) -> str:
    return f"As an error it invalidates the {rule.invalidates}." if rule.invalidates else ""


def _measured(rule: Rule) -> Iterator[str]:
    quantity = quantity_of(rule)
    if quantity is None:
        yield f"{rule.judges}; no checker that is installed measures it."
        return
    yield quantity.meaning
    kind = "a fact about the file as given" if quantity.kind == "count" else "an estimate"
    yield f"{quantity.name}, in the unit: {quantity.unit}; {kind}."
    if quantity.source:
        yield f"By: {_sentence(quantity.source)}"
    if quantity.null:
        yield f"The p-value is against: {quantity.null}."


def _judged(rule: Rule) -> Iterator[str]:
    quantity = quantity_of(rule)
    for line in ladder_in_words(rule):
        yield f"{line[:1].upper()}{line[1:]}."
    if quantity is not None and quantity.kind == "estimate":
        yield (
            "The near end of the 95% interval is compared, so that chance alone is not found; "
            "several subjects share the level."
        )
    if rule.min_n:
        yield f"Below {integer(rule.min_n)} observations it may be inconclusive."


def _needed(rule: Rule) -> Iterator[str]:
    required, optional = needs(rule)
    if required:
        yield f"Needs {_listed(required)}."
    if optional:
        yield f"Uses {_listed(optional)} where given."


def _tables_first(options: Sequence[str]) -> list[str]:
    return sorted(options, key=lambda one: one.startswith("--"))


def _listed(options: Sequence[str]) -> str:
    """The options as a list in a sentence."""
    ordered = _tables_first(options)
    return " and ".join(filter(None, (", ".join(ordered[:-1]), ordered[-1])))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _named(code: str, known: Mapping[str, Rule]) -> str:
    return f"{code} {known[code].name}: {known[code].title}" if code in known else code


def markdown_page(rule: Rule, known: Mapping[str, Rule]) -> str:
    """Return the page of a rule in Markdown."""
    lines = [f"# {rule.code} {rule.name}", "", f"Family: {rule.family}. Cause: {rule.cause}."]
    for heading, paragraphs in page(rule, known):
        lines += ["", f"## {heading}", ""]
        several = len(paragraphs) > 1 and heading in ("References", "What it leads to")
        lines += [f"- {one}" for one in paragraphs] if several else ["\n\n".join(paragraphs)]
    return "\n".join(lines) + "\n"


def markdown_table(chosen: Sequence[Rule]) -> str:
    """Return the table of rules in Markdown, one for each family."""
    written = "as `mldebug rules --markdown` writes them"
    more = "`mldebug explain CODE` tells the whole of one"
    lines = ["# The rules", "", f"{len(chosen)} rules, {written}; {more}."]
    for family in dict.fromkeys(rule.family for rule in chosen):
        lines += ["", f"## {family}", ""]
        lines += ["| code | name | what it finds | cause | found at | needs |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [
            f"| {' | '.join(map(_cell, row(rule)))} |" for rule in chosen if rule.family == family
        ]
    return "\n".join(lines) + "\n"


def row(rule: Rule) -> tuple[str, ...]:
    """Return the cells of a rule in the table of rules."""
    rungs = "; ".join(ladder_in_words(rule))
    return (rule.code, rule.name, rule.title, rule.cause, rungs, needs_in_words(rule))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def told(rule: Rule) -> dict[str, Any]:
    """Return a rule as plain data, with what it needs and what it measures."""
    quantity = quantity_of(rule)
    required, optional = needs(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "title": rule.title,
        "family": rule.family,
        "cause": rule.cause,
        "judges": rule.judges,
        "unit": quantity.unit if quantity else None,
        "meaning": quantity.meaning if quantity else None,
        "ladder": rule.ladder.as_dict(),
        "min_n": rule.min_n,
        "message": rule.message,
        "why": rule.why.strip(),
        "remedy": rule.remedy.text.strip(),
        "invalidates": rule.invalidates,
        "leads_to": [link.code for link in rule.leads_to],
        "yields_to": [link.code for link in rule.yields_to],
        "needs": list(required),
        "uses": list(optional),
        "references": list(rule.references),
        "since": rule.since,
    }
