"""Options that several commands have, each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

IgnoreOption = Annotated[
    str | None,
    typer.Option(
        metavar="CODES",
        help="Leave these rules out, besides those that the configuration ignores.",
    ),
]
FailOnOption = Annotated[
    str | None,
    typer.Option(
        metavar="error|warning|note|never",
        help="The severity from which on the exit status is 1; error by default.",
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE.html", help="Write the report here: one file."),
]
