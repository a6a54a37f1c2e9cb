"""The rows of a finding as a table: few columns, the telling ones first, pairs together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mldebug.render.figures.tables import cell
from mldebug.render.names import TOOLTIP, shown, visible
from mldebug.render.numbers import number

SHOWN = 20
COLUMNS = 7
CELL = 28
POSITIONS = 6_000
"""So many positions of rows one page carries for copying, over all findings."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, the whole of it where it was shortened, and whether it differs."""

    text: str
    whole: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of evidence."""

    table: str
    row: int
    score: str
    match: str
    cells: tuple[Cell, ...]
    second: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence rows of one finding, as they are shown."""

    total: int
    lines: tuple[Line, ...]
    columns: tuple[str, ...]
    further: int
    scored: bool
    matched: bool
    positions: Mapping[str, tuple[int, ...]]

    @property
    def copied(self) -> int:
        """How many positions there are for copying."""
        return sum(len(rows) for rows in self.positions.values())


def evidence(finding: Mapping[str, Any], target: str | None, positions: int) -> Evidence | None:
    """The table of a finding's rows; None where a finding has none.

    Parameters
    ----------
    finding : mapping
        As in the document.
    target : str or None
        The column that comes right after those that the finding is about.
    positions : int
        So many positions are kept for copying.
    """
    rows = finding["rows"]
    if not rows or not rows["items"]:
        return None
    items = rows["items"][:SHOWN]
    columns = _columns(finding["subject"], target, items)
    kept = columns[:COLUMNS]
    every = {(item["table"], item["row"]): item for item in items if item.get("cells")}
    lines: list[Line] = []
    placed: set[tuple[str, int]] = set()
    for item in items:
        if (item["table"], item["row"]) in placed:
            continue
        match = item.get("match")
        other = _partner(match, every)
        if other is item or other is None or (other["table"], other["row"]) in placed:
            other = None
        lines.append(_line(item, kept, other, second=False))
        placed.add((item["table"], item["row"]))
        if other is not None:
            lines.append(_line(other, kept, item, second=True))
            placed.add((other["table"], other["row"]))
    copied: dict[str, list[int]] = {}
    for item in rows["items"][:positions]:
        copied.setdefault(item["table"], []).append(item["row"])
    return Evidence(
        total=rows["total"],
        lines=tuple(lines),
        columns=tuple(kept),
        further=len(columns) - len(kept),
        scored=any(item["score"] is not None for item in items),
        matched=any(item.get("match") for item in items),
        positions={table: tuple(found) for table, found in copied.items()},
    )


def positions_each(findings: Sequence[Mapping[str, Any]]) -> int:
    """How many positions each finding may carry, so that a page stays small."""
    with_rows = sum(bool(one["rows"]) for one in findings)
    return max(SHOWN, min(1_000, POSITIONS // max(1, with_rows)))


def _columns(
    subject: Mapping[str, Any], target: str | None, items: Sequence[Mapping[str, Any]]
) -> list[str]:
    present = {name: None for item in items for name in item.get("cells") or {}}
    about = [subject.get("column"), *subject.get("columns", ()), target]
    first = [name for name in dict.fromkeys(about) if name in present]
    differing = [name for name in present if name not in first and _differs(name, items)]
    return [*first, *differing, *(name for name in present if name not in {*first, *differing})]


def _partner(
    match: Mapping[str, Any] | None, every: Mapping[tuple[str, int], Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The row that another goes with: among the rows shown, or with the cells that came along."""
    if match is None:
        return None
    there = every.get((match["table"], match["row"]))
    if there is not None or "cells" not in match:
        return there
    return {"table": match["table"], "row": match["row"], "score": None, "cells": match["cells"]}


def _differs(name: str, items: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a column differs within any pair that is among the rows."""
    every = {(item["table"], item["row"]): item for item in items}
    for item in items:
        other = _partner(item.get("match"), every)
        if other and (item.get("cells") or {}).get(name) != (other.get("cells") or {}).get(name):
            return True
    return False


def _line(
    item: Mapping[str, Any],
    columns: Sequence[str],
    other: Mapping[str, Any] | None,
    *,
    second: bool,
) -> Line:
    cells = item.get("cells") or {}
    others = (other or {}).get("cells") or {}
    match = item.get("match")
    return Line(
        table=shown(item["table"]),
        row=item["row"],
        score="" if item["score"] is None else number(item["score"]),
        match=f"{shown(match['table'])} {match['row']:,}" if match else "",
        cells=tuple(
            _cell(cells.get(name), differs=bool(other) and cells.get(name) != others.get(name))
            for name in columns
        ),
        second=second,
    )


def _cell(value: Any, *, differs: bool) -> Cell:
    text = cell(value, CELL)
    whole = visible(value)[:TOOLTIP] if isinstance(value, str) and "…" in text else ""
    return Cell(text, whole, differs)
