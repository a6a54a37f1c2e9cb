"""Shares of categories in two tables: one line a category, a dot for each table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mldebug.render.figures.canvas import Canvas, width_of
from mldebug.render.figures.scales import round_places, x_axis
from mldebug.render.names import shown
from mldebug.render.numbers import share

MOST = 12
ROW = 23
LABEL = 20


def draw(figure: Mapping[str, Any], _rungs: Sequence[tuple[str, float]]) -> Canvas:
    """Draw paired dots: train a disc, eval an open diamond."""
    items = figure["items"][:MOST]
    labels = [shown(one["label"], LABEL) for one in items]
    told = [f"{share(one['train'], sign=False)} → {share(one['eval'])}" for one in items]
    left = min(max(map(width_of, labels)) + 14, 160)
    canvas = Canvas(
        ROW * len(items) + 76, left=left, right=max(map(width_of, told)) + 14, top=30, bottom=46
    )
    most = max(max(one["train"], one["eval"]) for one in items) or 1.0
    canvas.limits((0, most * 1.03), (len(items) - 0.5, -0.5))
    x_axis(canvas, [(x, share(x)) for x in round_places(0, most, 3)], "share of rows")
    for row, (one, label, numbers) in enumerate(zip(items, labels, told, strict=True)):
        canvas.text(0, row, label, shift=(-10, 0), align="right")
        canvas.line([one["train"], one["eval"]], [row, row], "link")
        canvas.text(most * 1.03, row, numbers, "soft", shift=(10, 0))
    rows = range(len(items))
    canvas.dots([one["eval"] for one in items], rows, "open eval", "D", 8)
    canvas.dots([one["train"] for one in items], rows, "disc train")
    _name(canvas, items[0])
    return canvas


def _name(canvas: Canvas, first: Mapping[str, Any]) -> None:
    """Name the two dots of the first line above it."""
    ends = {name: canvas.pixels(first[name], 0)[0] for name in ("train", "eval")}
    near, far = sorted(ends, key=lambda name: (ends[name], name != "train"))
    y = canvas.top - 8
    centre = (ends[near] + ends[far]) / 2
    apart = max(ends[far] - ends[near], 44)
    centre = min(max(centre, 22 + apart / 2), 378 - apart / 2)
    canvas.note(centre - apart / 2, y, near, f"name {near}", "center")
    canvas.note(centre + apart / 2, y, far, f"name {far}", "center")
