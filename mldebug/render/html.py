"""The report: one HTML file that needs nothing else, and the same for a notebook."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from mldebug.render import words
from mldebug.render.names import LONG, TOOLTIP, file_name, shortened, shown, visible
from mldebug.render.numbers import number, plural

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

MESSAGE = 400
"""A message longer than this loses its middle; the JSON has it whole."""
PROSE = 1_000
"""The same for other texts, which may hold names."""
UNSPLIT = 20
"""A line is not broken at the hyphens of a name up to so long."""
NAMED_LENGTH = 3
"""A shorter name is not looked for in a message: it may be part of the sentence."""
NOTEBOOK_HEIGHT = 720
UNBROKEN = re.compile(r"(?<![\w-])(?:(?P<option>--[a-z][a-z-]*[a-z])|\d{4}-\d\d-\d\d)(?![\w-])")
"""What a line may not be broken in: an option of the command, a date."""
NUMERIC = re.compile(r"[−+-]?[\d,]*\.?\d+( × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?[\u202f ]?%?|–")
ALIGNED = 10
"""So many columns of a table the style sheet can align to the right."""


def page(document: Mapping[str, Any]) -> str:
    """The report as one HTML file: no request leaves it, and it can be read without JavaScript."""
    from mldebug.render.view import view

    style, script = _resource("report.css"), _resource("report.js")
    told = _environment().get_template("report.html.j2")
    return told.render(
        **view(document),
        style=_raw(style),
        script=_raw(script),
        style_hash=_digest(style),
        script_hash=_digest(script),
    )


def notebook(document: Mapping[str, Any]) -> str:
    """The report in a frame of its own, so that the style of a notebook cannot reach it."""
    from markupsafe import escape

    return (
        f'<iframe srcdoc="{escape(page(document))}" title="mldebug report" '
        'sandbox="allow-scripts allow-popups" '
        f'style="width:100%;height:{NOTEBOOK_HEIGHT}px;border:0"></iframe>'
    )


@cache
def _resource(name: str) -> str:
    from mldebug.resources import resource

    told = (resource("reports") / name).read_text(encoding="utf-8").replace("\r\n", "\n")
    return told.strip() if name.endswith(("css", "js")) else told


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "name": name,
        "visible": visible,
        "shown": shown,
        "message": message,
        "number": number,
        "sentence": words.sentence,
        "lower_first": words.within,
        "capital": words.capital,
        "file_name": file_name,
        "prose": prose,
        "reference": reference,
        "right": right,
        "unbroken": unbroken,
        "raw": _raw,
    }
    environment.globals |= {"plural": plural, "SHAPES": words.SHAPES, "CAUSES": words.CAUSES}
    return environment


def name(told: object, limit: int = LONG) -> Markup:
    """A name that others gave: in a fixed width, isolated from the direction of the text around it.

    A long one is shortened in the middle and has the whole in a tooltip.
    """
    from markupsafe import Markup

    whole = visible(told)
    short = shortened(whole, limit)
    if short == whole:
        if "-" in whole and len(whole) <= UNSPLIT and " " not in whole:
            return Markup('<bdi class="n nb">{}</bdi>').format(whole)
        return Markup("<bdi class=n>{}</bdi>").format(whole)
    return Markup('<bdi class=n title="{}">{}</bdi>').format(whole[:TOOLTIP], short)


def message(told: str, subject: Mapping[str, Any]) -> Markup:
    """A message with the names of its subject set as names."""
    from markupsafe import Markup

    given = [subject[key] for key in ("column", "class", "group", "layer", "run") if key in subject]
    names = {one for one in [*given, *subject.get("columns", ())] if isinstance(one, str)}
    wanted = sorted((one for one in names if len(one) >= NAMED_LENGTH), key=len, reverse=True)
    if not wanted:
        return unbroken(shortened(visible(told), MESSAGE))
    pattern = "|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in wanted)
    found = Markup()
    room = MESSAGE
    for place, part in enumerate(re.split(f"({pattern})", told)):
        if place % 2:
            found += name(part)
        elif part:
            short = shortened(visible(part), max(room, LONG))
            room -= len(short)
            found += unbroken(short)
    return found


def prose(told: str, without: str = "", limit: int = PROSE) -> Markup:
    """A text as a sentence, safe to see and not endless; ``without`` is taken off its end."""
    return unbroken(shortened(visible(words.sentence(told)), limit).removesuffix(without))


def unbroken(text: str) -> Markup:
    """Text with its options and dates in one piece, the options as code."""
    from markupsafe import Markup, escape

    found, last = Markup(), 0
    for one in UNBROKEN.finditer(text):
        tag = "code" if one["option"] else "span"
        found += escape(text[last : one.start()])
        found += Markup("<{0} class=nb>{1}</{0}>").format(tag, one[0])
        last = one.end()
    return found + escape(text[last:])


def right(rows: Iterable[Sequence[Any]], before: int = 0) -> str:
    """The classes of a table by which its columns of numbers are aligned to the right.

    Parameters
    ----------
    rows : iterable of sequence
        Cells: texts, or objects with a ``text``.
    before : int
        How many columns stand before the first of these.
    """
    columns = zip(*([str(getattr(one, "text", one)) for one in row] for row in rows), strict=True)
    places = [
        place
        for place, cells in enumerate(columns, before + 1)
        if all(NUMERIC.fullmatch(told) for told in cells) and set(cells) != {"–"}
    ]
    return " ".join(f"r{place}" for place in places if place <= ALIGNED)


def reference(told: str) -> Markup:
    """A reference with its DOI or address as a plain link."""
    from markupsafe import Markup, escape

    def linked(found: re.Match[str]) -> str:
        doi, address = found["doi"], found["address"]
        target = f"https://doi.org/{doi}" if doi else address
        return str(Markup('<a href="{}" rel="noopener">{}</a>').format(target, found[0]))

    pattern = re.compile(r"doi:(?P<doi>10\.[^\s,;\"<>]+)|(?P<address>https?://[^\s,;\"<>]+)")
    pieces, last = [], 0
    whole = shown(told, PROSE)
    for found in pattern.finditer(whole):
        pieces += [str(escape(whole[last : found.start()])), linked(found)]
        last = found.end()
    return Markup("".join([*pieces, str(escape(whole[last:]))]))  # noqa: S704 (escaped above)


def _raw(text: str) -> Markup:
    """Text of the package's own that is markup already."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
