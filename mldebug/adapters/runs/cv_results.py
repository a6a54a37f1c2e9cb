"""The ``cv_results_`` of a search by scikit-learn, saved as CSV or JSON; each candidate is a run."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mldebug.adapters.runs.delimited import header_of
from mldebug.adapters.runs.documents import head_of, json_at, text_of
from mldebug.adapters.runs.growing import kept
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.settings import number_of
from mldebug.errors import InputError

RANK = 18
TRACKER = "cv_results_"
MEAN, RANKED, PARAM, PARAMS = "mean_test_", "rank_test_", "param_", "params"
MASKED = ("", "--", None)
"""What stands for a hyperparameter that a candidate does not have."""


def recognises(path: Path) -> bool:
    """Whether a file is a table or an object with the keys that ``cv_results_`` has."""
    if path.suffix.lower() == ".json":
        head = head_of(path)
        return b'"mean_fit_time"' in head and (b'"params"' in head or b'"param_' in head)
    header = header_of(path)
    return header is not None and all(
        any(name.startswith(start) for name in header.names) for start in (MEAN, PARAM)
    )


def logged(path: Path) -> Iterator[Logged]:
    """The candidates in the order of the search.

    Notes
    -----
    Of several metrics the first is told. Every score of scikit-learn is better if it is higher.
    """
    rows = _of_json(path) if path.suffix.lower() == ".json" else _of_table(path)
    if not rows:
        raise InputError(
            f"--run: {path} holds no candidate; save the cv_results_ of a fitted search"
        )
    metrics = [key.removeprefix(MEAN) for key in rows[0] if key.startswith(MEAN)]
    if not metrics:
        raise InputError(f"--run: {path} has no mean_test_score; save the whole cv_results_")
    metric = metrics[0]
    split = re.compile(rf"split(\d+)_test_{re.escape(metric)}")
    found = {int(told.group(1)): key for key in rows[0] if (told := split.fullmatch(key))}
    remarks: tuple[str, ...] = ()
    if len(metrics) > 1:
        remarks = (f"of the {len(metrics)} metrics of {path} the first, {metric!r}, is read",)
    for number, row in enumerate(rows):
        value = _number(row.get(MEAN + metric))
        record: dict[str, Any] = {
            "study": path.stem,
            "trial": number,
            "state": "fail" if value is None or math.isnan(value) else "complete",
            "value": value,
            "direction": "higher",
            "folds": tuple(_number(row[found[fold]]) for fold in sorted(found)),
        }
        yield Logged(
            f"candidate {number}",
            f"{path} (candidate {number})",
            TRACKER,
            (),
            _config(row),
            kept(record),
            remarks=() if number else remarks,
        )


def _config(row: Mapping[str, Any]) -> dict[str, Any]:
    given = row.get(PARAMS)
    if isinstance(given, Mapping):
        return {str(key): one for key, one in given.items()}
    return {
        key.removeprefix(PARAM): one
        for key, one in row.items()
        if key.startswith(PARAM) and one not in MASKED
    }


def _number(cell: Any) -> float | None:
    told = number_of(cell) if isinstance(cell, str) else cell
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return float(told)


def _of_table(path: Path) -> list[dict[str, Any]]:
    header = header_of(path)
    assert header is not None
    lines = text_of(path).splitlines(keepends=True)[header.lines :]
    reader = csv.reader(lines, delimiter=header.delimiter)
    return [dict(zip(header.names, row, strict=False)) for row in reader if row]


def _of_json(path: Path) -> list[dict[str, Any]]:
    """The rows of an object of columns, or of a list of rows."""
    held = json_at(path)
    if isinstance(held, list):
        return [row for row in held if isinstance(row, dict)]
    if not isinstance(held, Mapping):
        return []
    columns = {
        str(key): list(one.values()) if isinstance(one, Mapping) else one
        for key, one in held.items()
        if isinstance(one, list | Mapping)
    }
    length = max((len(one) for key, one in columns.items() if key.startswith(MEAN)), default=0)
    return [
        {key: one[place] for key, one in columns.items() if place < len(one)}
        for place in range(length)
    ]
