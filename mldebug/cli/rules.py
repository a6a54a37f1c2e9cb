"""``mldebug rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mldebug.rule import Rule


def rules(
    family: Annotated[
        str | None,
        typer.Option(metavar="FAMILY", help="Only this family: its name or its two letters."),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """List the rules: what each finds, when, and what it needs."""
    from mldebug.catalogue import rules as known
    from mldebug.cli.choices import family_of
    from mldebug.cli.console import tell
    from mldebug.cli.rulebook import markdown_table, told
    from mldebug.errors import InputError

    if markdown and json:
        raise InputError("--markdown and --json exclude each other; give one of them")
    prefix = None if family is None else family_of("--family", family)
    chosen = [rule for rule in known().values() if prefix in (None, rule.code[:2])]
    if markdown:
        tell(markdown_table(chosen))
    elif json:
        from json import dumps

        tell(dumps([told(rule) for rule in chosen], indent=1, ensure_ascii=False))
    else:
        _print_table(chosen)
    return 0


def _print_table(chosen: Sequence[Rule]) -> None:
    from rich.table import Table
    from rich.text import Text

    from mldebug.cli.console import drawn, tell
    from mldebug.cli.rulebook import row

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("code", "name", "what it finds", "cause", "found at", "needs"):
        table.add_column(heading, no_wrap=heading in ("code", "cause"))
    for rule in chosen:
        table.add_row(*(Text(cell) for cell in row(rule)))
    tell(drawn(table))
