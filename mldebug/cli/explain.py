"""``mldebug explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mldebug.rule import Rule

WIDEST = 88


def explain(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="A code, such as LK401, or a name: shared-rows.")
    ],
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
) -> int:
    """Explain a rule: why it matters, and what to do."""
    from mldebug.catalogue import rules
    from mldebug.cli.console import tell
    from mldebug.cli.rulebook import markdown_page

    known = rules()
    rule = _named(code, known)
    if markdown:
        tell(markdown_page(rule, known))
    else:
        _print_page(rule, known)
    return 0


def _named(word: str, known: Mapping[str, Rule]) -> Rule:
    """Find the rule of this code or name.

    Raises
    ------
    InputError
        There is none; the sentence names the nearest.
    """
    from difflib import get_close_matches

    from mldebug.errors import InputError

    for rule in known.values():
        if word.strip().upper() == rule.code or word.strip().lower() == rule.name:
            return rule
    names = [*known, *(rule.name for rule in known.values())]
    near = [
        match
        for spelt in (word.upper(), word.lower())
        for match in get_close_matches(spelt, names, n=1, cutoff=0.5)
    ]
    hint = f"the nearest is {near[0]}" if near else "`mldebug rules` lists them"
    raise InputError(f"there is no rule {word!r}; {hint}")


def _print_page(rule: Rule, known: Mapping[str, Rule]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from mldebug.cli.console import drawn, tell
    from mldebug.cli.rulebook import page

    parts: list[Text | Padding] = [
        Text.assemble((f"{rule.code} {rule.name}", "bold"), f"  {rule.family}, cause: {rule.cause}")
    ]
    for heading, paragraphs in page(rule, known):
        parts += [Text(), Text(heading, style="bold")]
        parts += [Padding(Text(paragraph), (0, 0, 0, 2)) for paragraph in paragraphs]
    tell(drawn(*parts, widest=WIDEST))
