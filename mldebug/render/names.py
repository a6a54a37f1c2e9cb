"""Names that others gave: escaped where they could deceive the eye, shortened where they are long."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

LONG = 40
"""A name longer than this is shortened in the middle."""
TOOLTIP = 1_000
"""So much of a shortened name a tooltip tells."""
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
JOINERS = {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}
"""Invisible, but part of the spelling of words in several scripts."""


def visible(text: object) -> str:
    r"""A text with every control, format and bidirectional character written as an escape.

    ``"\x1b"`` becomes the four characters ``\x1b``; letters of every script stay.
    """
    told = str(text)
    if told.isascii() and told.isprintable():
        return told
    return "".join(_seen(character) for character in told)


def _seen(character: str) -> str:
    if character in SHORT_ESCAPES:
        return SHORT_ESCAPES[character]
    if unicodedata.category(character) not in HIDDEN or character in JOINERS:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shortened(text: str, limit: int = LONG) -> str:
    """A text of at most ``limit`` characters; a longer one loses its middle."""
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 2
    head = limit - 1 - tail
    return f"{text[:head]}…{text[len(text) - tail :] if tail else ''}"


def shown(text: object, limit: int = LONG) -> str:
    """A name as it is shown: visible and short."""
    return shortened(visible(text), limit)


def distinct(texts: Iterable[object], limit: int = LONG) -> dict[str, str]:
    """Names as they are shown, each different: of those whose middles differ, the middle is kept.

    Parameters
    ----------
    texts : iterable
        Names; those that occur twice count once.
    limit : int
        Longest of what is shown, in characters.

    Returns
    -------
    dict
        What is shown of each name, by the name as text.
    """
    whole = {str(text): visible(text) for text in texts}
    told = {name: shortened(seen, limit) for name, seen in whole.items()}
    groups: dict[str, list[str]] = {}
    for name, short in told.items():
        groups.setdefault(short, []).append(name)
    for names in groups.values():
        if len(names) > 1:
            told |= _apart({name: whole[name] for name in names}, limit)
    return told


def _apart(seen: Mapping[str, str], limit: int) -> dict[str, str]:
    """Long names that begin and end alike: their first letters, and those from where they differ."""
    letters = zip(*seen.values(), strict=False)
    alike = next((place for place, told in enumerate(letters) if len(set(told)) > 1), 0)
    head = max(1, (limit - 2) // 3)
    room = limit - head - 2
    start = max(head, alike - room // 4)
    found = {name: f"{one[:head]}…{one[start : start + room]}…" for name, one in seen.items()}
    if len(set(found.values())) == len(found):
        return found
    width = len(str(len(found)))
    return {
        name: f"{shortened(one, max(limit - width - 2, 1))} #{place}"
        for place, (name, one) in enumerate(sorted(seen.items(), key=lambda item: item[1]), 1)
    }


def file_name(source: str) -> str:
    """The last part of a path; anything else as it is."""
    last = re.split(r"[\\/]", source.rstrip("\\/"))[-1]
    return last or source


def anchor(identity: str) -> str:
    """An id for a link to a finding: the code, and where there is a subject a digest of it.

    Parameters
    ----------
    identity : str
        ``code:subject`` as in the document.
    """
    code, _, subject = identity.partition(":")
    if subject in ("", "{}"):
        return code
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    words = re.findall(r"[A-Za-z0-9_]+", re.sub(r'"[a-z]+":', " ", subject))
    slug = "-".join(words)[:32].strip("-")
    return "-".join(part for part in (code, slug, digest) if part)
