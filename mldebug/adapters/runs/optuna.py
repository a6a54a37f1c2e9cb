"""Optuna: the SQLite storage of its studies; each trial is a run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mldebug.adapters.runs.growing import Growing, kept, points_of
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.sqlite_files import holds, is_sqlite, opened
from mldebug.errors import InputError

if TYPE_CHECKING:
    import sqlite3

RANK = 12
TRACKER = "Optuna"
TABLES = frozenset({"studies", "study_directions", "trials", "trial_params", "trial_values"})
STATES = {
    "COMPLETE": "finished",
    "PRUNED": "finished",
    "FAIL": "failed",
    "RUNNING": "running",
    "WAITING": "running",
}
DIRECTIONS = {"MINIMIZE": "lower", "MAXIMIZE": "higher"}
UNBOUNDED = {"INF_POS": float("inf"), "INF_NEG": float("-inf"), "NAN": float("nan")}
SERIES = {"lower": "eval/objective", "higher": "eval/score"}
"""What the values that a trial reports on its way are called; Optuna gives them no name."""


def recognises(path: Path) -> bool:
    """Whether a file is a storage of studies."""
    return is_sqlite(path) and holds(path, TABLES)


def logged(path: Path) -> Iterator[Logged]:
    """The trials, study by study, by their numbers."""
    with opened(path) as connection:
        directions: dict[int, list[str]] = {}
        for study, direction in connection.execute(
            "SELECT study_id, direction FROM study_directions ORDER BY study_id, objective"
        ):
            directions.setdefault(study, []).append(DIRECTIONS.get(str(direction), ""))
        params = _params(connection)
        values = _values(connection)
        series = _series(connection)
        trials = connection.execute(
            "SELECT t.trial_id, t.number, t.state, t.datetime_start, t.datetime_complete, "
            "s.study_id, s.study_name FROM trials t JOIN studies s ON s.study_id = t.study_id "
            "ORDER BY s.study_id, t.number, t.trial_id"
        ).fetchall()
    if not trials:
        raise InputError(f"--run: {path} holds no trial of Optuna; run the study first")
    several = len({row[5] for row in trials}) > 1
    unsaid = True
    for trial, number, state, began, ended, study, study_name in trials:
        config, space = params.get(trial, ({}, {}))
        reached = values.get(trial, {})
        record = {
            "study": str(study_name),
            "trial": number,
            "state": str(state).lower(),
            "status": STATES.get(str(state)),
            "started": _moment(began),
            "ended": _moment(ended),
            "space": space,
            **_reached(directions.get(study, []), reached),
        }
        name = f"{study_name}/trial {number}" if several else f"trial {number}"
        source = f"{path} ({study_name}, trial {number})"
        label = SERIES.get(str(record["direction"]), SERIES["higher"])
        points = points_of({label: series[trial]} if trial in series else {})
        remarks: tuple[str, ...] = ()
        if points and unsaid:
            unsaid = False
            remarks = ("what the trials reported on their way is taken for their evaluation",)
        yield Logged(name, source, TRACKER, points, config, kept(record), remarks=remarks)


def _reached(directions: list[str], values: Mapping[int, float]) -> dict[str, Any]:
    if len(directions) == 1:
        return {"direction": directions[0], "value": values.get(0)}
    return {"direction": tuple(directions), "value": tuple(values[key] for key in sorted(values))}


def _moment(told: Any) -> str | None:
    """Optuna's local time, as ISO 8601."""
    return str(told).replace(" ", "T", 1) if told else None


def _params(connection: sqlite3.Connection) -> dict[int, tuple[dict[str, Any], dict[str, Any]]]:
    found: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
    rows = connection.execute(
        "SELECT trial_id, param_name, param_value, distribution_json FROM trial_params "
        "ORDER BY param_id"
    )
    known: dict[str, tuple[str, dict[str, Any]]] = {}
    for trial, name, value, told in rows:
        text = str(told)
        if text not in known:
            known[text] = _distribution(text)
        kind, attributes = known[text]
        config, space = found.setdefault(trial, ({}, {}))
        config[str(name)] = _value(kind, attributes, value)
        space[str(name)] = attributes
    return found


def _distribution(text: str) -> tuple[str, dict[str, Any]]:
    """The kind of a distribution, and what it allows: ``low``, ``high``, ``log``, or ``choices``."""
    try:
        held = json.loads(text)
        kind, told = str(held["name"]), dict(held["attributes"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", {}
    if "choices" in told and isinstance(told["choices"], list):
        return kind, {"choices": tuple(told["choices"])}
    if "low" not in told or "high" not in told:
        return kind, {}
    log = bool(told.get("log")) or kind.startswith("LogUniform")
    return kind, {"low": told["low"], "high": told["high"], "log": log, "step": told.get("step")}


def _value(kind: str, attributes: Mapping[str, Any], value: Any) -> Any:
    choices = attributes.get("choices")
    if choices is not None:
        place = int(value) if isinstance(value, int | float) else -1
        return choices[place] if 0 <= place < len(choices) else None
    return round(value) if kind.startswith("Int") and isinstance(value, float) else value


def _values(connection: sqlite3.Connection) -> dict[int, dict[int, float]]:
    found: dict[int, dict[int, float]] = {}
    for trial, objective, value, kind in connection.execute(
        f"SELECT trial_id, objective, value, {_kind(connection, 'trial_values', 'value_type')} "  # noqa: S608
        "FROM trial_values ORDER BY trial_id, objective"
    ):
        found.setdefault(trial, {})[objective] = _number(value, kind)
    return found


def _kind(connection: sqlite3.Connection, table: str, column: str) -> str:
    """The column that tells infinities apart; older storages have none."""
    names = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    return column if (column,) in names else "'FINITE'"


def _number(value: Any, kind: Any) -> float:
    return UNBOUNDED.get(str(kind), float("nan") if value is None else float(value))


def _series(connection: sqlite3.Connection) -> dict[int, Growing]:
    table = "trial_intermediate_values"
    there = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()
    found: dict[int, Growing] = {}
    if not there or not there[0]:
        return found
    kind = _kind(connection, table, "intermediate_value_type")
    rows = connection.execute(
        f"SELECT trial_id, step, intermediate_value, {kind} FROM {table} "  # noqa: S608 - constants
        "ORDER BY trial_intermediate_value_id"
    )
    for trial, step, value, told in rows:
        found.setdefault(trial, Growing()).add(int(step), _number(value, told))
    return found
