"""Horizontal bars, each with its number at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mldebug.render.figures.canvas import WIDTH, Canvas, width_of
from mldebug.render.figures.scales import bounds_of, mark_bounds, rows_for_bounds, widened
from mldebug.render.figures.tables import on_axis
from mldebug.render.names import shown

MOST = 14
ROW = 24
LABEL = 18
THICK = 0.31


def draw(figure: Mapping[str, Any], rungs: Sequence[tuple[str, float]]) -> Canvas:
    """Draw bars from 0; an emphasised one is dark, the others are light."""
    items = figure["items"][:MOST]
    labels = [shown(one["label"], LABEL) for one in items]
    values = [float(one["value"]) for one in items]
    unit = shown(figure.get("x_label", ""), 52)
    told = [_told(one, unit) for one in items]
    lines = bounds_of(figure, rungs)
    top = rows_for_bounds(lines) if lines else 6.0
    left = min(max(map(width_of, labels)) + 14, 168)
    beyond = max(map(width_of, told)) + 12
    canvas = Canvas(ROW * len(items) + top + 32, left=left, right=12, top=top, bottom=32)
    low, high = widened([*values, *(value for value, _ in lines)], zero=True)
    scale = canvas.width / max(canvas.width - beyond * (2 if low < 0 else 1), 60)
    room = (high - low) * (scale - 1)
    canvas.limits(
        (low - room / 2, high + room / 2) if low < 0 else (low, high + room),
        (len(items) - 0.5, -0.5),
    )
    any_emphasis = any(one.get("emphasis") for one in items)
    for row, (one, value) in enumerate(zip(items, values, strict=True)):
        strong = bool(one.get("emphasis")) or not any_emphasis
        up, down = row - THICK, row + THICK
        canvas.area([0, value, value, 0], [up, up, down, down], "bar" if strong else "bar faint")
        edge = canvas.axes.get_xlim()[0]
        canvas.text(
            edge,
            row,
            labels[row],
            "strong" if one.get("emphasis") else "",
            shift=(-10, 0),
            align="right",
        )
        side = -1 if value < 0 else 1
        align = "left" if side > 0 else "right"
        canvas.text(value, row, told[row], "halo", shift=(6 * side, 0), align=align)
    canvas.line([0, 0], [len(items) - 0.5, -0.5], "axis")
    mark_bounds(canvas, lines)
    middle = (canvas.left + WIDTH - canvas.right) / 2
    canvas.note(middle, canvas.height - 10, unit, "soft", "center")
    return canvas


def _told(one: Mapping[str, Any], unit: str) -> str:
    note = one.get("note")
    return on_axis(one["value"], unit) + (f" · {shown(note, 20)}" if note else "")
