"""The configuration of a run: by dotted names, its values numbers, booleans, texts or None."""

from __future__ import annotations

import re
from collections import deque
from typing import Any

LONGEST_SETTING = 500
MOST_SETTINGS = 2_000
DEEPEST_SETTING = 8
MOST_LISTED = 50


def flattened(config: Any) -> dict[str, Any]:
    """A configuration by dotted names, its values numbers, booleans, texts or None."""
    flat: dict[str, Any] = {}
    waiting: deque[tuple[str, Any, int]] = deque([("", config, 0)])
    while waiting and len(flat) < MOST_SETTINGS:
        name, value, depth = waiting.popleft()
        if hasattr(value, "items") and depth < DEEPEST_SETTING:
            waiting.extend(
                (f"{name}.{key}" if name else str(key), one, depth + 1)
                for key, one in list(value.items())[:MOST_SETTINGS]
            )
        elif name:
            flat[name] = plain(value)
    return flat


def plain(value: Any) -> Any:
    """A setting as a number, a boolean, a text or None."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if hasattr(value, "item") and getattr(value, "size", 2) == 1:
        return plain(value.item())
    if isinstance(value, str):
        return number_of(value[:LONGEST_SETTING])
    return _told(value)[:LONGEST_SETTING]


def _told(value: Any, depth: int = 0) -> str:
    """A list as a person writes it; only its beginning, as it may hold itself many times over."""
    if isinstance(value, list | tuple):
        inside = [_told(one, depth + 1) for one in value[:MOST_LISTED]] if depth < 3 else ["..."]
        return f"[{', '.join(inside)}]"
    return "{...}" if hasattr(value, "items") else str(value)


def number_of(text: str) -> Any:
    """What a text says if it is a number, a boolean or nothing; else the text."""
    stripped = text.strip()
    named = {"true": True, "false": False, "none": None, "null": None}
    if stripped.lower() in named:
        return named[stripped.lower()]
    if re.fullmatch(r"[+-]?\d{1,15}", stripped):
        return int(stripped)
    try:
        return float(stripped) if re.search(r"\d", stripped) and "_" not in stripped else text
    except ValueError:
        return text
