"""MLflow: its SQLite database, and the folders of its older file store."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from mldebug.adapters.runs import mlflow_files
from mldebug.adapters.runs.growing import Growing, kept, moment, points_of
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.sqlite_files import columns_of, holds, is_sqlite, opened
from mldebug.adapters.runs.stored import names_in, told
from mldebug.errors import InputError

if TYPE_CHECKING:
    import sqlite3

RANK = 10
TRACKER = "MLflow"
NAMES = ("mlflow.db", "mlflow.sqlite", "mlruns.db")
TABLES = frozenset({"experiments", "runs", "metrics", "params", "tags"})
BATCH = 1 << 10
"""Rows at a time; more of them leave the processor's cache."""
FEW_SERIES = 64
"""So many series at most are told apart by the query itself."""
LARGEST = 1.7976931348623157e308
"""MLflow's database holds an infinity as the largest number that is none."""
FIELDS = (
    "run_uuid",
    "name",
    "user_id",
    "status",
    "start_time",
    "end_time",
    "source_version",
    "artifact_uri",
    "experiment_id",
)
STATES = {
    "FINISHED": "finished",
    "FAILED": "failed",
    "KILLED": "killed",
    "RUNNING": "running",
    "SCHEDULED": "running",
}


def recognises(path: Path) -> bool:
    """Whether a path is a database of MLflow, or a folder of its file store, an experiment or a run."""
    if path.is_dir():
        return mlflow_files.is_store(path)
    if is_sqlite(path):
        return holds(path, TABLES)
    return path.is_file() and path.name in NAMES


def logged(path: Path) -> Iterator[Logged]:
    """The runs, those that were deleted left out.

    Notes
    -----
    One pass over the metrics, in the order in which they were logged; 24 bytes a point.
    """
    if path.is_dir():
        yield from mlflow_files.runs_of_store(path)
        return
    columns = columns_of(path)
    with opened(path) as connection:
        runs = _runs(connection)
        if not runs:
            raise InputError(f"--run: {path} holds no run of MLflow that was not deleted")
        params = _pairs(connection, "params")
        tags = _pairs(connection, "tags")
        data = _data(connection) if {"datasets", "inputs"} <= columns.keys() else {}
        series = _series(connection, runs.keys())
    for key, row in runs.items():
        own = tags.get(key, {})
        name = str(row["name"] or own.get("mlflow.runName") or key)
        record = record_of(own, row["user_id"], row["start_time"], row["end_time"])
        record["status"] = STATES.get(str(row["status"]))
        record["code_version"] = record.get("code_version") or row["source_version"]
        record["data"] = data.get(key)
        record |= told(names_in(_artifacts(path, key, row)))
        points = points_of(series.pop(key, {}))
        source = f"{path} ({key})"
        yield Logged(name, source, TRACKER, points, params.get(key, {}), kept(record))


