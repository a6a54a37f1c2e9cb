"""A drawing surface over matplotlib that writes small SVG coloured by the page's style sheet.

matplotlib places everything; what it writes is then reduced to paths and texts with classes. A
class comes from the artist's ``gid``: ``"~ line train"`` becomes ``class="line train"``. No element
carries a style or a colour, so the page decides them in light, in dark and in print.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 400
"""Width of every figure in units of the SVG; a unit is about a pixel."""
FONT = 12.5
"""Size of the text in the same units."""
LETTER = 0.62 * FONT
"""Width of a letter of a wide typeface: enough to decide what fits, not to typeset."""
MARK = "~ "
ROUND = ("disc", "speck")
"""Classes of markers that are written as the round cap of a line without length."""
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"


class Canvas:
    """One figure: axes in pixels from the top left, drawn without frame, grid or ticks.

    Parameters
    ----------
    height : float
        Height of the figure.
    left, right, top, bottom : float
        Margins around the axes.
    """

    def __init__(
        self, height: float, *, left: float, right: float, top: float, bottom: float
    ) -> None:
        from matplotlib.figure import Figure

        self.height = height
        self._figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
        self._figure.patch.set_visible(False)
        self.axes: Axes = self._figure.add_axes(
            (
                left / WIDTH,
                bottom / height,
                (WIDTH - left - right) / WIDTH,
                (height - top - bottom) / height,
            )
        )
        self.axes.set_axis_off()
        self.width = WIDTH - left - right
        self.left, self.right, self.top, self.bottom = left, right, top, bottom

    def limits(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Set what the axes span; a range without extent is given one."""
        self.axes.set_xlim(x[0], x[1] if x[1] > x[0] else x[0] + (abs(x[0]) or 1.0))
        self.axes.set_ylim(*y)

    def pixels(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the data lies, in pixels from the top left."""
        across, up = self.axes.transData.transform((x, y))
        return float(across), self.height - float(up)

    def line(self, x: Sequence[float], y: Sequence[float], classes: str) -> None:
        """A line through points of the data."""
        (line,) = self.axes.plot(x, y, clip_on=False)
        line.set_gid(MARK + classes)

    def area(self, x: Sequence[float], y: Sequence[float], classes: str) -> None:
        """A filled polygon."""
        (patch,) = self.axes.fill(x, y, clip_on=False)
        patch.set_gid(MARK + classes)

    def dots(
        self,
        x: Sequence[float],
        y: Sequence[float],
        classes: str,
        marker: str = "o",
        size: float = 8,
    ) -> None:
        """Markers at points of the data; ``marker`` is matplotlib's letter.

        The classes ``disc`` and ``speck`` are filled circles, sized by the style sheet.
        """
        (line,) = self.axes.plot(x, y, marker, markersize=size, clip_on=False)
        line.set_gid(MARK + classes)

    def text(
        self,
        x: float,
        y: float,
        told: str,
        classes: str = "",
        *,
        shift: tuple[float, float] = (0, 0),
        align: str = "left",
    ) -> None:
        """Text at a point of the data, moved by pixels right and up.

        The baseline is so placed that the letters' middle lies on the point.
        """
        text = self.axes.annotate(
            told,
            (x, y),
            shift,
            textcoords="offset points",
            ha=align,
            va="baseline",
            fontsize=FONT,
            annotation_clip=False,
            parse_math=False,
        )
        text.set_position((shift[0], shift[1] - 0.36 * FONT))
        text.set_gid(MARK + classes)

    def note(self, x: float, y: float, told: str, classes: str = "", align: str = "left") -> None:
        """Text at a pixel position from the top left of the figure, y being the baseline."""
        text = self._figure.text(
            x / WIDTH,
            1 - y / self.height,
            told,
            ha=align,
            va="baseline",
            fontsize=FONT,
            parse_math=False,
        )
        text.set_gid(MARK + classes)

    def svg(self, identity: str, title: str, description: str) -> str:
        """The figure as one ``<svg>`` element whose ids begin with ``identity``."""
        return _reduced(self._written(), identity, self.height, title, description)

    def _written(self) -> bytes:
        import matplotlib as mpl

        buffer = io.BytesIO()
        settings: dict[Any, Any] = {
            "svg.fonttype": "none",
            "svg.hashsalt": "mldebug",
            "path.simplify": False,
            "font.family": ["DejaVu Sans"],
        }
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
        with mpl.rc_context(settings), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # glyphs that its own font lacks: the reader's has them
            self._figure.savefig(buffer, format="svg", metadata={"Date": None})
        return buffer.getvalue()


def width_of(told: str) -> float:
    """About how wide a text is, in pixels."""
    return len(told) * LETTER


def _reduced(written: bytes, identity: str, height: float, title: str, description: str) -> str:
    root = ET.fromstring(written)  # noqa: S314  (matplotlib wrote it a moment ago)
    shapes = {
        path.get("id"): path.get("d", "")
        for definitions in root.iter(SVG + "defs")
        for path in definitions.iter(SVG + "path")
    }
    body: list[str] = []
    for group in root.iter(SVG + "g"):
        gid = group.get("id", "")
        if gid.startswith(MARK):
            body += _elements(group, gid[len(MARK) :], shapes)
    labels = f'aria-labelledby="{identity}-t {identity}-d"'
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" {labels}>'
        f'<title id="{identity}-t">{_escaped(title)}</title>'
        f'<desc id="{identity}-d">{_escaped(description)}</desc>{"".join(body)}</svg>'
    )


def _elements(group: ET.Element, classes: str, shapes: dict[str | None, str]) -> list[str]:
    named = f' class="{classes}"' if classes else ""
    found = []
    markers: list[str] = []
    defined = {id(path) for one in group.iter(SVG + "defs") for path in one.iter()}
    for element in group.iter():
        if element.tag == SVG + "path" and id(element) not in defined:
            found.append(f'<path{named} d="{_path(element.get("d", ""))}"/>')
        elif element.tag == SVG + "use":
            shape = shapes[element.get(LINK, "#")[1:]]
            markers.append(_placed(shape, element, classes))
        elif element.tag == SVG + "text":
            found.append(_text(element, named))
    if markers:
        found.append(f'<path{named} d="{"".join(markers)}"/>')
    return found


def _placed(shape: str, use: ET.Element, classes: str) -> str:
    x, y = float(use.get("x", 0)), float(use.get("y", 0))
    if classes.startswith(ROUND):
        return f"M{_short(x)} {_short(y)}h0"  # a round line cap makes it a dot
    points = iter(re.findall(r"[MLCQzZ]|-?[\d.]+(?:e-?\d+)?", shape))
    told = []
    for token in points:
        if token.isalpha():
            told.append(token)
        else:
            told.append(f"{_short(float(token) + x)} {_short(float(next(points)) + y)} ")
    return "".join(told).replace(" z", "z").replace(" L", "L").strip()


def _path(written: str) -> str:
    rounded = re.sub(r"-?\d+\.\d+", lambda found: _short(float(found[0])), written)
    return re.sub(r"\s*([MLCQzZ])\s*", r"\1", " ".join(rounded.split()))


def _text(element: ET.Element, named: str) -> str:
    style = element.get("style", "")
    anchor = re.search(r"text-anchor: (\w+)", style)
    kept = f' text-anchor="{anchor[1]}"' if anchor and anchor[1] != "start" else ""
    x, y = _short(float(element.get("x", 0))), _short(float(element.get("y", 0)))
    told = _escaped("".join(element.itertext()))
    return f'<text{named} x="{x}" y="{y}"{kept}>{told}</text>'


def _short(value: float) -> str:
    told = f"{value:.1f}"
    told = told.removesuffix(".0")
    return "0" if told == "-0" else told


def _escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
