"""Weights & Biases offline: ``run-<id>.wandb``, read without its library."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mldebug.adapters.runs import leveldb, wire
from mldebug.adapters.runs.documents import head_of
from mldebug.adapters.runs.growing import EPOCHS, Growing, kept, moment, points_of
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.stored import told
from mldebug.adapters.runs.wire import WireError, fields
from mldebug.errors import InputError

RANK = 11
TRACKER = "W&B"
ENDING = ".wandb"
HEADER = struct.Struct("<4sHB")
MARK, MAGIC = b":W&B", 0xBEE1
HISTORY, SUMMARY, CONFIG, FILES, ARTIFACT, METRIC = 2, 3, 5, 6, 8, 12
RUN, EXIT, USED, ENVIRONMENT = 17, 18, 25, 26
"""The kinds of record that are read, by their field numbers."""
OWN = "_"
"""Keys of W&B's own begin so."""
DATASET = "dataset"
LARGEST_STEP = 1e18
DEEPEST = 8


def recognises(path: Path) -> bool:
    """Whether a path is a file of an offline run, or the folder of one."""
    if path.is_dir():
        return len(_files(path)) == 1
    return path.suffix == ENDING and path.is_file()


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.glob("run-*" + ENDING) if one.is_file())
    except OSError:
        return []


