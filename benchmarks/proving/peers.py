"""What other tools say of the same cases, from the lines that their runners left."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from proving.verdicts import Tally, tally

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PLANTED = ("D1", "D2")


def peer_lines(results: Path) -> list[dict[str, Any]]:
    """Every line of ``peers*.jsonl``: peer, version, case, code, verdict, detail, and more."""
    return [
        json.loads(text)
        for file in sorted(results.glob("peers*.jsonl"))
        for text in file.read_text(encoding="utf-8").splitlines()
        if text.strip()
    ]


def _counts_for(line: dict[str, Any]) -> str | None:
    """``found`` where the rule's fault is in the case, ``alarms`` where it is not, else None.

    A line that says what its case holds (``set``, ``dose``, ``expected``, ``allowed``) is taken at
    its word; the name of another tells: ``LK401:D1:500:3``, ``LK401:twin:500:3``, ``clean-0001-x``.
    """
    code = line["code"]
    if "expected" in line:
        if code in line["expected"]:
            return "found" if line.get("dose") in (*PLANTED, None) else None
        clean = line.get("set") == "clean" and code not in line.get("allowed", ())
        return "alarms" if clean else None
    parts = line["case"].split(":")
    if parts[0] == code and len(parts) > 1:
        return "found" if parts[1] in PLANTED else "alarms" if parts[1] == "twin" else None
    return "alarms" if parts[0].startswith("clean-") else None


def peer_tallies(lines: Iterable[dict[str, Any]]) -> dict[str, dict[str, dict[str, Tally]]]:
    """By peer (with its version) and code: ``found`` of the faults, and ``alarms`` on clean tables.

    A verdict of ``cannot`` is no answer; a peer that could answer nothing of a rule has no tally.
    """
    answers: dict[str, dict[str, dict[str, list[bool]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for line in lines:
        kind = _counts_for(line) if line["verdict"] != "cannot" and line["code"] else None
        if kind is not None:
            peer = f"{line['peer']} {line['version'] or ''}".strip()
            answers[peer][line["code"]][kind].append(line["verdict"] == "found")
    return {
        peer: {
            code: {kind: tally(told) for kind, told in kinds.items()}
            for code, kinds in codes.items()
        }
        for peer, codes in sorted(answers.items())
    }
