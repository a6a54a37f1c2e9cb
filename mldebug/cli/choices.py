"""Values of options that are one of a few, or codes of rules."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mldebug.catalogue import rules, selected
from mldebug.errors import InputError
from mldebug.notation import nearest
from mldebug.rule import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Sequence

_Choice = TypeVar("_Choice", bound=str)


def one_of(option: str, value: str | None, choices: Sequence[_Choice]) -> _Choice | None:
    """Return the value as the choice that it is; None if it was not given.

    Raises
    ------
    InputError
        It is none of them.
    """
    if value is None:
        return None
    for choice in choices:
        if value == choice:
            return choice
    near = get_close_matches(value, choices, n=1, cutoff=0.5)
    hint = f"; the nearest is {near[0]!r}" if near else ""
    raise InputError(f"{option} is one of {', '.join(choices)}, not {value!r}{hint}")


def path_of(option: str, value: str | None) -> Path | None:
    """Return the value as a path; None if it was not given.

    Raises
    ------
    InputError
        It is empty, as a shell's variable is that was never set.
    """
    if value is None:
        return None
    if not value.strip():
        raise InputError(f"{option}: the path is empty; give the path of a file")
    return Path(value)


def codes(option: str, value: str | None) -> list[str] | None:
    """Return the codes and families of a list with commas; None if it was not given.

    Raises
    ------
    InputError
        A word that names no rule, or no word at all.
    """
    if value is None:
        return None
    words = [word.strip() for word in value.split(",") if word.strip()]
    if not words:
        raise InputError(f"{option} is empty; give codes or families, such as LK401,labels")
    selected(words, option, rules())
    return words


def family_of(option: str, word: str) -> str:
    """Return the two letters of the family that a word names.

    Raises
    ------
    InputError
        There is no such family; the sentence names the nearest.
    """
    for prefix, name in FAMILIES.items():
        if word.lower() in (prefix.lower(), name):
            return prefix
    near = nearest(word.lower(), FAMILIES.values())
    raise InputError(f"{option}: there is no family {word!r}; {near}")
