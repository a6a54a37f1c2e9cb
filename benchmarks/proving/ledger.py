"""What earlier runs proved, kept beside the scoreboard, so that a run of some rules keeps the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from proving.verdicts import LEVELS, Tally, Verdict, with_problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from proving.cases import Known

Entry = dict[str, Any]


def entries_of(file: Path) -> dict[str, Any]:
    """The content of a ledger: ``rules`` by code and ``sections`` by name; empty if there is none."""
    if not file.exists():
        return {"rules": {}, "sections": {}}
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return told


def entry(one: Verdict, command: str, before: Entry | None = None) -> Entry:
    """A rule's entry: what it was planted with and how it did on clean cases, each with its command.

    A part that this run did not look at stays as it was.
    """
    made: Entry = dict(before or {})
    if any(one.levels.values()):
        made["planted"] = {
            "by": command,
            "min_n": one.min_n,
            "doses": dict(one.doses),
            "levels": {
                level: {str(n): list(told) for n, told in sizes.items()}
                for level, sizes in one.levels.items()
            },
            "subject": list(one.subject),
            "rows": one.rows,
            "conclusive": list(one.conclusive_planted),
            "failures": one.failures_planted,
        }
    if one.alarms.of or one.failures_clean:
        made["clean"] = {
            "by": command,
            "alarms": list(one.alarms),
            "conclusive": list(one.conclusive_clean),
            "failures": one.failures_clean,
        }
    return made


def verdict_of(known: Known, told: Entry, *, has_plant: bool) -> Verdict:
    """The verdict that an entry is, judged by the demands as they are now."""
    planted: Mapping[str, Any] = told.get("planted", {})
    clean: Mapping[str, Any] = told.get("clean", {})
    levels = planted.get("levels", {})
    made = Verdict(
        known.rule.code,
        known.rule.name,
        known.rule.min_n,
        planted.get("doses", {}),
        {
            level: {int(n): Tally(*two) for n, two in levels.get(level, {}).items()}
            for level in LEVELS
        },
        Tally(*planted.get("subject", (0, 0))),
        planted.get("rows"),
        Tally(*clean.get("alarms", (0, 0))),
        Tally(*planted.get("conclusive", (0, 0))),
        Tally(*clean.get("conclusive", (0, 0))),
        planted.get("failures", 0),
        clean.get("failures", 0),
    )
    found = with_problems(made, known, has_plant=has_plant)
    if planted and planted["min_n"] != known.rule.min_n:
        return replace(found, problems=(*found.problems, "min_n has changed since"))
    return found


def commands(told: Mapping[str, Any], codes: Sequence[str]) -> dict[str, list[str]]:
    """The commands that these rules' entries were made by, each with the codes, in their order."""
    found: dict[str, list[str]] = {}
    for code in codes:
        parts = told["rules"].get(code, {})
        for command in dict.fromkeys(part["by"] for part in parts.values()):
            found.setdefault(command, []).append(code)
    return found


def write(file: Path, told: Mapping[str, Any]) -> None:
    """Write a ledger, sorted, one rule a line, so that a change shows where it is."""
    rules = ",\n".join(
        f"{json.dumps(code)}: {json.dumps(told['rules'][code], sort_keys=True)}"
        for code in sorted(told["rules"])
    )
    sections = json.dumps(told["sections"], indent=1, sort_keys=True)
    file.write_text(f'{{"rules": {{\n{rules}\n}},\n"sections": {sections}}}\n', encoding="utf-8")
