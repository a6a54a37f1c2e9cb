"""Values with their intervals: a mark and a whisker a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mldebug.render.figures.canvas import Canvas, width_of
from mldebug.render.figures.scales import (
    bounds_of,
    mark_bounds,
    round_places,
    rows_for_bounds,
    widened,
    x_axis,
)
from mldebug.render.figures.tables import on_axis
from mldebug.render.names import shown

MOST = 14
ROW = 25
LABEL = 20
SHAPES = {
    "train": ("disc", "o"),
    "eval": ("open", "D"),
    "null": ("open", "s"),
    "plain": ("disc", "o"),
}
"""A class and a marker for each series, so that they differ in grey too."""


def draw(figure: Mapping[str, Any], rungs: Sequence[tuple[str, float]]) -> Canvas:
    """Draw marks with whiskers and, at the right, their numbers."""
    items = figure["items"][:MOST]
    labels = [shown(one["label"], LABEL) for one in items]
    unit = shown(figure.get("x_label", ""))
    told = [on_axis(one["value"], unit) for one in items]
    lines = bounds_of(figure, rungs)
    top = rows_for_bounds(lines) if lines else 8.0
    left = min(max(map(width_of, labels)) + 14, 160)
    canvas = Canvas(
        ROW * len(items) + top + 46,
        left=left,
        right=max(map(width_of, told)) + 14,
        top=top,
        bottom=46,
    )
    values = [end for one in items for end in (one["value"], *_ends(one))]
    low, high = widened([*values, *(value for value, _ in lines)])
    canvas.limits((low, high), (len(items) - 0.5, -0.5))
    x_axis(
        canvas,
        [(x, on_axis(x, unit, 4)) for x in round_places(low, high)],
        figure.get("x_label", ""),
    )
    mark_bounds(canvas, lines)
    for row, one in enumerate(items):
        series = one.get("series", "plain")
        series = series if series in SHAPES else "plain"
        kind, marker = SHAPES[series]
        ends = _ends(one)
        if len(ends) == 2:
            canvas.line(ends, [row, row], f"whisker {series}")
        canvas.dots([one["value"]], [row], f"{kind} {series}", marker)
        canvas.text(low, row, labels[row], shift=(-10, 0), align="right")
        canvas.text(high, row, told[row], "soft", shift=(10, 0))
    return canvas


def _ends(one: Mapping[str, Any]) -> list[float]:
    return [float(one[key]) for key in ("low", "high") if one.get(key) is not None]
