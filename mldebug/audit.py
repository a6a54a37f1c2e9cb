"""The five steps strung together: resolve, measure, judge, link, and the Diagnosis of it all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from mldebug.artefacts import Table, Task
from mldebug.catalogue import rules as all_rules
from mldebug.catalogue import with_ladders
from mldebug.checker import quantities
from mldebug.diagnosis import Diagnosis, Finding, Outcome
from mldebug.errors import InputError
from mldebug.judge import (
    Codes,
    Reasons,
    by_severity,
    findings_and_outcomes,
    left_out,
    with_selection,
)
from mldebug.link import causes
from mldebug.measure import Measured, measured
from mldebug.render.document import described, measurements_of, outcomes_of, told
from mldebug.resolve import checkers_for
from mldebug.rule import Rule

if TYPE_CHECKING:
    from mldebug.adapters.tables import Loaded

Progress = Callable[[str, int, int], None]


def audit(
    train: Any = None,
    eval: Any = None,
    *,
    run: Any = None,
    run_config: Any = None,
    target: str | None = None,
    split_column: str | None = None,
    reference: Any = None,
    task: Task | None = None,
    kinds: Mapping[str, str] | None = None,
    time: str | None = None,
    id: str | None = None,
    groups: str | None = None,
    cv: Any = None,
    predictions: Any = None,
    select: Iterable[str] | str | None = None,
    ignore: Mapping[str, str] | Iterable[str] | str | None = None,
    rules: Mapping[str, Any] | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    seed: int = 0,
    redact: bool = False,
    progress: Progress | None = None,
    command: str | None = None,
) -> Diagnosis:
    """Diagnose a training table, the table that a model of it is evaluated on, a recorded run.

    Parameters
    ----------
    train : path, frame, array or tuple of arrays
        CSV, Parquet, Feather, Arrow, JSON lines or ``.npy``; pandas, polars, pyarrow; a NumPy
        matrix, or ``(X, y)``.
    eval : path, frame, array, tuple of arrays or float, optional
        The evaluation table; a float is the share of train to hold out, drawn with ``seed``.
    run : path, mapping, frame, History, or a list of these, optional
        Recorded training runs: the files or folder of a tracker, a CSV file with a step or epoch
        column, what Keras's ``fit`` returns, a mapping of names to values, a fitted estimator that
        remembers its curves.
    run_config : path or mapping, optional
        Hyperparameters of the runs, laid over what each recorded: a JSON, YAML or TOML file.
    target : str, optional
        The column to be predicted.
    split_column : str, optional
        A column of train that says which rows are for training and which for evaluation.
    reference : path or frame, optional
        A sample of the population that the model will meet.
    task : {"classification", "regression"}, optional
        Inferred from the target if it is not given.
    kinds : mapping of str to str, optional
        Kinds of columns that override the inferred ones.
    time : str, optional
        The column that orders the rows in time.
    id : str, optional
        The column that names the rows.
    groups : str, optional
        The column that says which rows belong together: a person, a site, a device.
    cv : int, str, path, splitter or list of (train, test) rows, optional
        How train is cross-validated: a number of folds, ``"stratified:5"``, ``"groups:5"``,
        ``"time:5"``, a splitter of scikit-learn, or a file with the fold of each row.
    predictions : path, frame or array, optional
        Out-of-sample predictions for the rows of train: a column a class, or one of values.
    select, ignore : codes or family prefixes, optional
        The rules to look at and those to leave out; ``ignore`` may map each to a reason.
    rules : mapping, optional
        Ladders that replace those of the rules, by code.
    device : {"auto", "cpu", "cuda"}
        Where array kernels run.
    seed : int
        Of everything that is drawn.
    redact : bool
        Keep the cells of evidence rows out of the diagnosis.
    progress : callable, optional
        Called with a checker's name, its number and how many there are.
    command : str, optional
        The command line that asked for the audit, for the record.

    Returns
    -------
    Diagnosis

    Raises
    ------
    InputError
        One sentence: what cannot be read or does not exist, and what would be right.
    """
    from mldebug.adapters.predictions import predictions_of
    from mldebug.adapters.runs import runs as recorded
    from mldebug.adapters.runs import told as runs_told
    from mldebug.adapters.tables import Loaded, tables
    from mldebug.adapters.validation import validation_of
    from mldebug.arrays import device as array_device

    clock = perf_counter()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    known = with_ladders(all_rules(), rules or {})
    decided = left_out(known, select, ignore)
    arrays = array_device(device)
    if train is None and run is None:
        raise InputError(
            "there is nothing to audit: give a training table, a recorded run, or both"
        )
    loaded = Loaded()
    if train is not None:
        loaded = tables(
            train,
            eval,
            target=target,
            split_column=split_column,
            task=task,
            kinds=kinds,
            time=time,
            identifier=id,
            groups=groups,
            reference=reference,
            seed=seed,
        )
    elif eval is not None:
        raise InputError("--eval: an evaluation table needs the training table beside it")
    if run_config is not None and run is None:
        raise InputError("--run-config: there is no run to configure; give one with --run")
    if loaded.train is None and (cv is not None or predictions is not None):
        option = "--cv" if cv is not None else "--predictions"
        raise InputError(f"{option}: it speaks of the training table, which is not given")
    runs = None if run is None else recorded(run, run_config)
    read = perf_counter() - clock
    asking = checkers_for(rule for code, rule in known.items() if code not in decided)
    given = {
        "train": loaded.train,
        "eval": loaded.eval,
        "reference": loaded.reference,
        "target": loaded.target,
        "time": loaded.time,
        "identifier": id,
        "groups": groups,
        "cv": validation_of(cv, loaded.train, loaded.target)
        if cv is not None and loaded.train
        else None,
        "predictions": predictions_of(predictions, loaded.train, loaded.target)
        if predictions is not None and loaded.train
        else None,
        "runs": runs,
        "device": arrays,
        "seed": seed,
    }
    result = measured(asking, given, redact=redact, progress=progress)
    decided |= _undone(known, decided, result)
    provenance = {
        "started": started,
        "seconds": {"reading": read, **result.seconds},
        "command": command,
        "seed": seed,
        "device": arrays.name,
        "versions": _versions(),
        "task": loaded.target.task if loaded.target else None,
        "target": loaded.target.name if loaded.target else None,
        "remarks": [*loaded.remarks, *(one for each in runs or () for one in each.remarks)],
        "interrupted": result.interrupted,
        "tables": _tables(loaded),
        "runs": runs_told(runs or ()),
    }
    return _diagnosis(known, result.measurements, decided, provenance)


def judge(
    diagnosis: Diagnosis | Mapping[str, Any],
    *,
    rules: Mapping[str, Any] | None = None,
    select: Codes | None = None,
    ignore: Reasons | None = None,
) -> Diagnosis:
    """Judge a diagnosis again, under the rules as they are now and other ladders; nothing is measured.

    Parameters
    ----------
    diagnosis : Diagnosis or mapping
        A diagnosis, or the content of one that was saved as JSON.
    rules : mapping, optional
        Ladders that replace those of the rules, by code.
    select, ignore : codes or family prefixes, optional
        As of `audit`. What the saved audit ignored stays ignored.

    Raises
    ------
    InputError
        The mapping is no diagnosis, a code is unknown, or a ladder cannot be read.
    """
    document = diagnosis.to_dict() if isinstance(diagnosis, Diagnosis) else diagnosis
    known = with_ladders(all_rules(), rules or {})
    try:
        if document["schema"] != 1:
            raise InputError(f"a diagnosis of schema {document['schema']!r} cannot be read; 1 can")
        document = with_selection(document, known, select, ignore)
        before = outcomes_of(document)
        measurements = measurements_of(document)
        provenance = dict(document["provenance"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"this is no diagnosis that mldebug saved: {error!r}") from error
    there = {one.quantity for one in measurements}
    decided: dict[str, Outcome] = {}
    for code, rule in known.items():
        outcome = before.get(code)
        if outcome and outcome.state in ("not_checked", "muted", "failed"):
            decided[code] = outcome
        elif rule.judges not in there and outcome is None:
            decided[code] = Outcome("not_checked", "the saved diagnosis does not hold it")
    return _diagnosis(known, measurements, decided, provenance)


def _diagnosis(
    known: Mapping[str, Rule],
    measurements: Sequence[Any],
    decided: Mapping[str, Outcome],
    provenance: dict[str, Any],
) -> Diagnosis:
    declared = {
        name: described(quantity)
        for name, (quantity, _) in sorted(quantities().items())
        if any(rule.judges == name for rule in known.values())
    }
    findings, outcomes = findings_and_outcomes(known, measurements, declared, decided)
    ranked = causes(findings)
    provenance["rules"] = {code: told(rule) for code, rule in known.items()}
    provenance["quantities"] = declared
    return Diagnosis(
        tuple(_ordered(findings, [one.finding for one in ranked])),
        tuple(ranked),
        outcomes,
        tuple(measurements),
        provenance,
    )


def _ordered(findings: Iterable[Finding], ranked: Sequence[str]) -> list[Finding]:
    """By severity; within one, causes first by rank, then the code and the subject."""
    place = {name: number for number, name in enumerate(ranked)}
    order = {name: number for number, name in enumerate(("error", "warning", "note"))}
    return sorted(
        by_severity(findings), key=lambda one: (order[one.severity], place.get(one.id, len(place)))
    )


def _undone(
    known: Mapping[str, Rule], decided: Mapping[str, Outcome], result: Measured
) -> dict[str, Outcome]:
    """The outcomes of the rules whose checker did not run to its end."""
    measured_by = {name: one.name for name, (_, one) in quantities().items()}
    undone: dict[str, Outcome] = {}
    for code, rule in known.items():
        run = None if code in decided else result.runs[measured_by[rule.judges]]
        if run and run.state != "ran":
            undone[code] = Outcome(run.state, run.reason, run.missing)
    return undone


def _sha256(table: Table) -> str | None:
    """The hash of the file's bytes, once it is there; None too if it cannot be read any more."""
    try:
        return None if table.sha256 is None else table.sha256.result()
    except OSError:
        return None


def _tables(loaded: Loaded) -> dict[str, Any]:
    return {
        table.role: {
            "source": table.source,
            "rows": table.n_rows,
            "sha256": _sha256(table),
            "columns": [
                {
                    "name": column.name,
                    "kind": str(column.kind),
                    "storage": column.storage,
                    "note": column.note,
                }
                for column in table.columns
            ],
        }
        for table in (loaded.train, loaded.eval, loaded.reference)
        if isinstance(table, Table)
    }


def _versions() -> dict[str, str]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found = {"mldebug": mldebug_version(), "python": platform.python_version()}
    for name in ("numpy", "scipy", "pandas", "pyarrow", "scikit-learn"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def mldebug_version() -> str:
    """The version of mldebug, as installed; of a checkout that is not, what it will be."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mldebug-toolkit")
    except PackageNotFoundError:
        return "0.1.0"
