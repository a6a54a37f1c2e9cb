"""``mldebug judge``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def judge(
    diagnosis: Annotated[
        Path,
        typer.Argument(
            metavar="DIAGNOSIS.json", help="A diagnosis that `mldebug audit --json` wrote."
        ),
    ],
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The configuration whose ladders judge. Without it, mldebug.toml or the table "
            "tool.mldebug of pyproject.toml in the working folder.",
        ),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            metavar="error|warning|note|never",
            help="The severity from which on the exit status is 1; error by default.",
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write the report here: one file.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Write the new diagnosis here.")
    ] = None,
) -> int:
    """Judge a saved diagnosis again; nothing is measured.

    The rules are those of today, with the ladders of the configuration.
    """
    from mldebug.audit import judge as judged
    from mldebug.cli.choices import one_of
    from mldebug.cli.outputs import Output, require_writable
    from mldebug.cli.plan import configuration_of
    from mldebug.cli.verdict import Verdict, deliver
    from mldebug.configuration import FAIL_ON
    from mldebug.errors import InputError

    severity = one_of("--fail-on", fail_on, FAIL_ON)
    configuration = configuration_of(config)
    outputs = [
        Output(option, path)
        for option, path in (("--report", report), ("--json", json))
        if path is not None
    ]
    inputs = [("DIAGNOSIS", diagnosis)]
    if configuration.path is not None:
        inputs.append(("the configuration", configuration.path))
    require_writable(outputs, inputs)
    document = _read(diagnosis)
    try:
        again = judged(document, rules=configuration.ladders)
    except InputError as error:
        raise InputError(f"{diagnosis}: {error}") from error
    return deliver([Verdict(again, severity or configuration.fails_on(), outputs)])


def _read(path: Path) -> dict[str, Any]:
    import json

    from mldebug.errors import InputError

    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"the diagnosis {path} cannot be read: {reason}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no diagnosis, it is no JSON: {error}") from error
    if not isinstance(content, dict) or "schema" not in content:
        raise InputError(f"{path} is no diagnosis; `mldebug audit --json` writes one")
    return content
