"""The data of a figure as a table: what a reader without eyes for the picture gets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from mldebug.render.names import shown
from mldebug.render.numbers import is_share, number, share

Table = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]
DAY = 86_400
TREND = ", trend"
CURVE_ROWS = 36
"""So many points of a figure of curves its table tells."""
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d(?:\.\d+)?)(?:\+00:00|Z)?")


def table_of(figure: Mapping[str, Any]) -> Table:
    """The header and the rows of a figure's data, as text."""
    return MAKERS[figure["kind"]](figure)


def moment(seconds: float) -> str:
    """A moment given in seconds since 1970, as a date, with the time of day where it is not 0."""
    try:
        told = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return number(seconds)
    return told.strftime("%Y-%m-%d" if seconds % DAY == 0 else "%Y-%m-%d %H:%M")


def on_axis(value: float, label: str, digits: int = 3) -> str:
    """A value as an axis of that name shows it: in per cent where the name says "share of ..."."""
    return share(value) if is_share(label) else number(value, digits)


def cell(value: Any, limit: int = 60) -> str:
    """A cell of a table as text: numbers with the digits that they have, missing as a dash.

    A moment in UTC as ISO 8601 writes it loses its ``T``, its zone, and a midnight's time of day.
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10_000 else f"{value:,}"
    if isinstance(value, float):
        return number(value, 6)
    instant = INSTANT.fullmatch(value) if isinstance(value, str) else None
    if instant:
        day, minute, second = instant.groups()
        second = "" if second == ":00" else second
        return day if (minute, second) == ("00:00", "") else f"{day} {minute}{second}"
    return shown(value, limit)


def _distributions(figure: Mapping[str, Any]) -> Table:
    edges: Sequence[float] = figure["edges"]
    told = moment if figure.get("x_kind") == "date" else number
    series = figure["series"]
    header = ("from", "to", *(shown(one["name"]) for one in series))
    rows = [
        (told(low), told(high), *(share(one["shares"][place]) for one in series))
        for place, (low, high) in enumerate(pairwise(edges))
    ]
    return header, tuple(rows)


def _shares(figure: Mapping[str, Any]) -> Table:
    header = (shown(figure.get("x_label", "")) or "value", "train", "eval")
    rows = [
        (shown(one["label"]), share(one["train"]), share(one["eval"])) for one in figure["items"]
    ]
    return header, tuple(rows)


def _bars(figure: Mapping[str, Any]) -> Table:
    noted = any(one.get("note") for one in figure["items"])
    label = shown(figure.get("x_label", ""))
    header = ("item", label or "value", *(("note",) if noted else ()))
    rows = [
        (
            shown(one["label"]),
            on_axis(one["value"], label),
            *((shown(one.get("note") or ""),) if noted else ()),
        )
        for one in figure["items"]
    ]
    return header, tuple(rows)


def _intervals(figure: Mapping[str, Any]) -> Table:
    label = shown(figure.get("x_label", ""))
    header = ("item", label or "value", "low", "high")
    rows = [
        (shown(one["label"]), *(_told(one.get(key), label) for key in ("value", "low", "high")))
        for one in figure["items"]
    ]
    return header, tuple(rows)


def _sequence(figure: Mapping[str, Any]) -> Table:
    named = [name for name, _ in series_of(figure)]
    x, y = shown(figure.get("x_label", "x")), shown(figure.get("y_label", "y"))
    if len(named) == 1:
        return (x, y), tuple((number(a), number(b)) for a, b in figure["points"])
    rows = [
        (shown(name), number(a), number(b)) for name, points in series_of(figure) for a, b in points
    ]
    return ("series", x, y), tuple(rows)


def series_of(figure: Mapping[str, Any]) -> list[tuple[str, list[tuple[float, float]]]]:
    """The points of a sequence by series, in the order in which the series first occur.

    ``series`` is missing (one plain series), one name, a name for each point, or a list of
    ``{"name", "points"}``.
    """
    series = figure.get("series")
    points = [(float(x), float(y)) for x, y in figure.get("points", ())]
    if series is None or isinstance(series, str):
        return [(series or "plain", points)]
    if series and isinstance(series[0], Mapping):
        return [(one["name"], [(float(x), float(y)) for x, y in one["points"]]) for one in series]
    found: dict[str, list[tuple[float, float]]] = {}
    for name, point in zip(series, points, strict=True):
        found.setdefault(str(name), []).append(point)
    return list(found.items()) or [("plain", points)]


def _curves(figure: Mapping[str, Any]) -> Table:
    """Marks first, then each trend (or what has none) at some of its points, at even distances."""
    x, y = shown(figure.get("x", "x")), shown(figure.get("y", "y"))
    below = figure.get("below") or {"y": "", "lines": []}
    trends = {base_of(one) for one in figure["lines"] if one["style"] == "trend"}
    told = [
        one for one in figure["lines"] if one["style"] != "raw" or str(one["name"]) not in trends
    ]
    told += below["lines"]
    marks = [(shown(one["label"]), number(one["x"], 6), "") for one in figure.get("marks", ())]
    each = max(2, (CURVE_ROWS - len(marks)) // max(1, len(told)))
    rows = [
        (shown(one["name"]), number(one["x"][place], 6), number(one["y"][place], 4))
        for one in told[:CURVE_ROWS]
        for place in _even(len(one["x"]), each)
    ]
    return ("line or mark", x, y), (*marks, *rows)


def base_of(line: Mapping[str, Any]) -> str:
    """The name of a line of a figure of curves, without the word that says that it is a trend."""
    return str(line["name"]).removesuffix(TREND)


def _even(n: int, most: int) -> list[int]:
    if n <= most:
        return list(range(n))
    return [round(place * (n - 1) / (most - 1)) for place in range(most)]


def _table(figure: Mapping[str, Any]) -> Table:
    header = tuple(shown(name) for name in figure["header"])
    return header, tuple(tuple(cell(value) for value in row) for row in figure["rows"])


def _told(value: float | None, label: str) -> str:
    return "–" if value is None else on_axis(value, label)


MAKERS = {
    "distributions": _distributions,
    "shares": _shares,
    "bars": _bars,
    "intervals": _intervals,
    "sequence": _sequence,
    "curves": _curves,
    "table": _table,
}