def _runs(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    found = connection.execute(
        f"SELECT {', '.join('r.' + one for one in FIELDS)} FROM runs r "  # noqa: S608 - constants
        "LEFT JOIN experiments e ON e.experiment_id = r.experiment_id "
        "WHERE coalesce(r.lifecycle_stage, '') <> 'deleted' "
        "AND coalesce(e.lifecycle_stage, '') <> 'deleted' ORDER BY r.start_time, r.rowid"
    )
    return {str(row[0]): dict(zip(FIELDS, row, strict=True)) for row in found}


def _pairs(connection: sqlite3.Connection, table: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    rows = connection.execute(f"SELECT run_uuid, key, value FROM {table} ORDER BY rowid")  # noqa: S608
    for run, key, value in rows:
        found.setdefault(str(run), {})[str(key)] = "" if value is None else str(value)
    return found


def _data(connection: sqlite3.Connection) -> dict[str, dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = {}
    rows = connection.execute(
        "SELECT i.destination_id, d.name, d.digest, t.value FROM inputs i "
        "JOIN datasets d ON d.dataset_uuid = i.source_id "
        "LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context' "
        "WHERE i.source_type = 'DATASET' ORDER BY i.rowid"
    )
    for run, name, digest, context in rows:
        label = f"{name} ({context})" if context else str(name)
        found.setdefault(str(run), {})[label] = str(digest) if digest else None
    return found


def record_of(tags: Mapping[str, str], user: Any, started: Any, ended: Any) -> dict[str, Any]:
    """What MLflow's tags and times, in milliseconds since 1970, say of a run."""
    dirty = tags.get("mlflow.git.dirty") or tags.get("mlflow.source.git.dirty")
    return {
        "user": user or tags.get("mlflow.user"),
        "started": _moment(started),
        "ended": _moment(ended),
        "code_version": tags.get("mlflow.source.git.commit") or tags.get("mlflow.git.commit"),
        "code_dirty": None if not dirty else dirty.lower() == "true",
    }


def _moment(milliseconds: Any) -> str | None:
    return moment(milliseconds / 1000) if isinstance(milliseconds, int | float) else None


def _artifacts(path: Path, run: str, row: Mapping[str, Any]) -> Path:
    """Where the files of a run lie; only beside the database is looked, wherever it says."""
    root = path.resolve().parent
    told_place = Path(unquote(urlsplit(str(row["artifact_uri"] or "")).path))
    if told_place.is_absolute() and told_place.resolve().is_relative_to(root):
        return told_place
    moved = root / "mlruns" / str(row["experiment_id"]) / run / "artifacts"
    return moved if moved.resolve().is_relative_to(root) else root / "mlruns" / "none"


def _series(
    connection: sqlite3.Connection, wanted: Collection[str]
) -> dict[str, dict[str, Growing]]:
    """The metrics of each run: one pass in the order of the rows, batch by batch parted by series.

    NaN comes as an infinity, which the table never holds, as None would leave the fast path.
    """
    import numpy as np

    pairs = connection.execute("SELECT DISTINCT run_uuid, key FROM metrics").fetchall()
    codes = {pair: number for number, pair in enumerate(pairs)}
    growing = [Growing() for _ in pairs]
    first = [0] * len(pairs)
    few = len(pairs) <= FEW_SERIES
    what, bound = _coded(codes) if few else ("run_uuid, key", [])
    with closing(connection.cursor()) as cursor:
        cursor.execute(
            "SELECT step, CASE WHEN is_nan THEN 9e999 ELSE value END, timestamp, "  # noqa: S608
            f"{what} FROM metrics ORDER BY rowid",
            bound,
        )
        rows_before = 0
        while rows := cursor.fetchmany(BATCH):
            steps_told, values_told, times_told, *told_series = zip(*rows, strict=True)
            steps = np.array(steps_told, dtype=np.int64)
            values = np.array(values_told, dtype=np.float64)
            times = np.array(times_told, dtype=np.float64) / 1000
            values[np.isposinf(values)] = np.nan
            values[np.abs(values) >= LARGEST] *= np.inf
            numbers = (
                told_series[0] if few else [codes[pair] for pair in zip(*told_series, strict=True)]
            )
            code = np.array(numbers, dtype=np.int64)
            order = np.argsort(code, kind="stable")
            for part in np.split(order, np.flatnonzero(np.diff(code[order])) + 1):
                number = code[part[0]]
                if not len(growing[number].values):
                    first[number] = rows_before + int(part[0])
                growing[number].extend(steps[part], values[part], times[part])
            rows_before += len(rows)
    found: dict[str, dict[str, Growing]] = {}
    for number in sorted(range(len(pairs)), key=first.__getitem__):
        run, key = pairs[number]
        if run in wanted:
            found.setdefault(run, {})[str(key)] = growing[number]
    return found


def _coded(codes: Mapping[tuple[Any, Any], int]) -> tuple[str, list[Any]]:
    """An expression that numbers the series of a row, and what is bound in it."""
    if not codes:
        return "0", []
    bound: list[Any] = []
    expression = "CASE run_uuid"
    for run in dict.fromkeys(pair[0] for pair in codes):
        expression += " WHEN ? THEN CASE key"
        bound.append(run)
        for (its_run, key), number in codes.items():
            if its_run == run:
                expression += f" WHEN ? THEN {number}"
                bound.append(key)
        expression += " END"
    return expression + " END", bound
