"""The rules in use today beside FT801, on the same curves: a section of the scoreboard."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from proving.verdicts import Tally, reaches, tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from proving.run import Line

ASKED = "FT801"
FILE = "popular.jsonl"
KINDS = ("D1", "D2", "alarms")

Answers = dict[str, dict[str, bool]]


def popular_answers(results: Path) -> Answers:
    """What each rule said of each case, from the lines that `popular_rules.py` left; or nothing."""
    file = results / FILE
    told: Answers = defaultdict(dict)
    if file.exists():
        for text in file.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            told[line["rule"]][line["case"]] = line["found"]
    return dict(told)


def popular_tallies(answers: Answers, lines: Sequence[Line]) -> dict[str, dict[str, Tally]]:
    """By rule, FT801 first: ``D1``, ``D2`` and ``alarms``, of the cases that all rules were asked.

    A clean case on which FT801 is exempt, or that it could not be asked about, is left out for all.
    """
    own = {line["key"].split("|")[0]: said for line in lines if (said := _own(line)) is not None}
    shared = set(own).intersection(*answers.values()) if answers else set()
    every: Mapping[str, Mapping[str, bool]] = {ASKED: own, **answers}
    return {
        name: {
            kind: tally(found[case] for case in sorted(shared) if _kind(case) == kind)
            for kind in KINDS
        }
        for name, found in every.items()
    }


def _kind(case: str) -> str:
    parts = case.split(":")
    return "alarms" if len(parts) == 1 else parts[1]


def _own(line: Line) -> bool | None:
    """Whether FT801 found something in an audit; None where it was not to be asked."""
    if line["kind"] == "plant" and line["code"] == ASKED:
        return reaches(line.get("worst"), "warning")
    if line["kind"] != "clean" or not line["seed"] % 2 or "error" in line:
        return None
    applies: Any = line["states"].get(ASKED) in ("found", "passed", "inconclusive")
    if not applies or ASKED in line["exempt"]:
        return None
    return any(
        code == ASKED and reaches(severity, "warning") for code, severity, *_ in line["found"]
    )


def popular_rows(tallies: Mapping[str, Mapping[str, Tally]]) -> Iterable[list[str]]:
    """The rows of the section's table."""
    for name, told in tallies.items():
        rates = [
            f"{one} ({one.share:.0%})" if one.of else "—" for one in map(told.get, KINDS) if one
        ]
        yield [name, *rates]
