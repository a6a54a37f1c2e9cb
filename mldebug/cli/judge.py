"""``mldebug judge``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mldebug.cli.options import FailOnOption, IgnoreOption, ReportOption


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
            help="The configuration whose ladders, select and ignore hold. Without it, "
            "mldebug.toml or the table tool.mldebug of pyproject.toml in the working folder.",
        ),
    ] = None,
    select: Annotated[
        str | None,
        typer.Option(
            metavar="CODES",
            help="Judge by these rules only: codes or families, with commas: LK,DA101,labels.",
        ),
    ] = None,
    ignore: IgnoreOption = None,
    fail_on: FailOnOption = None,
    report: ReportOption = None,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Write the new diagnosis here.")
    ] = None,
) -> int:
    """Judge a saved diagnosis again; nothing is measured.

    The rules are those of today, with the ladders, the selection and the exceptions of the
    configuration. What the saved audit ignored stays ignored.
    """
    from mldebug.audit import judge as judged
    from mldebug.cli.choices import codes, one_of
    from mldebug.cli.console import complain
    from mldebug.cli.outputs import require_writable
    from mldebug.cli.plan import Given, configuration_of, rejudging
    from mldebug.cli.verdict import Verdict, deliver
    from mldebug.configuration import FAIL_ON
    from mldebug.errors import InputError

    chosen = codes("--select", select)
    given = Given(
        {} if chosen is None else {"select": chosen},
        tuple(codes("--ignore", ignore) or ()),
        one_of("--fail-on", fail_on, FAIL_ON),
        report,
        json,
    )
    configuration = configuration_of(config)
    plan = rejudging(configuration, given)
    inputs = [("DIAGNOSIS", diagnosis)]
    if configuration.path is not None:
        inputs.append(("the configuration", configuration.path))
    require_writable(list(plan.outputs), inputs)
    for remark in configuration.remarks:
        complain(remark)
    document = _read(diagnosis)
    try:
        again = judged(document, **plan.arguments)
    except InputError as error:
        raise InputError(f"{diagnosis}: {error}") from error
    return deliver([Verdict(again, plan.fail_on, plan.outputs)])


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
