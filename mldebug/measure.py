"""Step two of an audit: run the checkers and keep what they measure, whatever happens to one."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from mldebug.artefacts import Table
from mldebug.checker import Checker, Unavailable
from mldebug.executors import threads
from mldebug.measurement import MOST_ROWS, Measurement, Row, Rows
from mldebug.resolve import recipes
from mldebug.schedule import Failed, Schedule, Work

ROWS_WITH_CELLS = 20
LONGEST_CELL = 200


@dataclass(frozen=True, slots=True)
class Run:
    """What became of one checker."""

    state: Literal["ran", "not_checked", "failed"]
    reason: str = ""
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class Measured:
    """What the checkers measured, and what became of each of them."""

    measurements: list[Measurement] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    interrupted: bool = False


def measured(
    asking: Sequence[Checker],
    given: Mapping[str, Any],
    *,
    redact: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Measured:
    """What the checkers measure of the given artefacts.

    Parameters
    ----------
    asking : sequence of Checker
        In the order in which they run.
    given : mapping
        The artefacts by name; None where one is not there.
    redact : bool
        Leave the cells of the evidence rows out.
    progress : callable, optional
        Called before each checker with its name, its number and how many there are.

    Notes
    -----
    As many pieces run at a time as there are processors; the measurements and their order do not
    depend on it. A checker that raises is recorded and the rest goes on. An interrupt ends the
    measuring: what is running runs to its end, what is done is kept, and what has not begun is
    recorded as interrupted.
    """
    from threadpoolctl import threadpool_limits

    result = Measured()
    tables = {role: one for role, one in given.items() if isinstance(one, Table)}

    def run(one: Checker, arguments: Sequence[Any]) -> list[Measurement]:
        found = []
        for measurement in one.run(*arguments):
            _require_sound(one, measurement)
            found.append(_located(measurement, tables, redact))
        return found

    # Logs are measured in seconds, and two copies of a long one are too much memory.
    lanes = threads() if tables else 1
    schedule = Schedule(given, recipes(), asking, run, lanes)
    told = iter(range(len(asking)))

    def begun() -> bool:
        one = schedule.begin()
        if one is not None and progress is not None:
            progress(one.name, next(told), len(asking))
        return one is not None

    try:
        # One thread each: the sums of BLAS must not depend on how many processors there are.
        with threadpool_limits(1):
            _in_turn(schedule, begun) if lanes == 1 else _side_by_side(schedule, begun, lanes)
    except KeyboardInterrupt:
        result.interrupted = True
    blamed: dict[str, str] = {}
    for one in asking:
        if one.name not in schedule.outcomes:
            result.runs[one.name] = Run("not_checked", "interrupted")
            continue
        outcome = schedule.outcomes[one.name]
        result.runs[one.name] = _what_became(one, outcome, blamed)
        if isinstance(outcome, list):
            result.measurements += outcome
    result.seconds |= schedule.seconds
    return result


def _in_turn(schedule: Schedule, begun: Callable[[], bool]) -> None:
    while True:
        work = schedule.ready()
        if work is not None:
            schedule.settle(work, *work.done())
        elif not begun():
            return


def _side_by_side(schedule: Schedule, begun: Callable[[], bool], lanes: int) -> None:
    from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

    from threadpoolctl import threadpool_limits

    running: dict[Future[tuple[Any, float]], Work] = {}
    with (
        # The list of filters belongs to the process: what one thread sets, the others see. Here it
        # is set once, around them all.
        warnings.catch_warnings(action="ignore"),
        # OpenMP keeps its limit by thread.
        ThreadPoolExecutor(lanes, initializer=threadpool_limits, initargs=(1,)) as pool,
    ):
        try:
            while True:
                while len(running) < lanes:
                    work = schedule.ready()
                    if work is not None:
                        running[pool.submit(work.done)] = work
                    elif not begun():
                        break
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    schedule.settle(running.pop(future), *future.result())
        finally:
            for future in wait(running).done:
                if future.exception() is None:
                    schedule.settle(running.pop(future), *future.result())


def _what_became(one: Checker, outcome: Any, blamed: dict[str, str]) -> Run:
    """The run of a checker; the first that an artefact failed for reports it."""
    if isinstance(outcome, Unavailable):
        return Run("not_checked", outcome.reason, outcome.missing)
    if not isinstance(outcome, Failed):
        return Run("ran")
    if outcome.name == one.name:
        return Run("failed", f"{one.name} raised {outcome.reason}")
    first = blamed.setdefault(outcome.name, one.name)
    if first == one.name:
        return Run("failed", f"{outcome.name} could not be made: {outcome.reason}")
    return Run("not_checked", f"it needs {outcome.name}, which failed for {first}")


def _require_sound(one: Checker, measurement: Measurement) -> None:
    """Refuse a measurement that its own declaration does not cover."""
    declared = {quantity.name: quantity for quantity in one.measures}
    quantity = declared.get(measurement.quantity)
    if quantity is None:
        raise ValueError(f"it measures {measurement.quantity}, which it does not declare")
    numbers = [measurement.value, *(measurement.interval or ())]
    low, high = quantity.bounds
    for number in numbers:
        outside = (low is not None and number < low) or (high is not None and number > high)
        if not math.isfinite(number) or outside:
            raise ValueError(
                f"{quantity.name} is {number}, outside of its bounds {quantity.bounds}"
            )
    unknown = set(measurement.details) - set(quantity.details)
    if unknown:
        raise ValueError(f"{quantity.name} has the undeclared detail {min(unknown)}")


def _located(measurement: Measurement, tables: Mapping[str, Table], redact: bool) -> Measurement:
    """The measurement with its rows at their positions in the input, the first with their cells."""
    if measurement.rows is None:
        return measurement
    items = []
    for number, item in enumerate(measurement.rows.items[:MOST_ROWS]):
        table = tables[item.table]
        match = item.match and (item.match[0], tables[item.match[0]].position(item.match[1]))
        cells = others = None
        if number < ROWS_WITH_CELLS and not redact:
            cells = _cells(table, item.row)
            others = item.match and _cells(tables[item.match[0]], item.match[1])
        items.append(Row(item.table, table.position(item.row), item.score, match, cells, others))
    return replace(measurement, rows=Rows(measurement.rows.total, tuple(items)))


def _cells(table: Table, row: int) -> dict[str, Any]:
    return {name: _shown(value) for name, value in table.cells(row).items()}


def _shown(value: Any) -> Any:
    """One cell as plain data: a number, a boolean, None, or a text of bounded length."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    text = value if isinstance(value, str) else str(getattr(value, "isoformat", lambda: value)())
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
