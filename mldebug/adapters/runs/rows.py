"""A log as a table, told as runs: which column numbers the rows, which tells the runs apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mldebug.adapters.runs.cells import Cells, Log, Words, seconds_in
from mldebug.adapters.runs.logged import Logged, Points

if TYPE_CHECKING:
    import numpy as np

STEPS = (
    "step",
    "global_step",
    "trainer/global_step",
    "_step",
    "steps",
    "iteration",
    "iterations",
    "iter",
    "num_updates",
    "update",
    "timestep",
    "timesteps",
    "total_timesteps",
    "time/total_timesteps",
    "boosting_round",
    "batch",
)
EPOCHS = ("epoch", "epochs", "current_epoch", "trainer/epoch", "_epoch")
TIMES = (
    "timestamp",
    "_timestamp",
    "wall time",
    "wall_time",
    "walltime",
    "time",
    "datetime",
    "date",
)
RUNS = (
    "run_id",
    "run_uuid",
    "run_name",
    "run",
    "trial_id",
    "trial",
    "experiment",
    "experiment_id",
    "name",
    "seed",
)
METRICS = ("metric", "metric_name", "key", "tag", "name", "variable")
VALUE = "value"
IGNORED = ("", "unnamed: 0", "index", "level_0")
"""Columns that number the rows of a frame and say nothing of the run."""
MOST_IN_ONE = 10_000
"""Runs that one file may hold; more are cells, not names."""
EARLIEST = 5e8
LATEST = 5e9
FARTHEST = 2.0**62
"""Seconds since 1970 that a point may have been logged at; in milliseconds a thousandfold."""


def is_numbered(names: Iterable[str]) -> bool:
    """Whether one of these columns numbers the rows of a log."""
    there = {name.strip().lower() for name in names}
    return not there.isdisjoint((*STEPS, *EPOCHS))


def naming_columns(names: Iterable[str]) -> list[str]:
    """The columns whose texts tell runs or metrics apart."""
    wanted = {*RUNS, *METRICS}
    return [name for name in names if name.lower() in wanted]


def timing_columns(names: Iterable[str]) -> list[str]:
    """The columns that may tell when a row was logged."""
    return [name for name in names if name.lower() in TIMES]


def runs_in(log: Log, about: Logged) -> Iterator[Logged]:
    """The runs of a log, each with a series for every column of numbers.

    Parameters
    ----------
    log : Log
        The columns.
    about : Logged
        What is known beside the points; the points are left out of it.

    Notes
    -----
    A column named run, run_id, trial, name or seed that has several values, each in several rows,
    tells runs apart. Rows whose steps begin again without such a column stay one run, as they were
    logged. O(n log n) in the cells.
    """
    numbers = {name: one for name, one in log.numbers.items() if name.lower() not in IGNORED}
    lower = {name.lower(): name for name in (*log.words, *numbers)}
    keys = _long(log, numbers, lower)
    codes, labels, chosen = _groups(log, numbers, lower, without=keys)
    for name in chosen:
        numbers.pop(name, None)
    axis = _axis(log.n_rows, numbers, log, lower)
    about = replace(about, remarks=(*about.remarks, *log.remarks))
    for group, label in enumerate(labels):
        one = None if len(labels) == 1 else codes == group
        points = _points(numbers, axis, one, log, keys)
        if points:
            told = dict(zip(chosen, label, strict=True))
            name = f"{about.name}: {', '.join(label)}" if len(labels) > 1 else about.name
            yield replace(about, name=name, points=points, config={**about.config, **told})


def _long(log: Log, numbers: Mapping[str, Cells], lower: Mapping[str, str]) -> str | None:
    """The column of a long log that names what each row's value is of; None of a wide log."""
    if VALUE not in lower or lower[VALUE] not in numbers:
        return None
    numbering = {*STEPS, *EPOCHS, *TIMES, *RUNS, VALUE}
    if any(name.lower() not in numbering for name in numbers):
        return None
    return next((lower[key] for key in METRICS if lower.get(key) in log.words), None)


