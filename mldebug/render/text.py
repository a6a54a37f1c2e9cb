"""The terminal's summary: the verdict, the causes, the counts, and where to read more."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mldebug.render import words
from mldebug.render.names import distinct, shortened, shown, visible
from mldebug.render.numbers import integer, is_share, share

if TYPE_CHECKING:
    from rich.console import Console

Document = Mapping[str, Any]
Line = list[tuple[str, str]]
"""Pieces of one line with their styles; a style is a word of rich's, or empty."""

CAUSES_SHOWN = 5
COLOURS = {"error": "bold red", "warning": "yellow", "note": "cyan"}
NARROWEST = 40
SUBJECT = 30
"""Longest name of what a cause is about."""
RANKED = 12
"""Letters of the rank and the severity before a cause."""
BETWEEN = 4
"""Blanks between what a line tells of a cause."""


def summary(
    document: Document, *, width: int = 100, colour: bool = False, report: str | None = None
) -> str:
    """The diagnosis in some ten lines.

    Parameters
    ----------
    document : mapping
        As ``reports/diagnosis.schema.json`` describes it.
    width : int
        Longest line, in characters.
    colour : bool
        With the escape sequences of a colour terminal.
    report : str or None
        Where the report was written, if it was.

    Returns
    -------
    str
        Without a final newline; no control or bidirectional character of a name is in it.
    """
    lines = _lines(document, max(width, NARROWEST), report)
    if not colour:
        return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)
    from rich.console import Console

    buffer = io.StringIO()
    console = Console(
        file=buffer,
        force_terminal=True,
        color_system="standard",
        width=max(width, NARROWEST),
        no_color=False,
        legacy_windows=False,
    )
    _print(console, lines)
    return buffer.getvalue().rstrip("\n")


def _print(console: Console, lines: list[Line]) -> None:
    from rich.text import Text

    for line in lines:
        text = Text.assemble(*[(piece, style) for piece, style in line], end="")
        console.print(text, soft_wrap=True, highlight=False, markup=False)


def _lines(document: Document, width: int, report: str | None) -> list[Line]:
    opening, fact = words.verdict(document)
    verdict = visible(f"{opening}: {_brief(fact, document)}." if fact else opening)
    lines: list[Line] = [[(line, "bold")] for line in _wrapped(verdict, width)]
    by_id = {one["id"]: one for one in document["findings"] if one["muted"] is None}
    heads = [by_id[one["finding"]] for one in document["causes"] if one["finding"] in by_id]
    heads = heads or list(by_id.values())
    if heads:
        lines.append([])
    lines += _causes(document, heads[:CAUSES_SHOWN], width)
    if len(heads) > CAUSES_SHOWN:
        lines.append([(f"   and {len(heads) - CAUSES_SHOWN:,} more", "dim")])
    lines.append([])
    counted = " · ".join(f"{count} {noun}" for _, count, noun in words.counts(document))
    lines += [[(line, "")] for line in _wrapped(counted, width)]
    lines += _failures(document, width)
    if report is not None:
        lines.append([("report: ", "dim"), (visible(report), "")])
    if heads:
        lines.append([("more:   ", "dim"), (f"mldebug explain {heads[0]['code']}", "")])
    return lines


def _failures(document: Document, width: int) -> list[Line]:
    """A line for each error that kept rules from being checked, with the first of these rules."""
    failed: dict[str, list[str]] = {}
    for code, outcome in document["outcomes"].items():
        if outcome["state"] == "failed":
            failed.setdefault(str(outcome["reason"]), []).append(code)
    lines: list[Line] = []
    for reason, codes in list(failed.items())[:CAUSES_SHOWN]:
        others = f" and {len(codes) - 1:,} more" if len(codes) > 1 else ""
        told, room = visible(f"{codes[0]}{others}: {reason}"), width - len("failed: ")
        told = told if len(told) <= room else f"{told[: room - 1]}…"
        lines.append([("failed: ", "dim"), (told, "")])
    return lines


def _causes(document: Document, heads: Sequence[Mapping[str, Any]], width: int) -> list[Line]:
    """A line for each cause, in which different subjects look different."""
    named = [one for one in heads if one["subject"]]
    rooms = [
        width - RANKED - len(_code(one)) - len(_number(document, one)) - BETWEEN for one in named
    ]
    room = max(min([SUBJECT, *rooms]), NARROWEST // 10)
    subjects = distinct((one["label"] for one in named), room)
    return [
        _cause(document, one, rank, width, subjects[str(one["label"])] if one["subject"] else "")
        for rank, one in enumerate(heads, 1)
    ]


def _code(finding: Mapping[str, Any]) -> str:
    return f"{finding['code']} {shown(finding['name'], 28)}"


def _cause(
    document: Document, finding: Mapping[str, Any], rank: int, width: int, subject: str
) -> Line:
    severity = finding["severity"]
    code, number = _code(finding), _number(document, finding)
    effect = words.trial_effect(finding["trial"])
    tail = f"  {visible(effect[0])}" if effect else ""
    if len(tail) > width - RANKED - len(code) - len(number) - BETWEEN - len(subject):
        tail = ""  # the number comes first; the report has the effect
    between = f"  {subject}" if subject else ""
    return [
        (f"{rank:2} ", "bold"),
        (f"{severity.upper():<8} ", COLOURS[severity]),
        (code, "bold"),
        (between, ""),
        (f"  {number}", ""),
        (tail, "bold"),
    ]


def _number(document: Document, finding: Mapping[str, Any]) -> str:
    unit = words.unit_of(document, finding["quantity"])
    if words.kind_of(document, finding["quantity"]) == "count" and is_share(unit) and finding["n"]:
        count, n = integer(finding["value"] * finding["n"]), integer(finding["n"])
        return f"{count} of {n} ({share(finding['value'])})"
    return words.value_line(document, finding)


def _brief(fact: str, document: Document) -> str:
    """A fact with the long names in it shortened."""
    leading = words.first_cause(document) or {"subject": {}}
    subject = leading["subject"]
    for value in [subject.get("column"), *subject.get("columns", ())]:
        if isinstance(value, str) and len(value) > 40:
            fact = fact.replace(value, shown(value))
    return shortened(visible(fact), 300)


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width, break_on_hyphens=False)
