"""Learning curves: points faint, trend strong, the verdict as labelled lines, the rate below.

Training is dashed and ends in a disc, evaluation is solid and ends in a diamond, so that they can be
told apart without colour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mldebug.render.figures.canvas import WIDTH, Canvas, width_of
from mldebug.render.figures.scales import (
    mark_bounds,
    number_ticks,
    powers,
    round_places,
    rows_for_bounds,
    widened,
    x_axis,
)
from mldebug.render.figures.sequence import Points, peaks_kept
from mldebug.render.figures.tables import base_of
from mldebug.render.names import distinct, shortened, shown
from mldebug.render.numbers import number

PANEL, BELOW, BETWEEN = 170.0, 54.0, 26.0
"""Heights of the two panels and of what lies between them."""
HEAD = 20.0
"""Room for the name of an axis."""
BUDGET = 1_500
"""Points of all lines together."""
FEWEST = 16
SPARSE = 40
"""Up to so many logged points are drawn one by one."""
MARKS = 4
MARK = 40
"""Longest label of a mark."""
NAME = 14
"""Longest line of a label, which may have two."""
LABELLED = 12
"""Of more lines of one kind only the first, the middle and the last are labelled."""
MOST_LINES = 48
APART = 14.0
SPLITS = {"train": "train", "eval": "eval", "test": "test"}

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the figure with a scale of its own: what it spans, and where its values lie."""

    low: float
    high: float
    top: float
    height: float
    logarithmic: bool

    def place(self, value: float) -> float:
        """The height of a value, in pixels below the top of the axes."""
        told = math.log10(value) if self.logarithmic else value
        return self.top + self.height * (self.high - told) / (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Round values within the panel, with their numbers."""
        wanted = 4 if self.height > BELOW else 2
        if not self.logarithmic:
            places = round_places(self.low, self.high, wanted)
        else:
            places = round_powers(10**self.low, 10**self.high, wanted)
        return [(place, number(place).replace("1 × 10", "10")) for place in places]


def draw(figure: Mapping[str, Any], _rungs: Sequence[tuple[str, float]]) -> Canvas:
    """Draw lines over a common x, with marks, a band, and a second panel where there is one."""
    lines = chosen(figure)
    below = figure.get("below") or {}
    lower = list(below.get("lines", ()))[:LABELLED]
    marks = [(one["x"], one["label"]) for one in figure.get("marks", ())][:MARKS]
    sideways = _placing(figure)
    flags = [(sideways(x), shown(label, MARK)) for x, label in marks]
    labels = labels_of(figure, lines)
    panels = [_panel(_values(lines, figure.get("band")), figure, 0, PANEL)]
    if lower:
        panels.append(_panel(_values(lower), below, PANEL + BETWEEN, BELOW))
    ticks = [width_of(told) for one in panels for _, told in one.ticks()]
    top = HEAD + (rows_for_bounds(flags) if flags else 4)
    inner = panels[-1].top + panels[-1].height
    wide = [width_of(row) for told in labels.values() for row in rows_of(told)]
    right = max([*wide, 0]) + (16 if labels else 8)
    left = min(max([*ticks, 20]) + 8, 80)
    canvas = Canvas(top + inner + 44, left=left, right=right, top=top, bottom=44)
    every = [sideways(x) for one in (*lines, *lower) for x in one["x"]]
    canvas.limits(widened(every, margin=0.015), (inner, 0))
    x_axis(canvas, _x_ticks(figure, canvas), figure.get("x", ""))
    for panel, told, y in zip(
        panels, (figure, below), (12.0, top + PANEL + BETWEEN - 8), strict=False
    ):
        _y_axis(canvas, panel, told.get("y", ""), y)
    if figure.get("band"):
        _shade(canvas, figure["band"], sideways, panels[0])
    budget = max(FEWEST, BUDGET // max(1, len(lines)))
    for one in sorted(lines, key=_depth):
        _line(canvas, one, _points(one, sideways, panels[0], budget), figure)
    for one in lower:
        points = _points(one, sideways, panels[1], BUDGET // 10)
        canvas.line([x for x, _ in points], [y for _, y in points], "curve rate")
    mark_bounds(canvas, flags)
    named = [(one, labels[id(one)]) for one in lines if id(one) in labels]
    _name_ends(canvas, named, sideways, panels[0], overlaid=bool(figure.get("overlay")))
    return canvas


def _depth(line: Line) -> tuple[bool, bool]:
    """What is drawn first lies below: what was logged, then trends, then those that stand out."""
    return line["style"] != "raw", _stands_out(line)


def chosen(figure: Mapping[str, Any]) -> list[Line]:
    """The lines to draw: all, or of very many those at even distances in their order."""
    lines = [one for one in figure["lines"] if one["x"]]
    if len(lines) <= MOST_LINES:
        return lines
    kept = {round(place * (len(lines) - 1) / (MOST_LINES - 1)) for place in range(MOST_LINES)}
    return [one for place, one in enumerate(lines) if place in kept or _stands_out(one)]


def _stands_out(line: Line) -> bool:
    return bool(line.get("rank", "one") != "one")


def labels_of(figure: Mapping[str, Any], lines: Sequence[Line]) -> dict[int, str]:
    """What the lines are called at their ends, by their identity; a raw one yields to its trend."""
    trends = {base_of(one) for one in lines if one["style"] == "trend"}
    named = [
        one
        for one in lines
        if one["style"] in ("trend", "reference")
        or (one["style"] == "raw" and base_of(one) not in trends)
    ]
    if len(named) > LABELLED:
        middle = named[(len(named) - 1) // 2]
        named = [one for one in named if _stands_out(one)] or [named[0], middle, named[-1]]
    if len(named) == 1 and "split" not in named[0] and not figure.get("overlay"):
        return {}
    splits = [one.get("split") for one in named]
    short = distinct((base_of(one) for one in named), 2 * NAME)
    return {
        id(one): SPLITS[split]
        if split in SPLITS and splits.count(split) == 1
        else short[base_of(one)]
        for one, split in zip(named, splits, strict=True)
    }


def round_powers(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round numbers on a logarithmic scale: 1, 2, 5, 10, or powers of ten where it is wide."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for steps in ((1, 2, 5), (1, 3), (1,)):
        places = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        within = [place for place in places if low <= place <= high]
        if 2 <= len(within) <= wanted + 1:
            return within
    return powers(low, high)[:: max(1, 5 // wanted)]


def _placing(figure: Mapping[str, Any]) -> Callable[[float], float]:
    if figure.get("x_scale") == "log":
        return lambda x: math.log10(x) if x > 0 else 0.0
    return float


def _x_ticks(figure: Mapping[str, Any], canvas: Canvas) -> list[tuple[float, str]]:
    low, high = canvas.axes.get_xlim()
    if figure.get("x_scale") == "log":
        return [(math.log10(one), number(one)) for one in round_powers(10**low, 10**high, 5)]
    widest = max(width_of(told) for _, told in number_ticks(low, high)) + 14
    ticks = number_ticks(low, high, max(2, min(5, int(canvas.width / widest))))
    return [(place, told) for place, told in ticks if place >= 0 or low < 0]


def _values(lines: Sequence[Line], band: Mapping[str, Any] | None = None) -> list[float]:
    ends = [*band["low"], *band["high"]] if band else []
    return [*(float(y) for one in lines for y in one["y"]), *map(float, ends)]


def _panel(values: Sequence[float], told: Mapping[str, Any], top: float, height: float) -> Panel:
    logarithmic = told.get("scale") == "log" and min(values) > 0
    places = [math.log10(value) for value in values] if logarithmic else values
    low, high = widened(places, margin=0.05)
    return Panel(low, high, top, height, logarithmic)


def _y_axis(canvas: Canvas, panel: Panel, label: str, y: float) -> None:
    left = canvas.axes.get_xlim()[0]
    canvas.note(2, y, shown(label, 36) + (" (log scale)" if panel.logarithmic else ""), "soft")
    for value, told in panel.ticks():
        canvas.text(left, panel.place(value), told, "soft", shift=(-6, 0), align="right")


def _shade(
    canvas: Canvas, band: Mapping[str, Any], sideways: Callable[[float], float], panel: Panel
) -> None:
    across = [sideways(x) for x in band["x"]]
    low, high = ([panel.place(y) for y in band[end]] for end in ("low", "high"))
    canvas.area([*across, *across[::-1]], [*high, *low[::-1]], "noise")


def _points(line: Line, sideways: Callable[[float], float], panel: Panel, budget: int) -> Points:
    points = [(sideways(x), panel.place(y)) for x, y in zip(line["x"], line["y"], strict=True)]
    return peaks_kept(points, budget)


def _line(canvas: Canvas, line: Line, points: Points, figure: Mapping[str, Any]) -> None:
    across, up = [x for x, _ in points], [y for _, y in points]
    split = SPLITS.get(line.get("split", ""), "plain")
    trends = {base_of(one) for one in figure["lines"] if one["style"] == "trend"}
    if figure.get("overlay"):
        canvas.line(across, up, f"curve {line.get('rank', 'one')}")
    elif line["style"] == "raw":
        single = base_of(line) not in trends
        if len(points) <= SPARSE:
            _dot(canvas, across, up, split, "" if single else " pale")
        if single or len(points) > SPARSE:
            canvas.line(across, up, f"curve {split}" if single else f"curve pale {split}")
    elif line["style"] == "trend":
        canvas.line(across, up, f"curve {split}")
    elif line["style"] == "reference" and split == "plain":
        canvas.line(across, up, "curve reference")
    else:
        canvas.line(across, up, f"curve edge {split}")


def _dot(canvas: Canvas, across: list[float], up: list[float], split: str, pale: str) -> None:
    if split == "eval":
        canvas.dots(across, up, f"open small{pale} eval", "D", 5)
    else:
        canvas.dots(across, up, f"speck{pale} {split}")


def _name_ends(
    canvas: Canvas,
    named: Sequence[tuple[Line, str]],
    sideways: Callable[[float], float],
    panel: Panel,
    *,
    overlaid: bool,
) -> None:
    """Name the lines at their ends, one below the other where they end alike, joined by a hair."""
    ends = sorted(
        ((canvas.top + panel.place(line["y"][-1]), line, told) for line, told in named),
        key=lambda one: one[0],
    )
    rows = [len(rows_of(told)) for _, _, told in ends]
    heights = spread([y for y, _, _ in ends], rows, canvas.top + 4, canvas.top + PANEL)
    for (true, line, told), y in zip(ends, heights, strict=True):
        x, _ = canvas.pixels(sideways(line["x"][-1]), 0)
        split = "plain" if overlaid else SPLITS.get(line.get("split", ""), "plain")
        if split == "eval":
            canvas.dots(
                [sideways(line["x"][-1])], [panel.place(line["y"][-1])], "open eval", "D", 6
            )
        elif split == "train":
            canvas.dots([sideways(line["x"][-1])], [panel.place(line["y"][-1])], "disc train")
        at = WIDTH - canvas.right + 10
        if abs(y - true) > APART / 2 or x < at - 20:
            low, high = canvas.axes.get_xlim()
            pixel = (high - low) / canvas.width
            begin = sideways(line["x"][-1])
            far = "hair far" if x < at - 40 else "hair"
            canvas.line([begin, high + 7 * pixel], [true - canvas.top, y - canvas.top], far)
        strong = not overlaid or line.get("rank") != "one"
        for row, part in enumerate(rows_of(told)):
            canvas.note(at, y + 4 + APART * row, part, f"name {split}" if strong else "")


def rows_of(told: str) -> list[str]:
    """A label in one row, or in two that are broken at a blank."""
    if len(told) <= NAME:
        return [told]
    first, blank, second = told[: NAME + 1].rpartition(" ")
    if not blank:
        return [shortened(told, NAME)]
    return [first, shortened(second + told[NAME + 1 :], NAME)]


def spread(heights: Sequence[float], rows: Sequence[int], low: float, high: float) -> list[float]:
    """Increasing heights moved so that labels of so many rows do not touch, within the bounds."""
    found: list[float] = []
    for place, y in enumerate(heights):
        least = found[-1] + APART * rows[place - 1] if found else low
        found.append(max(y, least))
    limit = max(high, low + APART * (sum(rows) - 1))
    for place in range(len(found) - 1, -1, -1):
        found[place] = min(found[place], limit - APART * (rows[place] - 1))
        limit = found[place] - APART
    return found
