"""What one run of ``mldebug audit`` does: the command line laid over the configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mldebug.cli.outputs import Output
from mldebug.configuration import Configuration, Delivery, FailOn, find, read
from mldebug.errors import InputError
from mldebug.notation import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ON_COMMAND_LINE = "on the command line"


@dataclass(frozen=True, slots=True)
class Given:
    """The options of the command line; None, or empty, where an option was not given."""

    arguments: Mapping[str, Any] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    fail_on: FailOn | None = None
    report: Path | None = None
    json: Path | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One audit: the keyword arguments of ``mldebug.audit``, when it fails, where it writes."""

    name: str | None
    arguments: Mapping[str, Any]
    fail_on: FailOn
    outputs: tuple[Output, ...]

    @property
    def inputs(self) -> list[tuple[str, Path]]:
        """The files that it reads, each with its option."""
        names = {
            "train": "TRAIN",
            "eval": "--eval",
            "reference": "--reference",
            "run_config": "--run-config",
            "cv": "--cv",
            "predictions": "--predictions",
        }
        read_from = [(option, self.arguments.get(name)) for name, option in names.items()]
        runs = self.arguments.get("run", ())
        read_from += [("--run", path) for path in runs]
        read_from += [("--run", path) for path in _logs_among(self.outputs, runs)]
        return [(option, path) for option, path in read_from if isinstance(path, Path)]


def _logs_among(outputs: Iterable[Output], runs: Iterable[Path]) -> list[Path]:
    """The outputs that are files of a run's folder, unless mldebug wrote them there before."""
    folders = [run.resolve() for run in runs if run.is_dir()]
    found = []
    for path in (output.path for output in outputs):
        try:
            inside = any(folder in path.resolve().parents for folder in folders)
            if inside and path.is_file() and not _is_own(path):
                found.append(path)
        except (OSError, ValueError):  # what cannot be written is refused when it is tried
            continue
    return found


def _is_own(path: Path) -> bool:
    with path.open("rb") as file:
        return b"mldebug" in file.read(4_096)


def configuration_of(path: Path | None) -> Configuration:
    """Read the configuration that ``--config`` names, or that lies in the working folder."""
    there = path if path is not None else find(Path())
    return Configuration() if there is None else read(there)


def plans(
    configuration: Configuration, given: Given, *, name: str | None, everything: bool
) -> list[Plan]:
    """Tell what is to be audited.

    Raises
    ------
    InputError
        Nothing says what to audit, or too much does.
    """
    for key, told in (("train", "TRAIN"), ("run", "--run")):
        if key not in given.arguments:
            continue
        if everything or name is not None:
            option = "--all" if everything else "--name"
            raise InputError(f"{option} runs a configured audit; leave {told} out, or {option}")
        return [_plan(configuration, given, None)]
    chosen = _chosen(configuration, name, everything=everything)
    if len(chosen) > 1:
        for option, path in (("--report", given.report), ("--json", given.json)):
            if path is not None:
                raise InputError(
                    f"{option} names one file for {len(chosen)} audits; give each audit its own, "
                    f"by the key {option.removeprefix('--')!r} in {configuration.path}"
                )
    return [_plan(configuration, given, one) for one in chosen]


def rejudging(configuration: Configuration, given: Given) -> Plan:
    """Tell how a saved diagnosis is judged; of the arguments there are select, ignore and rules."""
    return _plan(configuration, given, None)


def _chosen(configuration: Configuration, name: str | None, *, everything: bool) -> list[str]:
    names = list(configuration.audits)
    if not names:
        where = f"{configuration.path} has no [audits.NAME]" if configuration.path else ""
        if everything or name is not None:
            option = "--all" if everything else "--name"
            missing = where or "there is no mldebug.toml in this folder"
            raise InputError(f"{option} runs configured audits, but {missing}")
        also = f"; {where}" if where else ""
        raise InputError(
            "give the training table, such as `mldebug audit train.csv --target y`, a logged run by "
            f"--run, or configure an audit in mldebug.toml{also}"
        )
    if everything:
        return names
    if name is not None:
        if name not in names:
            wanted = nearest(name, names)
            raise InputError(f"--name: {configuration.path} has no audit {name!r}; {wanted}")
        return [name]
    if len(names) > 1:
        raise InputError(
            f"{configuration.path} has {len(names)} audits ({', '.join(names)}); choose one with "
            "--name or run them with --all"
        )
    return names


def _plan(configuration: Configuration, given: Given, name: str | None) -> Plan:
    if name is None:
        said: dict[str, Any] = {"ignore": configuration.ignore, "rules": configuration.ladders}
        if configuration.select is not None:
            said["select"] = configuration.select
    else:
        said = dict(configuration.audits[name])
    more = dict.fromkeys(given.ignore, ON_COMMAND_LINE)
    arguments = {**said, **given.arguments, "ignore": {**said.get("ignore", {}), **more}}
    delivery = configuration.deliveries[name] if name is not None else Delivery()
    outputs = [
        (f"{name}: --{kind}" if own is None and name is not None else f"--{kind}", own or theirs)
        for kind, own, theirs in (
            ("report", given.report, delivery.report),
            ("json", given.json, delivery.json),
        )
    ]
    return Plan(
        name,
        arguments,
        given.fail_on or configuration.fails_on(name),
        tuple(Output(option, path) for option, path in outputs if path is not None),
    )
