"""Points in their order: a line where they are few or a curve, specks where they are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from mldebug.render.figures.canvas import WIDTH, Canvas, width_of
from mldebug.render.figures.scales import number_ticks, round_places, widened, x_axis
from mldebug.render.figures.tables import series_of
from mldebug.render.names import shown
from mldebug.render.numbers import number

HEIGHT = 228
MOST = 300
"""More points than this are thinned."""
EXTREMES = 12
"""So many points at either end are kept in any case."""
CURVE = 80
"""Up to so many points whose x rises are joined by a line."""

Points = list[tuple[float, float]]


def draw(figure: Mapping[str, Any], _rungs: Sequence[tuple[str, float]]) -> Canvas:
    """Draw one or several series of points over common axes."""
    series = [(name, points) for name, points in series_of(figure) if points]
    every = [point for _, points in series for point in points]
    curves = isinstance((figure.get("series") or [None])[0], Mapping)
    ends = max((width_of(shown(name, 14)) for name, _ in series), default=0) + 10
    labelled = len(series) > 1 or series[0][0] != "plain"
    canvas = Canvas(HEIGHT, left=50, right=ends if labelled and curves else 12, top=26, bottom=44)
    x, y = widened([a for a, _ in every], margin=0.02), widened([b for _, b in every], margin=0.06)
    canvas.limits(x, y)
    x_axis(canvas, number_ticks(*x), figure.get("x_label", ""))
    canvas.note(2, 12, shown(figure.get("y_label", ""), 50), "soft")
    for value in round_places(*y, 4):
        canvas.text(x[0], value, number(value, 4), "soft", shift=(-6, 0), align="right")
    budget = max(40, MOST // len(series))
    taken: list[float] = []
    for place, (name, points) in enumerate(series):
        named = name if name in ("train", "eval", "null", "plain") else f"other{place % 3}"
        rising = all(a < b for (a, _), (b, _) in pairwise(points))
        if rising and (curves or len(points) <= CURVE):
            kept = peaks_kept(points, budget)
            canvas.line([a for a, _ in kept], [b for _, b in kept], f"line {named}")
        else:
            kept = thinned(points, budget)
            _mark(canvas, kept, named)
        if labelled:
            _name(canvas, kept[-1], shown(name, 14), named, taken, outside=curves)
    return canvas


def _mark(canvas: Canvas, points: Points, named: str) -> None:
    across, up = [a for a, _ in points], [b for _, b in points]
    if named == "eval":
        canvas.dots(across, up, "open small eval", "D", 5)
    else:
        canvas.dots(across, up, f"speck {named}")


def _name(
    canvas: Canvas,
    last: tuple[float, float],
    told: str,
    named: str,
    taken: list[float],
    *,
    outside: bool,
) -> None:
    x, y = canvas.pixels(*last)
    y += 4 if outside else -6
    while any(abs(y - other) < 14 for other in taken):
        y += 14
    taken.append(y)
    canvas.note(
        x + 6 if outside else WIDTH - canvas.right,
        y,
        told,
        f"name {named}",
        "left" if outside else "right",
    )


def thinned(points: Points, most: int) -> Points:
    """At most ``most`` points: the highest and the lowest few, and of the others every k-th.

    So what stands out is still seen, the rest keeps its shape, and the choice needs no chance.
    """
    if len(points) <= most:
        return points
    order = sorted(range(len(points)), key=lambda place: points[place][1])
    chosen = {*order[:EXTREMES], *order[-EXTREMES:]}
    room = most - len(chosen)
    chosen |= {int(place * len(points) / room) for place in range(room)}
    return [points[place] for place in sorted(chosen)]


def peaks_kept(points: Points, most: int) -> Points:
    """A line of at most ``most`` points that keeps the lowest and highest of every stretch."""
    if len(points) <= most:
        return points
    stretches = max(1, most // 2)
    step = len(points) / stretches
    kept: Points = []
    for place in range(stretches):
        part = points[int(place * step) : int((place + 1) * step)]
        ends = {min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])}
        kept += sorted(ends)
    return kept
