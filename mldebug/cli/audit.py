"""``mldebug audit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mldebug.cli.options import FailOnOption, IgnoreOption, ReportOption

if TYPE_CHECKING:
    from mldebug.cli.plan import Plan
    from mldebug.configuration import Configuration
    from mldebug.diagnosis import Diagnosis


def audit(
    context: typer.Context,
    train: Annotated[
        str | None,
        typer.Argument(
            metavar="TRAIN",
            help="The training table: CSV, TSV, Parquet, Feather, Arrow, JSON lines or .npy. "
            "Without it and without --run, the audit that the configuration names is run.",
            show_default=False,
        ),
    ] = None,
    eval_: Annotated[
        str | None,
        typer.Option(
            "--eval",
            metavar="FILE|SHARE",
            help="The evaluation table, or the share of TRAIN to hold out as one, such as 0.2.",
        ),
    ] = None,
    split_column: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="The column of TRAIN that says which rows are for training and which for "
            "evaluation.",
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="A sample of the population that the model will meet.",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="The column to be predicted.",
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(
            metavar="classification|regression",
            help="What is to be predicted; inferred from the target if it is not given.",
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=KIND",
            help="What a column is, where it is inferred wrongly: number, boolean, date, category, "
            "text or id. May be given several times.",
        ),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="The column that orders the rows in time.",
        ),
    ] = None,
    id_: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="COLUMN",
            help="The column that names the rows.",
        ),
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="The column that says which rows belong together: a person, a site, a device.",
        ),
    ] = None,
    cv: Annotated[
        str | None,
        typer.Option(
            metavar="SCHEME|FILE",
            help="How TRAIN is cross-validated: a number of folds, folds:5, shuffled:5, "
            "stratified:5, groups:5, time:5, each, or a file with the fold of each row.",
        ),
    ] = None,
    predictions: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Out-of-sample predictions for the rows of TRAIN: CSV, Parquet or .npy with a "
            "column a class, or one column of values.",
        ),
    ] = None,
    run: Annotated[
        list[str] | None,
        typer.Option(
            "--run",
            metavar="PATH",
            help="A training run that was logged: the file or folder of a tracker, a CSV file with "
            "a column step or epoch, or a folder of runs. May be given several times.",
        ),
    ] = None,
    run_config: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="The hyperparameters of the runs, where their logs hold none: JSON, YAML or TOML.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The configuration. Without it, mldebug.toml or the table tool.mldebug of "
            "pyproject.toml in the working folder.",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Run this audit of the configuration; needed only where it has several.",
        ),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Run every audit of the configuration.",
        ),
    ] = False,
    select: Annotated[
        str | None,
        typer.Option(
            metavar="CODES",
            help="Look at these rules only: codes or families, with commas: LK,DA101,labels.",
        ),
    ] = None,
    ignore: IgnoreOption = None,
    fail_on: FailOnOption = None,
    report: ReportOption = None,
    json: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json",
            help="Write the diagnosis here; `mldebug judge` reads it.",
        ),
    ] = None,
    redact: Annotated[
        bool,
        typer.Option(
            "--redact",
            help="Keep the cells of evidence rows out of the outputs.",
        ),
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(
            metavar="auto|cpu|cuda",
            help="Where arrays compute; auto takes a GPU if one works.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="NUMBER",
            help="Of everything that is drawn; 0 by default.",
        ),
    ] = None,
) -> int:
    """Diagnose a training table, alone or with its evaluation table, or a run that was logged."""
    from mldebug.cli.choices import codes, one_of, path_of
    from mldebug.cli.plan import Given, configuration_of, plans
    from mldebug.configuration import DEVICES, FAIL_ON, TASKS
    from mldebug.notation import kinds_of, scheme_or_path, share_or_path

    arguments: dict[str, Any] = {
        "train": path_of("TRAIN", train),
        "eval": path_of("--eval", eval_) and share_or_path(str(eval_), option="--eval"),
        "split_column": split_column,
        "reference": path_of("--reference", reference),
        "target": target,
        "task": one_of("--task", task, TASKS),
        "kinds": kinds_of(kind, "--kind") if kind else None,
        "time": time,
        "id": id_,
        "groups": groups,
        "cv": path_of("--cv", cv) and scheme_or_path(str(cv)),
        "predictions": path_of("--predictions", predictions),
        "run": [path_of("--run", one) for one in run] if run else None,
        "run_config": path_of("--run-config", run_config),
        "select": codes("--select", select),
        "device": one_of("--device", device, DEVICES),
        "seed": seed,
        "redact": redact or None,
    }
    given = Given(
        {key: value for key, value in arguments.items() if value is not None},
        tuple(codes("--ignore", ignore) or ()),
        one_of("--fail-on", fail_on, FAIL_ON),
        report,
        json,
    )
    configuration = configuration_of(config)
    chosen = plans(configuration, given, name=name, everything=everything)
    return _carried_out(chosen, configuration, _command(context))


def _command(context: typer.Context) -> str:
    import shlex

    return shlex.join(["mldebug", *context.find_root().obj])


def _carried_out(chosen: list[Plan], configuration: Configuration, command: str) -> int:
    """Run every plan, then write and print; return the exit status of them all."""
    from mldebug.cli.console import complain
    from mldebug.cli.outputs import require_writable
    from mldebug.cli.verdict import Verdict, deliver
    from mldebug.render import loading

    inputs = [item for plan in chosen for item in plan.inputs]
    if configuration.path is not None:
        inputs.append(("the configuration", configuration.path))
    require_writable([output for plan in chosen for output in plan.outputs], inputs)
    if all(_is_there(path) for _, path in inputs):  # else the process ends at once
        loading(output.path for plan in chosen for output in plan.outputs)
    for remark in configuration.remarks:
        complain(remark)
    verdicts = []
    for plan in chosen:
        diagnosis = _with_remarks(_audited(plan, command), configuration.remarks)
        verdicts.append(Verdict(diagnosis, plan.fail_on, plan.outputs, plan.name))
        if diagnosis.provenance.get("interrupted"):
            complain("interrupted; what was measured until then is told below")
            break
    return deliver(verdicts)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, or no path at all
        return False


def _audited(plan: Plan, command: str) -> Diagnosis:
    from mldebug.audit import audit as diagnosed
    from mldebug.cli.console import Progress
    from mldebug.errors import InputError

    read = [plan.arguments.get("train"), *plan.arguments.get("run", ())]
    named = ", ".join(str(path) for path in read if path is not None)
    with Progress(f"reading {named}") as progress:
        try:
            return diagnosed(**plan.arguments, progress=progress, command=command)
        except InputError as error:
            if plan.name is None:
                raise
            raise InputError(f"[audits.{plan.name}]: {error}") from error


def _with_remarks(diagnosis: Diagnosis, remarks: tuple[str, ...]) -> Diagnosis:
    from dataclasses import replace

    if not remarks:
        return diagnosis
    told = [*diagnosis.provenance.get("remarks", ()), *remarks]
    return replace(diagnosis, provenance={**diagnosis.provenance, "remarks": told})
