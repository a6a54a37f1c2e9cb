"""The document as strict JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LARGE = 2_000_000
"""A text longer than this (in characters) is written without line breaks."""


def text(document: Mapping[str, Any]) -> str:
    """The document as strict JSON, in the order of its keys, ending in a newline.

    One space of indentation, so that two documents can be compared line by line; a large one is
    written compactly.

    Raises
    ------
    ValueError
        The document holds a number that JSON does not have.
    """
    compact = json.dumps(document, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    if len(compact) > LARGE:
        return compact + "\n"
    return json.dumps(document, allow_nan=False, ensure_ascii=False, indent=1) + "\n"
