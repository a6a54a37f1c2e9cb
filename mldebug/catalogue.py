"""The rules that are there: those of mldebug and those of the plugins installed beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

from mldebug.errors import InputError
from mldebug.resources import resource
from mldebug.rule import FAMILIES, Rule, read_ladder, read_rule


def parsed(text: str) -> Any:
    """The content of a YAML text, by the safe loader, the compiled one where it is there."""
    import yaml

    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def rule_files(folder: Traversable) -> Iterator[Traversable]:
    """Every rule file below a folder, by family and code."""
    for family in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if family.is_dir():
            for entry in sorted(family.iterdir(), key=lambda entry: entry.name):
                if entry.name.endswith(".yaml"):
                    yield entry


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its code, in the order of the codes within families.

    Raises
    ------
    TypeError
        Two files claim one code.
    """
    from importlib.metadata import entry_points

    folders = [resource("rules")]
    for point in entry_points(group="mldebug.rules"):
        from importlib.resources import files

        folders.append(files(point.value))
    found: dict[str, Rule] = {}
    for folder in folders:
        for entry in rule_files(folder):
            rule = read_rule(parsed(entry.read_text(encoding="utf-8")))
            if rule.code in found:
                raise TypeError(f"the code {rule.code} is claimed twice, again by {entry.name}")
            found[rule.code] = rule
    order = list(FAMILIES)
    return dict(sorted(found.items(), key=lambda item: (order.index(item[0][:2]), item[0])))


def selected(codes: Iterable[str], option: str, known: Iterable[str]) -> set[str]:
    """The codes that a list of codes and family prefixes names.

    Parameters
    ----------
    codes : iterable of str
        Codes such as ``LK401``, family prefixes such as ``LK``, or family names such as
        ``leakage``.
    option : str
        The option or key that the list was given to; an error names it.
    known : iterable of str
        Every code there is.

    Raises
    ------
    InputError
        A word that names no rule, with the nearest one that does.
    """
    known = list(known)
    families = {name: prefix for prefix, name in FAMILIES.items()}
    chosen: set[str] = set()
    for word in (code.strip() for code in codes):
        prefix = families.get(word.lower(), word.upper())
        matching = {code for code in known if prefix and code.startswith(prefix)}
        if not matching:
            near = get_close_matches(prefix, [*known, *FAMILIES], n=1, cutoff=0.5)
            hint = f"the nearest is {near[0]}" if near else "`mldebug rules` lists them"
            raise InputError(f"{option}: {word!r} names no rule or family; {hint}")
        chosen |= matching
    return chosen


def with_ladders(known: Mapping[str, Rule], ladders: Mapping[str, Any]) -> dict[str, Rule]:
    """The rules with the ladders that a configuration puts in place of their own.

    Raises
    ------
    InputError
        An unknown code, or a ladder that cannot be read.
    """
    changed = dict(known)
    for code, told in ladders.items():
        if code not in known:
            near = get_close_matches(code, list(known), n=1, cutoff=0.5)
            hint = f"the nearest is {near[0]}" if near else "`mldebug rules` lists them"
            raise InputError(f"[rules.{code}]: there is no rule of this code; {hint}")
        try:
            changed[code] = replace(known[code], ladder=read_ladder(told))
        except ValueError as error:
            raise InputError(f"[rules.{code}]: {error}") from error
    return changed
