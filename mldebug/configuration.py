"""The configuration: ``mldebug.toml``, or the table ``[tool.mldebug]`` of a ``pyproject.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

from mldebug.artefacts import Task
from mldebug.catalogue import rules, selected, with_ladders
from mldebug.errors import InputError
from mldebug.notation import kinds_of, known_kind, nearest, scheme_or_path, share_or_path
from mldebug.rule import SEVERITIES

FailOn = Literal["error", "warning", "note", "never"]
FAIL_ON: tuple[FailOn, ...] = (*SEVERITIES, "never")
TASKS: tuple[str, ...] = get_args(Task)
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True, slots=True)
class Delivery:
    """At what one configured audit fails, and where it writes."""

    fail_on: FailOn | None = None
    report: Path | None = None
    json: Path | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a configuration says; empty where it says nothing.

    Parameters
    ----------
    path : Path or None
        The file; None for the empty configuration.
    fail_on : {"error", "warning", "note", "never"} or None
        For every audit that does not say its own.
    select : tuple of str or None
        Codes and families; for every audit that does not say its own.
    ignore : mapping of str to str
        A reason for each ignored code or family. What has expired is not among them.
    ladders : mapping
        Ladders in the notation of the rule files, by code.
    audits : mapping of str to mapping
        The whole keyword arguments of ``mldebug.audit`` for each audit, by its name: paths are
        relative to the file, and ``select``, ``ignore`` and ``ladders`` (as ``rules``) are in them.
    deliveries : mapping of str to Delivery
        What else each audit says, by its name.
    remarks : tuple of str
        What a person should know, a sentence each: the exceptions that have expired.
    """

    path: Path | None = None
    fail_on: FailOn | None = None
    select: tuple[str, ...] | None = None
    ignore: Mapping[str, str] = field(default_factory=dict)
    ladders: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    audits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def fails_on(self, name: str | None = None) -> FailOn:
        """Return the severity at which an audit fails; "error" where nothing says it."""
        delivery = self.deliveries.get(name) if name is not None else None
        return (delivery.fail_on if delivery else None) or self.fail_on or "error"


def find(folder: Path) -> Path | None:
    """Find the configuration that lies in this very folder, if there is one.

    ``mldebug.toml`` comes first, then a ``pyproject.toml`` with a table ``[tool.mldebug]``.
    """
    own = folder / "mldebug.toml"
    if own.is_file():
        return own
    project = folder / "pyproject.toml"
    try:
        content = project.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if "mldebug" not in content:
        return None
    try:
        there = "mldebug" in tomllib.loads(content).get("tool", {})
    except tomllib.TOMLDecodeError:
        there = "[tool.mldebug" in content
    return project if there else None