@dataclass(slots=True)
class _Run:
    """What the records of a file have said so far."""

    series: dict[str, Growing] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    axes: dict[str, str] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)
    data: dict[str, str | None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    name: str = ""
    began: float | None = None
    runtime: float | None = None
    unread: int = 0


def logged(path: Path) -> Iterator[Logged]:
    """The run of a file or folder.

    Notes
    -----
    O(bytes). Of a file that is damaged or cut off, as that of a run which still goes on, what comes
    before is kept, and a remark says so.
    """
    source = path
    path = _files(path)[0] if path.is_dir() else path
    head = head_of(path, HEADER.size)
    if len(head) < HEADER.size or HEADER.unpack(head)[:2] != (MARK, MAGIC):
        what = "is empty" if not head else "is no file of an offline run of W&B"
        raise InputError(f"--run: {path} {what}; give the run-<id>.wandb of WANDB_MODE=offline")
    run, fault, count = _Run(), "", 0
    try:
        for record in leveldb.records(path, HEADER.size):
            count += 1
            try:
                _take(run, record)
            except (WireError, struct.error, ValueError):
                run.unread += 1
    except leveldb.DamageError as error:
        fault = str(error)
    if not count:
        why = fault or "holds no record"
        raise InputError(f"--run: {path} {why}, and nothing could be read before; copy it again")
    remarks = [f"{path} {fault}; what comes before is kept"] if fault else []
    if run.unread:
        records = "1 record" if run.unread == 1 else f"{run.unread:,} records"
        remarks.append(f"{records} of {path} could not be read and were left out")
    points = points_of(run.series)
    name = run.name or path.stem.removeprefix("run-")
    yield Logged(
        name,
        str(source),
        TRACKER,
        points,
        run.config,
        _record(run),
        remarks=tuple(remarks),
    )


def _record(run: _Run) -> dict[str, Any]:
    ended = None
    if "status" in run.record and run.began is not None and run.runtime is not None:
        ended = moment(run.began + run.runtime)
    dirty = None
    if run.record.get("code_version"):
        dirty = any(name.endswith("diff.patch") for name in run.files)
    return kept(
        {
            "status": "running",
            **run.record,
            "started": moment(run.began),
            "ended": ended,
            "code_dirty": dirty,
            "data": run.data,
            **told(run.files),
        }
    )


def _take(run: _Run, record: bytes) -> None:
    for number, held in fields(record):
        if number in _TAKEN:
            _TAKEN[number](run, held)


def _history(run: _Run, held: int | bytes) -> None:
    row: dict[tuple[str, ...], Any] = {}
    step = 0
    for number, one in fields(held):
        if number == 1:
            names, value = _item(one)
            row[tuple(names)] = value
        elif number == 2:
            told_step = wire.first(one, 1)
            step = wire.signed(told_step) if isinstance(told_step, int) else 0
    own = row.get(("_step",))
    step = own if isinstance(own, int) else step
    time = _number(row.get(("_timestamp",)))
    epoch = next((_number(row[key,]) for key in EPOCHS if (key,) in row), None)
    media = {names[:-1] for names in row if names[-1:] == ("_type",)}
    for path, value in _flat(row):
        name = ".".join(path)
        if not name or name.startswith(OWN) or (media and path[:-1] in media):
            continue
        point = _number(value)
        if point is None:
            continue
        at = _number(row.get((_axis(run, name),)))
        place = step if at is None or at != at // 1 or abs(at) > LARGEST_STEP else int(at)
        run.series.setdefault(name, Growing()).add(place, point, time, epoch)


def _axis(run: _Run, name: str) -> str:
    """The metric that counts a series' steps, if the run defined one."""
    if name not in run.axes:
        fits = [axis for form, axis in run.axes.items() if "*" in form and fnmatchcase(name, form)]
        run.axes[name] = fits[-1] if fits else ""
    return run.axes[name]


def _flat(
    row: Mapping[tuple[str, ...], Any], depth: int = 0
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of a row by nested names; tables, images and histograms are left out."""
    for names, value in row.items():
        if not isinstance(value, Mapping):
            yield names, value
        elif "_type" not in value and depth < DEEPEST:
            yield from _flat({(*names, str(key)): one for key, one in value.items()}, depth + 1)


def _number(value: Any) -> float | None:
    if isinstance(value, bool | int | float):
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    named = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}
    return float(named[value]) if isinstance(value, str) and value in named else None


def _item(held: int | bytes) -> tuple[list[str], Any]:
    """The name, perhaps nested, and the value of an item of a history, summary or configuration."""
    names: list[str] = []
    value: Any = None
    for number, one in fields(held):
        if number == 1:
            names = [wire.text(one)] if one else names
        elif number == 2:
            names.append(wire.text(one))
        elif number in (8, 16):
            value = _json(wire.text(one))
        elif number == 4:
            value = bool(one)
        elif number == 5 and isinstance(one, int):
            value = wire.zigzag(one)
        elif number == 6:
            value = wire.double(one)
        elif number == 7:
            value = wire.text(one)
    return names, value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise WireError("a value is nested too deeply") from None


def _config(run: _Run, held: int | bytes) -> None:
    for number, one in fields(held):
        if number == 1:
            names, value = _item(one)
            if names and names[0] != "_wandb":
                run.config[".".join(names)] = value
        elif number == 2:
            run.config.pop(".".join(_item(one)[0]), None)


def _summary(run: _Run, held: int | bytes) -> None:
    for number, one in fields(held):
        if number == 1:
            names, value = _item(one)
            if names in (["_wandb", "runtime"], ["_runtime"]) and isinstance(value, int | float):
                run.runtime = max(run.runtime or 0.0, float(value))


def _begun(run: _Run, held: int | bytes) -> None:
    last = dict(fields(held))
    run.name = wire.text(last.get(8, b"")) or run.name
    run.record["user"] = wire.text(last.get(2, b"")) or run.record.get("user")
    if 4 in last:
        _config(run, last[4])
    run.began = _time(last[17]) if 17 in last else run.began
    if 21 in last:
        _git(run, last[21])


def _time(held: int | bytes) -> float:
    last = {number: one for number, one in fields(held) if isinstance(one, int)}
    return wire.signed(last.get(1, 0)) + last.get(2, 0) / 1e9


def _git(run: _Run, held: int | bytes) -> None:
    run.record["code_version"] = wire.text(wire.first(held, 2) or b"") or None


def _environment(run: _Run, held: int | bytes) -> None:
    last = dict(fields(held))
    user = wire.text(last.get(13, b"")) or wire.text(last.get(10, b""))
    run.record["user"] = run.record.get("user") or user or None
    if 9 in last:
        _git(run, last[9])


def _exit(run: _Run, held: int | bytes) -> None:
    last = dict(fields(held))
    run.record["status"] = "failed" if last.get(1) else "finished"
    runtime = last.get(2)
    if isinstance(runtime, int) and runtime:
        run.runtime = max(run.runtime or 0.0, float(runtime))


def _stored(run: _Run, held: int | bytes) -> None:
    for number, one in fields(held):
        name = wire.text(wire.first(one, 1) or b"") if number == 1 else ""
        if name:
            run.files[name] = None


def _artifact(run: _Run, held: int | bytes) -> None:
    last = dict(fields(held))
    name = wire.text(last.get(5, b""))
    if wire.text(last.get(4, b"")) == DATASET:
        run.data[name] = wire.text(last.get(6, b"")) or None
    elif name:
        run.files[name] = None


def _used(run: _Run, held: int | bytes) -> None:
    last = dict(fields(held))
    if wire.text(last.get(2, b"")) == DATASET:
        name = wire.text(last.get(3, b"")) or wire.text(last.get(1, b""))
        run.data.setdefault(name, None)


def _metric(run: _Run, held: int | bytes) -> None:
    last = dict(fields(held))
    name = wire.text(last.get(1, b"")) or wire.text(last.get(2, b""))
    axis = wire.text(last.get(4, b""))
    if name and axis:
        run.axes[name] = axis


_TAKEN = {
    HISTORY: _history,
    SUMMARY: _summary,
    CONFIG: _config,
    FILES: _stored,
    ARTIFACT: _artifact,
    METRIC: _metric,
    RUN: _begun,
    EXIT: _exit,
    USED: _used,
    ENVIRONMENT: _environment,
}
