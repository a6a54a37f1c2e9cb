"""DVCLive: a folder with a file of tab-separated values for each metric."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mldebug.adapters.runs.delimited import delimited_log, header_of
from mldebug.adapters.runs.documents import PINNING, companion
from mldebug.adapters.runs.growing import kept, moment, with_epochs
from mldebug.adapters.runs.logged import Logged, Points
from mldebug.adapters.runs.stored import names_in
from mldebug.errors import InputError

RANK = 20
TRACKER = "DVCLive"
METRICS = Path("plots") / "metrics"
STEP, TIME = "step", "timestamp"
ENDING = ".tsv"


def recognises(path: Path) -> bool:
    """Whether a folder holds TSV files under ``plots/metrics``."""
    return path.is_dir() and any(name.endswith(ENDING) for name in names_in(path / METRICS))


def logged(path: Path) -> Iterator[Logged]:
    """The run of the folder.

    Notes
    -----
    ``metrics.json`` holds the last values alone, which the series end with, and is not read.
    """
    points: list[Points] = []
    remarks: list[str] = []
    for name in names_in(path / METRICS):
        if name.endswith(ENDING):
            found, said = _points(path / METRICS / name, name.removesuffix(ENDING))
            points += [found] if found is not None else []
            remarks += said
    if not points:
        where = path / METRICS
        raise InputError(f"--run: the files in {where} hold no point; log at least one step")
    config, said_of = companion(path / "params.yaml")
    began = [float(one.times.min()) for one in points if one.times is not None and len(one.times)]
    record: dict[str, Any] = {
        "started": moment(min(began)) if began else None,
        "environment": tuple(name for name in PINNING if (path / name).is_file()),
        "artifacts": names_in(path / "artifacts"),
    }
    yield Logged(
        path.resolve().name,
        str(path),
        TRACKER,
        with_epochs(points),
        config,
        kept(record),
        remarks=(*remarks, *said_of),
    )


def _points(path: Path, name: str) -> tuple[Points | None, tuple[str, ...]]:
    """The points of one file; a row without a step or a value is left out and told."""
    import numpy as np

    header = header_of(path)
    if header is None or STEP not in header.names:
        return None, (f"{path} is empty or has no column step, and was left out",)
    try:
        log = delimited_log(path, header)
    except InputError as error:
        return None, (str(error).removeprefix("--run: "),)
    measured = [one for one in log.numbers if one not in (STEP, TIME)]
    if not measured or STEP not in log.numbers:
        return None, (*log.remarks, f"{path} holds no point and was left out")
    rows = {one: np.full(log.n_rows, np.nan) for one in log.numbers}
    there = {one: np.zeros(log.n_rows, dtype=bool) for one in log.numbers}
    for one, held in log.numbers.items():
        at = slice(None) if held.rows is None else held.rows
        rows[one][at], there[one][at] = held.values, True
    whole = there[STEP] & there[measured[0]] & np.isfinite(rows[STEP])
    lost = log.n_rows - int(np.count_nonzero(whole))
    lines = "1 row" if lost == 1 else f"{lost:,} rows"
    said = (f"{lines} of {path} without a step or a value were left out",) if lost else ()
    points = Points(
        name,
        rows[measured[0]][whole],
        rows[STEP][whole].astype(np.int64),
        None,
        rows[TIME][whole] / 1000 if TIME in rows and bool(there[TIME][whole].all()) else None,
    )
    return points, (*log.remarks, *said)
