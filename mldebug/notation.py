"""How options are written, on the command line and in a configuration alike."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mldebug.artefacts import Kind
from mldebug.errors import InputError

KINDS = tuple(str(kind) for kind in Kind if kind not in (Kind.EMPTY, Kind.UNSUPPORTED))
"""The kinds that a person may say a column is of."""


def share_or_path(text: str, folder: Path = Path(), option: str = "eval") -> float | Path:
    """Read what ``--eval`` says: the share of rows to hold out, or a file.

    A file of that name in the folder comes before a number.

    Raises
    ------
    InputError
        A number that is no share.
    """
    path = folder / text
    if os.path.exists(path):  # noqa: PTH110  (no error where the text is too long for a path)
        return path
    try:
        share = float(text)
    except ValueError:
        return path
    if not 0 < share < 1:
        raise InputError(f"{option}: a share of rows to hold out lies between 0 and 1, not {text}")
    return share


def scheme_or_path(text: str, folder: Path = Path()) -> str | Path:
    """Read what ``--cv`` says: words such as ``stratified:5``, or a file with the folds of rows."""
    path = folder / text
    return path if os.path.exists(path) or "." in text or os.sep in text else text  # noqa: PTH110


def kinds_of(pairs: list[str], option: str = "kind") -> dict[str, str]:
    """Read kinds of columns from the notation of the command line, ``COLUMN=KIND``.

    Raises
    ------
    InputError
        A pair without ``=``, or a kind that there is not.
    """
    kinds = {}
    for pair in pairs:
        column, equals, kind = pair.rpartition("=")
        if not equals or not column:
            wanted = "is not of the form COLUMN=KIND, such as zip=category"
            raise InputError(f"{option}: {pair!r} {wanted}")
        kinds[column] = known_kind(column, kind, option)
    return kinds


def known_kind(column: str, kind: Any, option: str) -> str:
    """Return the kind of a column as a person wrote it.

    Raises
    ------
    InputError
        There is no such kind.
    """
    if kind not in KINDS:
        wanted = nearest(kind, KINDS)
        raise InputError(f"{option}: {column!r} cannot be of the kind {kind!r}; {wanted}")
    return str(kind)


def nearest(word: object, words: Iterable[str]) -> str:
    """Say which of the words that there are is the nearest to one that there is not."""
    words = tuple(words)
    near = get_close_matches(str(word), words, n=1, cutoff=0.5)
    return f"the nearest is {near[0]!r}" if near else f"there are {', '.join(words)}"
