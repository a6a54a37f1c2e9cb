"""Two distributions over each other: train solid and filled, eval dashed, the effect marked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mldebug.render.figures.canvas import LETTER, WIDTH, Canvas, width_of
from mldebug.render.figures.scales import dates, number_ticks, powers, round_places, x_axis
from mldebug.render.names import shown
from mldebug.render.numbers import number, share

HEIGHT = 228
HEADROOM = 1.14


def draw(figure: Mapping[str, Any], _rungs: Sequence[tuple[str, float]]) -> Canvas:
    """Draw step histograms over common edges."""
    edges = [float(edge) for edge in figure["edges"]]
    series = figure["series"]
    logarithmic = figure.get("x_kind") == "log" and edges[0] > 0
    peak = max((max(one["shares"]) for one in series), default=0.0) or 1.0
    gap = figure.get("gap")
    canvas = Canvas(HEIGHT, left=44, right=12, top=44 if gap else 26, bottom=44)
    place = math.log10 if logarithmic else float
    xs = [place(edge) for edge in edges]
    canvas.limits((xs[0], xs[-1]), (0, peak * HEADROOM))
    x_axis(canvas, _ticks(figure, edges, logarithmic), figure.get("x_label", ""))
    _y_axis(canvas, peak, xs[0])
    for one in series:
        across, up = _steps(xs, one["shares"])
        if one["name"] == "train":
            canvas.area([*across, across[-1], across[0]], [*up, 0, 0], "fill train")
        canvas.line(across, up, f"line {_class(one['name'])}")
    if gap and edges[0] <= gap["x"] <= edges[-1]:
        _mark(canvas, gap, place(gap["x"]), peak)
    _names(canvas, xs, series)
    return canvas


def _class(name: str) -> str:
    return name if name in ("train", "eval", "null") else "plain"


def _ticks(
    figure: Mapping[str, Any], edges: Sequence[float], logarithmic: bool
) -> list[tuple[float, str]]:
    low, high = edges[0], edges[-1]
    if figure.get("x_kind") == "date":
        return dates(low, high)
    if logarithmic:
        return [(math.log10(power), number(power)) for power in powers(low, high)]
    return number_ticks(low, high)


def _y_axis(canvas: Canvas, peak: float, left: float) -> None:
    for value in round_places(0, peak, 3):
        canvas.text(left, value, share(value), "soft", shift=(-6, 0), align="right")
    canvas.note(2, 12, "share of rows", "soft")


def _steps(xs: Sequence[float], shares: Sequence[float]) -> tuple[list[float], list[float]]:
    across: list[float] = []
    up: list[float] = []
    for place, value in enumerate(shares):
        across += [xs[place], xs[place + 1]]
        up += [value, value]
    return across, up


def _mark(canvas: Canvas, gap: Mapping[str, Any], x: float, peak: float) -> None:
    """The place of the effect, with its words: shares of all rows, which have no height here."""
    canvas.line([x, x], [0, peak * HEADROOM], "bound")
    told = shown(gap["label"], int(390 / LETTER))
    across, _ = canvas.pixels(x, 0)
    half = width_of(told) / 2
    canvas.note(min(max(across, half + 4), 396 - half), canvas.top - 6, told, "strong", "center")


def _names(canvas: Canvas, xs: Sequence[float], series: Sequence[Mapping[str, Any]]) -> None:
    """Name each series where it stands out most above the others, on a place of its own."""
    taken: list[tuple[float, float, float]] = []
    for one in series:
        others = [other["shares"] for other in series if other is not one] or [[0.0] * len(xs)]
        lead = [
            value - max(other[place] for other in others)
            for place, value in enumerate(one["shares"])
        ]
        best = max(range(len(lead)), key=lambda place: (round(lead[place], 9), -place))
        told = shown(one["name"], 20)
        half = width_of(told) / 2 + 3
        x, _ = canvas.pixels((xs[best] + xs[best + 1]) / 2, 0)
        x = min(max(x, canvas.left + half), WIDTH - canvas.right - half)
        below = [
            max(float(each["shares"][place]) for each in series)
            for place in range(len(xs) - 1)
            if canvas.pixels(xs[place], 0)[0] < x + half
            and canvas.pixels(xs[place + 1], 0)[0] > x - half
        ]
        _, y = canvas.pixels(0, max(below, default=0.0))
        y -= 6
        while any(abs(x - a) < half + b and abs(y - c) < 15 for a, b, c in taken):
            y += 15
        taken.append((x, half, y))
        canvas.note(x, y, told, f"name {_class(one['name'])}", "center")