def _groups(
    log: Log, numbers: Mapping[str, Cells], lower: Mapping[str, str], *, without: str | None
) -> tuple[Any, list[tuple[str, ...]], list[str]]:
    """Each row's run, the label of each run by the columns that tell them apart, these columns."""
    import numpy as np

    codes = np.zeros(log.n_rows, dtype=np.int64)
    labels: list[tuple[str, ...]] = [()]
    chosen: list[str] = []
    for key in RUNS:
        name = lower.get(key)
        if name is None or name == without:
            continue
        if name in log.words:
            own, texts = log.words[name].codes, list(log.words[name].labels)
            if (own < 0).any():
                own, texts = np.where(own < 0, len(texts), own), [*texts, "unnamed"]
        elif numbers[name].rows is None:
            values, own = np.unique(numbers[name].values, return_inverse=True)
            texts = [f"{value:g}" for value in values]
        else:
            continue
        together, first, joint = np.unique(
            codes * len(texts) + own, return_index=True, return_inverse=True
        )
        if len(together) > min(MOST_IN_ONE, max(log.n_rows // 2, 1)):
            continue
        # In the order in which they were logged.
        order = np.argsort(first, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        pairs = [divmod(int(one), len(texts)) for one in together[order]]
        word = f"{key} " if texts and texts[0].replace(".", "").isdigit() else ""
        labels = [(*labels[before], f"{word}{texts[now]}") for before, now in pairs]
        codes = place[joint]
        chosen.append(name)
    return codes, labels, chosen


def _axis(
    n_rows: int, numbers: dict[str, Cells], log: Log, lower: Mapping[str, str]
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """Each row's step, epoch and time, taken out of the numbers."""
    steps = _taken(numbers, lower, STEPS, n_rows)
    epochs = _taken(numbers, lower, EPOCHS, n_rows)
    times = None
    for key in TIMES:
        name = lower.get(key, "")
        seconds = _seconds(numbers[name]) if name in numbers else None
        if seconds is not None:
            numbers.pop(name)
            times = _filled(seconds, n_rows)
        elif name in log.words:
            times = _told_times(log.words[name])
        if times is not None:
            break
    return _counted(steps, epochs, n_rows), epochs, times


def _taken(
    numbers: dict[str, Cells], lower: Mapping[str, str], keys: Iterable[str], n_rows: int
) -> np.ndarray | None:
    for key in keys:
        name = lower.get(key, "")
        if name in numbers:
            return _filled(numbers.pop(name), n_rows)
    return None


def _counted(steps: np.ndarray | None, epochs: np.ndarray | None, n_rows: int) -> np.ndarray:
    """The step of each row as an integer: as logged, or the epoch, or the number of the row."""
    import numpy as np

    if steps is not None and epochs is not None and _counts_within(steps, epochs):
        steps = None
    elif steps is None and epochs is not None and _numbers_rows(epochs):
        steps = epochs
    if steps is None or not _is_whole(steps):
        return np.arange(n_rows, dtype=np.int64)
    if n_rows and not -FARTHEST < float(steps.min()) <= float(steps.max()) < FARTHEST:
        steps = np.clip(steps, -FARTHEST, FARTHEST)
    return steps.astype(np.int64, copy=False)


def _filled(held: Cells, n_rows: int) -> np.ndarray:
    """A number for each row: where a row has none, or NaN, that of the row before."""
    import numpy as np

    if held.rows is None and not np.isnan(np.sum(held.values)):
        return held.values
    full = np.full(n_rows, np.nan)
    full[slice(None) if held.rows is None else held.rows] = held.values
    last = np.maximum.accumulate(np.where(np.isnan(full), 0, np.arange(n_rows)))
    filled = full[last]
    first = filled[~np.isnan(filled)]
    return np.where(np.isnan(filled), first[0] if len(first) else 0.0, filled)


def _is_whole(values: np.ndarray) -> bool:
    import numpy as np

    return values.dtype.kind == "i" or bool((values == np.floor(values)).all())


def _counts_within(steps: np.ndarray, epochs: np.ndarray) -> bool:
    """Whether the step is a batch of its epoch: wherever it falls, the epoch rises."""
    falls = steps[1:] < steps[:-1]
    rises = epochs[1:] > epochs[:-1]
    return int(falls.sum()) > 1 and bool(rises[falls].all())


def _numbers_rows(epochs: np.ndarray) -> bool:
    """Whether the epochs number the rows: whole, and seldom the same from one row to the next but one.

    A log may have a row of training and one of evaluation for each epoch.
    """
    return _is_whole(epochs) and 2 * int((epochs[2:] == epochs[:-2]).sum()) <= max(len(epochs), 4)


def _seconds(held: Cells) -> Cells | None:
    """The numbers as seconds since 1970; None if they are no such times."""
    import numpy as np

    if not len(held.values) or not np.isfinite(held.values).all():
        return None
    low, high = float(held.values.min()), float(held.values.max())
    for unit in (1.0, 1e3, 1e6, 1e9):
        if EARLIEST * unit <= low <= high < LATEST * unit:
            return held if unit == 1.0 else Cells(held.values / unit, held.rows)
    return None


def _told_times(held: Words) -> np.ndarray | None:
    """The times that a column of texts tells, in seconds since 1970; None if it tells none."""
    import numpy as np
    import pyarrow as pa

    seconds = seconds_in(pa.array(held.labels, pa.string()))
    if seconds is None:
        return None
    return np.where(held.codes < 0, np.nan, np.asarray(seconds)[held.codes])


def _points(
    numbers: Mapping[str, Cells],
    axis: Sequence[np.ndarray | None],
    chosen: np.ndarray | None,
    log: Log,
    keys: str | None,
) -> tuple[Points, ...]:
    """The series of the rows chosen; of all rows if none are chosen."""
    import numpy as np

    made = []
    for name, values, rows in _series(numbers, log, keys):
        at, kept = rows, values
        if chosen is not None:
            here = chosen if at is None else chosen[at]
            kept = values[here]
            at = np.flatnonzero(here) if at is None else at[here]
        if len(kept):
            steps, epochs, times = (one if one is None or at is None else one[at] for one in axis)
            made.append(Points(name, kept, steps, epochs, times))
    return tuple(made)


def _series(
    numbers: Mapping[str, Cells], log: Log, keys: str | None
) -> Iterator[tuple[str, np.ndarray, np.ndarray | None]]:
    """Each series with its rows: a column, or what a long log names."""
    import numpy as np

    for name, held in numbers.items():
        if keys is None:
            yield name, held.values, held.rows
            continue
        words = log.words[keys]
        rows = np.arange(log.n_rows) if held.rows is None else held.rows
        order = np.argsort(words.codes[rows], kind="stable")
        starts = np.searchsorted(words.codes[rows][order], np.arange(len(words.labels) + 1))
        for place, label in enumerate(words.labels):
            own = order[starts[place] : starts[place + 1]]
            yield label, held.values[own], rows[own]
