"""Step two of an audit: run the checkers and keep what they measure, whatever happens to one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Literal

from mldebug.artefacts import Table
from mldebug.checker import Checker, Need, Unavailable
from mldebug.measurement import Measurement, Row, Rows
from mldebug.resolve import Recipe, missing_options, recipes

MOST_ROWS = 1_000
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


class _Failed(Exception):  # noqa: N818
    """An artefact whose derivation raised; the first who asks reports it."""

    def __init__(self, artefact: str, reason: str) -> None:
        super().__init__(reason)
        self.artefact = artefact
        self.reason = reason


class _Store:
    """The artefacts of one audit: given ones, and derived ones made once and freed after use."""

    def __init__(self, given: Mapping[str, Any], asking: Iterable[Checker]) -> None:
        self._given = given
        self._recipes = recipes()
        self._made: dict[str, Any] = {}
        self._waiting: Counter[str] = Counter()
        self.seconds: dict[str, float] = {}
        for one in asking:
            self._waiting.update(self._reached(one.needs))

    def _reached(self, needs: Iterable[Need]) -> set[str]:
        """The derived artefacts that these needs reach, directly or through others."""
        reached: set[str] = set()
        waiting = [need.name for need in needs]
        while waiting:
            name = waiting.pop()
            if name in self._recipes and name not in reached:
                reached.add(name)
                waiting += [need.name for need in self._recipes[name].needs]
        return reached

    def release(self, one: Checker) -> None:
        """Free the derived artefacts whose last consumer has run."""
        for name in self._reached(one.needs):
            self._waiting[name] -= 1
            if self._waiting[name] == 0:
                self._made.pop(name, None)

    def arguments(self, needs: Iterable[Need]) -> list[Any]:
        """The artefacts in the order of the needs; None for an optional one that is not there."""
        needs = tuple(needs)
        missing = missing_options(needs, self._given)
        if missing:
            raise _not_given(missing)
        return [self._get(need) for need in needs]

    def _get(self, need: Need) -> Any:
        if need.name not in self._recipes:
            return self._given.get(need.name)
        if need.name not in self._made:
            self._made[need.name] = self._make(need.name, self._recipes[need.name])
        made = self._made[need.name]
        if isinstance(made, Unavailable) and not need.required:
            return None
        if isinstance(made, Unavailable | _Failed):
            raise made
        return made

    def _make(self, name: str, recipe: Recipe) -> Any:
        try:
            arguments = self.arguments(recipe.needs)
            started = perf_counter()
            made = recipe.derivation.make(*arguments)
        except (Unavailable, _Failed) as absent:
            return absent
        except Exception as error:  # noqa: BLE001  (one artefact's fault must not end the audit)
            return _Failed(name, f"{name} could not be made: {_told(error)}")
        self.seconds[name] = perf_counter() - started
        return made


def _not_given(missing: Sequence[str]) -> Unavailable:
    return Unavailable(f"it needs {' and '.join(missing)}", missing)


def _told(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno})" if trace else ""
    first = (str(error).strip() or "no message").splitlines()[0]
    return f"{type(error).__name__}: {first}{where}"


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
    A checker that raises is recorded and the rest goes on. An interrupt ends the measuring: what is
    done is kept, what is not is recorded as interrupted.
    """
    result = Measured()
    store = _Store(given, asking)
    tables = {role: one for role, one in given.items() if isinstance(one, Table)}
    blamed: dict[str, str] = {}
    try:
        for number, one in enumerate(asking):
            if progress is not None:
                progress(one.name, number, len(asking))
            started = perf_counter()
            before = sum(store.seconds.values())
            result.runs[one.name] = _run(one, store, tables, result.measurements, blamed, redact)
            spent = perf_counter() - started - (sum(store.seconds.values()) - before)
            result.seconds[one.name] = max(spent, 0.0)
            store.release(one)
    except KeyboardInterrupt:
        result.interrupted = True
        for one in asking:
            result.runs.setdefault(one.name, Run("not_checked", "interrupted"))
    result.seconds |= store.seconds
    return result


def _run(
    one: Checker,
    store: _Store,
    tables: Mapping[str, Table],
    kept: list[Measurement],
    blamed: dict[str, str],
    redact: bool,
) -> Run:
    mine: list[Measurement] = []
    try:
        for measurement in one.run(*store.arguments(one.needs)):
            _require_sound(one, measurement)
            mine.append(_located(measurement, tables, redact))
    except Unavailable as absent:
        return Run("not_checked", absent.reason, absent.missing)
    except _Failed as failure:
        first = blamed.setdefault(failure.artefact, one.name)
        if first == one.name:
            return Run("failed", failure.reason)
        return Run("not_checked", f"it needs {failure.artefact}, which failed for {first}")
    except Exception as error:  # noqa: BLE001  (a checker's crash is an outcome)
        return Run("failed", f"{one.name} raised {_told(error)}")
    kept += mine
    return Run("ran")


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
