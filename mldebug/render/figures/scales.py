"""Axes: few ticks at round places, and the thin lines that mark a bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mldebug.render.figures.canvas import WIDTH, width_of
from mldebug.render.figures.tables import moment, on_axis
from mldebug.render.names import shown
from mldebug.render.numbers import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mldebug.render.figures.canvas import Canvas

LABEL_LIMIT = 52
YEAR, MONTH, DAY, HOUR = 31_556_952.0, 2_629_746.0, 86_400.0, 3_600.0


def round_places(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round numbers within a range, about ``wanted`` of them."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low]
    from matplotlib.ticker import MaxNLocator

    places = MaxNLocator(nbins=wanted, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    slack = (high - low) * 1e-9
    return [float(place) for place in places if low - slack <= place <= high + slack]


def powers(low: float, high: float) -> list[float]:
    """Powers of ten within a positive range, at most five; its ends where it holds fewer than two."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    step = max(1, math.ceil((last - first + 1) / 5))
    places = [10.0**power for power in range(first, last + 1, step)]
    return places if len(places) > 1 else [low, high]


def dates(low: float, high: float) -> list[tuple[float, str]]:
    """Moments at the beginnings of years, months or days, with what to call them."""
    if high - low > 3 * YEAR:
        first, last = _utc(low).year + 1, _utc(high).year
        step = max(1, math.ceil((last - first + 1) / 4))
        found = [
            (datetime(year, 1, 1, tzinfo=UTC).timestamp(), str(year))
            for year in range(first, last + 1, step)
        ]
    elif high - low > 3 * MONTH:
        start, end = _utc(low), _utc(high)
        months = range(start.year * 12 + start.month, end.year * 12 + end.month)
        step = max(1, math.ceil(len(months) / 4))
        found = [
            (
                datetime(at // 12, at % 12 + 1, 1, tzinfo=UTC).timestamp(),
                f"{at // 12}-{at % 12 + 1:02}",
            )
            for at in months[::step]
        ]
    else:
        unit = DAY if high - low > 3 * DAY else HOUR
        span = math.ceil((high - low) / unit / 3) * unit
        first_place = math.ceil(low / span) * span
        count = int((high - first_place) // span) + 1
        found = [(first_place + k * span, moment(first_place + k * span)) for k in range(count)]
    return found or [(low, moment(low))]


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def x_axis(canvas: Canvas, ticks: Sequence[tuple[float, str]], label: str) -> None:
    """A base line with ticks below it, their numbers, and the name of the axis."""
    low, high = canvas.axes.get_xlim()
    base = canvas.axes.get_ylim()[0]
    canvas.line([low, high], [base, base], "axis")
    floor = canvas.height - canvas.bottom
    for place, told in ticks:
        across, _ = canvas.pixels(place, base)
        half = width_of(told) / 2
        align = "left" if across - half < 2 else "right" if across + half > WIDTH - 2 else "center"
        canvas.text(place, base, told, "soft", shift=(0, -12), align=align)
        _tick(canvas, place, base)
    if label:
        middle = (canvas.left + WIDTH - canvas.right) / 2
        canvas.note(middle, floor + 36, shown(label, LABEL_LIMIT), "soft", "center")


def _tick(canvas: Canvas, place: float, base: float) -> None:
    low, high = canvas.axes.get_ylim()
    inner = canvas.height - canvas.top - canvas.bottom
    canvas.line([place, place], [base, base - 4 * (high - low) / inner], "axis")


def number_ticks(low: float, high: float, wanted: int = 4) -> list[tuple[float, str]]:
    """Round places with their numbers."""
    return [(place, number(place, 4)) for place in round_places(low, high, wanted)]


def bounds_of(
    figure: Mapping[str, Any], rungs: Sequence[tuple[str, float]]
) -> list[tuple[float, str]]:
    """The thin lines of a figure: its reference and the rungs, each with what it is called."""
    label = str(figure.get("x_label", ""))
    lines = [(float(bound), f"{severity} {on_axis(bound, label)}") for severity, bound in rungs]
    reference = figure.get("reference")
    if reference is not None:
        value = float(reference["value"])
        lines.insert(0, (value, f"{shown(reference['label'], 24)} {on_axis(value, label)}"))
    return lines


def mark_bounds(canvas: Canvas, lines: Sequence[tuple[float, str]]) -> None:
    """Draw thin vertical lines, each a pole with its name as a flag above the axes.

    The rightmost flies lowest; one whose flag would touch those at its right flies above them, so
    that no pole crosses a flag.
    """
    bottom, top = canvas.axes.get_ylim()
    inner = canvas.height - canvas.top - canvas.bottom
    flags: list[tuple[float, float, int]] = []
    for value, told in sorted(lines, reverse=True):
        across, _ = canvas.pixels(value, top)
        wide = width_of(told) + 4
        start = across if across + wide <= WIDTH else max(across - wide, 0)
        touched = [other for begin, _, other in flags if begin < start + wide + 4]
        level = max(touched, default=-1) + 1
        flags.append((start, start + wide, level))
        pole = top + (top - bottom) * (15 * level + 14) / inner
        canvas.line([value, value], [bottom, pole], "bound")
        beside = "right" if 0 < start < across else "left"
        at = across + 4 if start == across else across - 4 if start > 0 else 0
        canvas.note(at, canvas.top - 5 - 15 * level, told, "soft", beside)


def rows_for_bounds(lines: Sequence[tuple[float, str]]) -> float:
    """The height that the names of thin lines may need above the axes."""
    return 15.0 * len(lines) + 3


def widened(
    values: Sequence[float], *, zero: bool = False, margin: float = 0.04
) -> tuple[float, float]:
    """A range that holds all values with a little room; from 0 if asked for."""
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low) * margin or abs(high) * 0.1 or 1.0
    return (low if zero and low == 0 else low - room), (high if zero and high == 0 else high + room)
