"""The report: one HTML file that needs nothing else, and the same for a notebook."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
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
NAMED_LENGTH = 3
"""A shorter name is not looked for in a message: it may be part of the sentence."""
NOTEBOOK_HEIGHT = 720


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
        "file_name": file_name,
        "prose": prose,
        "reference": reference,
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
        return Markup("<bdi class=n>{}</bdi>").format(whole)
    return Markup('<bdi class=n title="{}">{}</bdi>').format(whole[:TOOLTIP], short)


def message(told: str, subject: Mapping[str, Any]) -> Markup:
    """A message with the names of its subject set as names."""
    from markupsafe import Markup, escape

    given = [subject[key] for key in ("column", "class", "group", "layer", "run") if key in subject]
    names = {one for one in [*given, *subject.get("columns", ())] if isinstance(one, str)}
    wanted = sorted((one for one in names if len(one) >= NAMED_LENGTH), key=len, reverse=True)
    if not wanted:
        return escape(shortened(visible(told), MESSAGE))
    pattern = "|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in wanted)
    found = Markup()
    room = MESSAGE
    for place, part in enumerate(re.split(f"({pattern})", told)):
        if place % 2:
            found += name(part)
        elif part:
            short = shortened(visible(part), max(room, LONG))
            room -= len(short)
            found += short
    return found


def prose(told: str, without: str = "", limit: int = PROSE) -> str:
    """A text as a sentence, safe to see and not endless; ``without`` is taken off its end."""
    return shortened(visible(words.sentence(told)), limit).removesuffix(without)


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
