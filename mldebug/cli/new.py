"""``mldebug new``."""

from __future__ import annotations

from typing import Annotated

import typer


def new(
    family: Annotated[str, typer.Argument(help="leakage, labels, ...")],
    name: Annotated[str, typer.Argument(help="shared-rows, ...")],
) -> int:
    """Write a checker, a rule and a test to start from."""
    raise NotImplementedError
