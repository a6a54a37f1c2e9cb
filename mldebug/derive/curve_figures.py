"""The figure of curves: plain numbers for a drawing, thinned so that a report stays small."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from mldebug.derive.learning_curves import Curve

MOST_DRAWN = 200
"""Points a line; a longer one shows the lowest and the highest value of each cell."""

LOGARITHMIC = 50.0
"""Positive values whose largest is more than so many times the smallest have a logarithmic scale."""
FLAT = 0.1
"""So have positive values whose later halves fill less of a linear scale than this, and at least
twice as much of a logarithmic one: a loss that fell fast, and whose end is what matters."""
BAND = ("low", "high")

Style = Literal["raw", "trend", "band", "reference"]


def line(name: str, x: ArrayLike, y: ArrayLike, style: Style = "raw") -> dict[str, Any]:
    """One line of a figure, for `curve_figure`.

    Parameters
    ----------
    name : str
        As the legend shows it.
    x, y : array-like of shape (n_points,)
        In the order in which they are joined; points that are not finite are left out.
    style : {"raw", "trend", "band", "reference"}
        What was logged, its moving average, an end of a band, or a line to compare with.
    """
    return {"name": name, "x": x, "y": y, "style": style}


def curve_figure(
    title: str,
    description: str,
    x: str,
    y: str,
    lines: Iterable[Mapping[str, Any]],
    marks: Sequence[tuple[float, str]] = (),
    band: Mapping[str, ArrayLike] | None = None,
    below: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The figure of a run's curves, as ``reports/diagnosis.schema.json`` holds it.

    Parameters
    ----------
    title, description : str
        What is seen, and how to read it.
    x : str
        What the points lie along: ``step``, ``epoch`` or ``training rows``.
    y : str
        The name of what is drawn, for example ``loss``.
    lines : iterable of mapping
        As `line` makes them; one without a finite point is left out.
    marks : sequence of tuple of float and str
        Places along x, each with its label.
    band : mapping or None
        Arrays ``x``, ``low`` and ``high`` of one length: an area to be shaded.
    below : mapping or None
        A second, lower panel over the same x: ``{"y": "learning rate", "lines": [line(...)]}``.

    Returns
    -------
    dict
        Of plain lists with at most `MOST_DRAWN` points a line, every number finite.

    Notes
    -----
    A line of more points is cut into cells of equally many; each keeps its lowest and its highest
    point in their order, so that no spike is lost, and the first and the last point of all are kept.
    A band is thinned at equal distances. O(n) a line. Where all values of a panel are positive and
    span more than `LOGARITHMIC`, or lie `FLAT` in their later halves, its ``scale`` is ``log``;
    ``x_scale`` of training rows is if they span as much.
    """
    import numpy as np

    drawn = _drawn(lines)
    figure: dict[str, Any] = {
        "kind": "curves",
        "title": title,
        "description": description,
        "x": x,
        "y": y,
        "lines": drawn,
        "marks": [{"x": float(at), "label": label} for at, label in marks if np.isfinite(at)],
    }
    if band is not None:
        along, low, high = _finite(band["x"], band["low"], band["high"])
        if len(along):
            kept = np.unique(np.linspace(0, len(along) - 1, MOST_DRAWN).astype(np.int64))
            ends = {"x": along, "low": low, "high": high}
            figure["band"] = {key: _plain(told[kept]) for key, told in ends.items()}
    if below is not None:
        lower = _drawn(below["lines"])
        if lower:
            figure["below"] = {"y": below["y"], "lines": lower, **_scale(lower)}
    figure |= _scale([*drawn, *({"y": figure["band"][end]} for end in BAND if "band" in figure)])
    if x == "training rows":
        figure |= _scale([{"y": one["x"]} for one in drawn], "x_scale")
    return figure


def _drawn(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines as they stand in a figure: finite, thinned, and those without a point left out."""
    found = []
    for one in lines:
        places, values = _finite(one["x"], one["y"])
        if len(values):
            kept = _extremes(values)
            told = {"x": _plain(places[kept]), "y": _plain(values[kept])}
            found.append({**one, **told})
    return found


def _scale(lines: Sequence[Mapping[str, Any]], key: str = "scale") -> dict[str, str]:
    """That values are to be drawn by their logarithms, if they are."""
    values = [value for one in lines for value in one["y"]]
    if not values or min(values) <= 0:
        return {}
    wide = max(values) > LOGARITHMIC * min(values)
    return {key: "log"} if wide or (key == "scale" and _is_flattened(lines)) else {}


def _is_flattened(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a linear scale hides what positive values do in the later halves of their lines."""
    values: list[float] = [value for one in lines for value in one["y"]]
    late: list[float] = [value for one in lines for value in one["y"][len(one["y"]) // 2 :]]
    if max(values) == min(values):
        return False
    linear = (max(late) - min(late)) / (max(values) - min(values))
    logarithmic = log(max(late) / min(late)) / log(max(values) / min(values))
    return linear < FLAT and logarithmic >= 2 * linear > 0


def _finite(*given: ArrayLike) -> list[np.ndarray]:
    """The arrays without the places at which one of them is not finite; as they are if none is."""
    import numpy as np

    arrays = [np.asarray(one) for one in given]
    there = np.logical_and.reduce([np.isfinite(one) for one in arrays])
    return arrays if there.all() else [one[there] for one in arrays]


def _plain(values: np.ndarray) -> list[float]:
    return [float(value) for value in values]


def _extremes(values: np.ndarray) -> np.ndarray:
    """The places of the points to draw, increasing."""
    import numpy as np

    n = len(values)
    if n <= MOST_DRAWN:
        return np.arange(n)
    edges = np.linspace(1, n - 1, MOST_DRAWN // 2).astype(np.int64)
    kept = [0, n - 1]
    for start, stop in pairwise(edges):
        cell = values[start:stop]
        kept += [start + int(cell.argmin()), start + int(cell.argmax())]
    return np.unique(kept)


def rate_panel(rate: Curve | None) -> dict[str, Any] | None:
    """The learning rate as the lower panel of a figure, for ``below``; None where none was logged."""
    if rate is None:
        return None
    return {"y": "learning rate", "lines": [line(rate.series.name, rate.steps, rate.values)]}


def noise_band(curve: Curve) -> dict[str, np.ndarray]:
    """Where 95 % of a curve's points are expected: its trend, and two standard deviations of noise."""
    return {
        "x": curve.steps,
        "low": curve.trend - 2 * curve.noise,
        "high": curve.trend + 2 * curve.noise,
    }
