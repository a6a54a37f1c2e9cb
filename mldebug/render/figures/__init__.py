"""Figures: the data of a plot as a small SVG, and as the table behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from mldebug.render.names import shown

DRAWN = ("distributions", "shares", "bars", "intervals", "sequence", "curves")
"""The kinds that have a picture; each is drawn by the module of its name."""
TITLE, DESCRIPTION = 200, 600
"""Longest of each, in characters."""
TABLED_ROWS = 40
"""So many rows of a figure's data the page shows; the JSON has them all."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure made ready for the page.

    Parameters
    ----------
    title, description : str
        The point in one sentence, and what is to be seen, for whoever cannot see it.
    svg : str or None
        The picture; None for a table.
    header : tuple of str
        The names of the columns of the data.
    rows : tuple of tuple of str
        The data as text, at most `TABLED_ROWS` rows.
    total : int
        How many rows of data there are.
    """

    title: str
    description: str
    svg: str | None
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


def drawing(
    figure: Mapping[str, Any], identity: str, rungs: Sequence[tuple[str, float]] = ()
) -> Drawing | None:
    """A figure of a measurement as a picture with its data.

    Parameters
    ----------
    figure : mapping
        With ``kind``, ``title``, ``description`` and what the kind asks for.
    identity : str
        Unique on the page: the ids in the picture begin with it.
    rungs : sequence of (str, float)
        Severities and their bounds, drawn as thin lines where the axis is the quantity itself.

    Returns
    -------
    Drawing or None
        None for a kind that this version does not draw.
    """
    from mldebug.render.figures.tables import table_of

    kind = figure["kind"]
    if kind not in (*DRAWN, "table"):
        return None
    title = shown(figure.get("title", ""), TITLE)
    description = shown(figure.get("description", ""), DESCRIPTION)
    header, rows = table_of(figure)
    svg = None
    if kind in DRAWN and rows:
        draw = import_module(f"mldebug.render.figures.{kind}").draw
        on_axis = rungs if figure.get("axis") == "quantity" else ()
        svg = draw(figure, on_axis).svg(identity, title, description)
    return Drawing(title, description, svg, header, rows[:TABLED_ROWS], len(rows))