def read(path: Path, *, today: date | None = None) -> Configuration:
    """Read the configuration that a file holds.

    Parameters
    ----------
    path : Path
        A file named ``pyproject.toml`` is read below ``[tool.mldebug]``, any other from its top.
    today : date, optional
        The day on which exceptions are looked at; the present one in UTC if it is not given.

    Raises
    ------
    InputError
        One sentence: the file, the key, what it must be; for a file that is no TOML, the line.
    """
    at = _Place(path, "")
    said = _content(path)
    _require_known(at, said, ("fail-on", "select", "ignore", "rules", "audits"))
    selection = _codes(at, "select", said["select"]) if "select" in said else None
    exceptions = _Exceptions(today or datetime.now(UTC).date())
    ignore = exceptions.read(at, "ignore", said.get("ignore", []))
    ladders = _tables(at, "rules", said.get("rules", {}))
    try:
        with_ladders(rules(), ladders)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    shared: dict[str, Any] = {"ignore": ignore, "rules": ladders}
    if selection is not None:
        shared["select"] = selection
    audits, deliveries = {}, {}
    for name, told in _tables(at, "audits", said.get("audits", {})).items():
        own, deliveries[name] = _audit(_Place(path, f"[audits.{name}] "), told, exceptions)
        audits[name] = {**shared, **own, "ignore": {**ignore, **own.get("ignore", {})}}
    return Configuration(
        path,
        _choice(at, "fail-on", said["fail-on"], FAIL_ON) if "fail-on" in said else None,
        selection,
        ignore,
        ladders,
        audits,
        deliveries,
        tuple(exceptions.remarks),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A table in a file, for the errors that name it."""

    path: Path
    table: str

    def refuse(self, what: str) -> NoReturn:
        raise InputError(f"{self.path}: {self.table}{what}")

    def refuse_type(self, key: str, wanted: str, value: Any) -> NoReturn:
        self.refuse(f"{key} must be {wanted}, not {value!r}")


def _content(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"the configuration {path} cannot be read: {reason}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} cannot be read as TOML: it is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} cannot be read as TOML: {error}") from error
    if path.name != "pyproject.toml":
        return content
    said = content.get("tool", {}).get("mldebug")
    if not isinstance(said, dict):
        raise InputError(f"{path} has no table [tool.mldebug]")
    return said


def _require_known(at: _Place, said: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in said:
        if key not in keys:
            at.refuse(f"there is no key {key!r}; {nearest(key, keys)}")


def _tables(at: _Place, key: str, value: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict):
        at.refuse_type(key, f"tables [{key}.NAME]", value)
    for name, told in value.items():
        if not isinstance(told, dict):
            at.refuse_type(f"{key}.{name}", f"a table [{key}.{name}]", told)
    return value


def _text(at: _Place, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        at.refuse_type(key, "a text that is not empty and holds no NUL", value)
    return value


def _choice(at: _Place, key: str, value: Any, choices: tuple[Any, ...]) -> Any:
    if value not in choices:
        at.refuse_type(key, f"one of {', '.join(choices)}", value)
    return value


def _codes(at: _Place, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        at.refuse_type(key, 'a list of codes or families, such as ["LK401", "labels"]', value)
    try:
        selected(value, key, rules())
    except InputError as error:
        at.refuse(str(error))
    return tuple(value)


def _path(at: _Place, key: str, value: Any) -> Path:
    return at.path.parent / Path(_text(at, key, value)).expanduser()


def _runs(at: _Place, key: str, value: Any) -> list[Path]:
    paths = [value] if isinstance(value, str) else value
    if not isinstance(paths, list) or not paths or not all(isinstance(one, str) for one in paths):
        at.refuse_type(key, 'a path or a list of paths, such as ["runs/first"]', value)
    return [_path(at, key, one) for one in paths]


def _eval(at: _Place, key: str, value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 < value < 1:
            at.refuse_type(key, "a file, or a share of rows between 0 and 1", value)
        return value
    if not isinstance(value, str) or not value.strip():
        at.refuse_type(key, "a file, or a share of rows between 0 and 1", value)
    try:
        return share_or_path(value, at.path.parent)
    except InputError as error:
        at.refuse(str(error))


def _cv(at: _Place, key: str, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return scheme_or_path(_text(at, key, value), at.path.parent)


def _kinds(at: _Place, key: str, value: Any) -> dict[str, str]:
    listed = isinstance(value, list) and all(isinstance(one, str) for one in value)
    if not listed and not isinstance(value, dict):
        at.refuse_type(key, 'a table such as {zip = "category"} or a list ["zip=category"]', value)
    try:
        if listed:
            return kinds_of(value, key)
        return {column: known_kind(column, kind, key) for column, kind in value.items()}
    except InputError as error:
        at.refuse(str(error))


def _seed(at: _Place, key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        at.refuse_type(key, "a whole number that is not negative", value)
    return value


def _flag(at: _Place, key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        at.refuse_type(key, "true or false", value)
    return value


Reader = Callable[[_Place, str, Any], Any]
_ARGUMENTS: Mapping[str, tuple[str, Reader]] = {
    "train": ("train", _path),
    "eval": ("eval", _eval),
    "split-column": ("split_column", _text),
    "reference": ("reference", _path),
    "target": ("target", _text),
    "task": ("task", partial(_choice, choices=TASKS)),
    "kind": ("kinds", _kinds),
    "time": ("time", _text),
    "id": ("id", _text),
    "groups": ("groups", _text),
    "cv": ("cv", _cv),
    "predictions": ("predictions", _path),
    "run": ("run", _runs),
    "run-config": ("run_config", _path),
    "select": ("select", _codes),
    "device": ("device", partial(_choice, choices=DEVICES)),
    "seed": ("seed", _seed),
    "redact": ("redact", _flag),
}
"""The keys of an audit that are arguments of ``mldebug.audit``: its name there, and the reader."""

_DELIVERY: Mapping[str, tuple[str, Reader]] = {
    "fail-on": ("fail_on", partial(_choice, choices=FAIL_ON)),
    "report": ("report", _path),
    "json": ("json", _path),
}


def _audit(
    at: _Place, told: Mapping[str, Any], exceptions: _Exceptions
) -> tuple[dict[str, Any], Delivery]:
    _require_known(at, told, (*_ARGUMENTS, "ignore", *_DELIVERY))
    if "train" not in told and "run" not in told:
        at.refuse(
            "the key 'train' is missing; it names the training table ('run' names logged runs)"
        )
    arguments = _read(at, told, _ARGUMENTS)
    if "ignore" in told:
        arguments["ignore"] = exceptions.read(at, "ignore", told["ignore"])
    return arguments, Delivery(**_read(at, told, _DELIVERY))


def _read(
    at: _Place, told: Mapping[str, Any], readers: Mapping[str, tuple[str, Reader]]
) -> dict[str, Any]:
    there = {key: how for key, how in readers.items() if key in told}
    return {name: reader(at, key, told[key]) for key, (name, reader) in there.items()}


@dataclass(slots=True)
class _Exceptions:
    """The reader of ``ignore``; it keeps a remark for each exception that has expired."""

    today: date
    remarks: list[str] = field(default_factory=list)

    def read(self, at: _Place, key: str, value: Any) -> dict[str, str]:
        wanted = 'a list of tables such as {code = "LK401", reason = "known, see ticket 7"}'
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            at.refuse_type(key, wanted, value)
        reasons: dict[str, str] = {}
        for number, one in enumerate(value, 1):
            here = _Place(at.path, f"{at.table}{key}, entry {number}: ")
            _require_known(here, one, ("code", "reason", "expires"))
            for wanted_key in ("code", "reason"):
                if wanted_key not in one:
                    here.refuse(f"the key {wanted_key!r} is missing")
            code, reason = _text(here, "code", one["code"]), _text(here, "reason", one["reason"])
            _codes(here, "code", [code])
            expires = one.get("expires")
            if expires is not None and type(expires) is not date:
                here.refuse_type("expires", "a date such as 2027-01-31", expires)
            if expires is not None and expires < self.today:
                self.remarks.append(
                    f"{at.path}: ignoring {code} ended on {expires.isoformat()}; it counts again"
                )
            else:
                reasons[code] = reason
        return reasons
