"""MLflow's file store: ``mlruns/<experiment>/<run>/``, a file for each metric, parameter and tag."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mldebug.adapters.runs.documents import head_of, yaml_at
from mldebug.adapters.runs.growing import Growing, kept, points_of
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.stored import names_in, told
from mldebug.errors import InputError

META = "meta.yaml"
STATES = {"1": "running", "2": "running", "3": "finished", "4": "failed", "5": "killed"}
"""The status of a run as its file numbers it; newer versions write the word."""
LONGEST_TEXT = 1 << 16


def is_store(folder: Path) -> bool:
    """Whether a folder is a file store, one of its experiments, or one of its runs."""
    return (
        _is_run(folder) or _is_experiment(folder) or any(_is_experiment(one) for one in _in(folder))
    )


def _in(folder: Path) -> list[Path]:
    """The folders in a folder; links are left out, so that no loop is walked."""
    try:
        with os.scandir(folder) as inside:
            names = [one.name for one in inside if one.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [folder / name for name in sorted(names) if not name.startswith(".")]


def _says(folder: Path, *keys: bytes) -> bool:
    head = head_of(folder / META)
    lines = {line.split(b":")[0] for line in head.splitlines()}
    return all(key in lines for key in keys)


def _is_run(folder: Path) -> bool:
    return _says(folder, b"experiment_id", b"artifact_uri") and not _is_experiment(folder)


def _is_experiment(folder: Path) -> bool:
    return _says(folder, b"experiment_id", b"artifact_location")


def runs_of_store(folder: Path) -> Iterator[Logged]:
    """The runs in the order of their folders; those that were deleted are left out of a store."""
    if _is_run(folder):
        yield _run(folder)
        return
    experiments = (
        [folder] if _is_experiment(folder) else [one for one in _in(folder) if _is_experiment(one)]
    )
    count = 0
    for experiment in experiments:
        for inside in _in(experiment):
            if _is_run(inside) and b"lifecycle_stage: deleted" not in head_of(inside / META):
                count += 1
                yield _run(inside)
    if not count:
        raise InputError(f"--run: {folder} is a store of MLflow that holds no run")


def _run(folder: Path) -> Logged:
    from mldebug.adapters.runs.mlflow import STATES as NAMED
    from mldebug.adapters.runs.mlflow import TRACKER, record_of

    meta, remarks = _mapping(folder / META)
    tags = _texts(folder / "tags")
    record = record_of(tags, meta.get("user_id"), meta.get("start_time"), meta.get("end_time"))
    status = str(meta.get("status"))
    record["status"] = STATES.get(status) or NAMED.get(status)
    record["code_version"] = record["code_version"] or meta.get("source_version")
    record["data"] = _data(folder)
    record |= told(names_in(folder / "artifacts"))
    series, unread = {}, 0
    for name in names_in(folder / "metrics"):
        series[name], bad = _metric(folder / "metrics" / name)
        unread += bad
    if unread:
        lines = "1 line is" if unread == 1 else f"{unread:,} lines are"
        remarks = (*remarks, f"{lines} cut off or no point in the metrics of {folder}")
    name = str(meta.get("run_name") or tags.get("mlflow.runName") or folder.name)
    return Logged(
        name,
        str(folder),
        TRACKER,
        points_of(series),
        _texts(folder / "params"),
        kept(record),
        remarks=remarks,
    )


def _mapping(path: Path) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    held, remarks = yaml_at(path)
    if not isinstance(held, Mapping):
        raise InputError(f"--run: {path} holds no settings by name; restore the file of MLflow")
    return held, remarks


def _texts(folder: Path) -> dict[str, str]:
    return {
        name: head_of(folder / name, LONGEST_TEXT).decode("utf-8", "replace").rstrip("\n")
        for name in names_in(folder)
    }


def _metric(path: Path) -> tuple[Growing, int]:
    """The points of one file, lines of milliseconds, value and step; how many lines are none."""
    growing, bad = Growing(), 0
    try:
        with path.open("rb") as file:
            for line in file:
                parts = line.split()
                try:
                    time, value = float(parts[0]), float(parts[1])
                    step = int(parts[2]) if len(parts) > 2 else 0
                except (IndexError, ValueError):
                    bad += bool(parts)
                    continue
                growing.add(step, value, time / 1000)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError(f"--run: {path} cannot be read: {why}") from error
    return growing, bad


def _data(folder: Path) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for inside in _in(folder / "inputs"):
        given, _ = _mapping(inside / META) if (inside / META).is_file() else ({}, ())
        identity = str(given.get("source_id", ""))
        place = folder.parent / "datasets" / identity / META
        if not identity.isalnum() or not place.is_file():
            continue
        described, _ = _mapping(place)
        tags = given.get("tags")
        context = tags.get("mlflow.data.context") if isinstance(tags, Mapping) else None
        name = str(described.get("name") or identity)
        label = f"{name} ({context})" if context else name
        found[label] = str(described["digest"]) if described.get("digest") else None
    return found
