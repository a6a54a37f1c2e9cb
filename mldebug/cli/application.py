"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from mldebug.cli.audit import audit
from mldebug.cli.demo import demo
from mldebug.cli.doctor import doctor
from mldebug.cli.explain import explain
from mldebug.cli.judge import judge
from mldebug.cli.new import new
from mldebug.cli.rules import rules

application = typer.Typer(
    name="mldebug",
    add_completion=False,
    rich_markup_mode=None,  # plain help: what draws boxes takes as long to load as all the rest
    help="Find why a model fails, or why it will. Nothing is ever sent anywhere.",
    epilog=(
        "Exit status: 0 nothing found at --fail-on or above; 1 something is; 2 bad usage, "
        "unreadable input or unwritable output; 3 a check failed; 130 interrupted."
    ),
)
for command in (audit, judge, rules, explain, doctor, new, demo):
    application.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        from mldebug.audit import mldebug_version

        typer.echo(mldebug_version())
        raise typer.Exit


@application.callback()
def top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Carry the options that stand before a command."""
