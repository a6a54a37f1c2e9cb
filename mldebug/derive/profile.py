"""The one-pass profile of all columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import GRID, Kind, Table
from mldebug.checker import derived
from mldebug.columns import codes, integers, is_beyond_floats, is_coded, levels, numbers
from mldebug.executors import threaded

if TYPE_CHECKING:
    import pyarrow as pa

    from mldebug.arrays import Device
    from mldebug.artefacts import Column
    from mldebug.stats.partial import Extremes, Moments, Order
    from mldebug.stats.partial_sets import Distinct

LARGEST_WHOLE = 2.0**53
"""Up to here a float64 holds every whole number."""
DISTINCT_ROWS, FEW_DISTINCT = 16 * GRID, 16


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What one pass over a column tells.

    Parameters
    ----------
    n_rows, n_missing, n_infinite : int
        Rows, missing cells, and cells that are inf or -inf.
    n_distinct : int
        Distinct values that are not missing; an estimate beyond 1,000,000.
    mode : object
        The most frequent value (the smallest of several), as a person reads it; None if all are
        missing.
    mode_count : int
        Its rows.
    low, high, mean, sd : float or None
        None for text; of the finite values, and the extremes None where some are infinite. Dates are
        microseconds since 1970.
    integral : bool
        Whether all values are whole numbers, and below 2**53 where they are stored as floats.
    increasing : bool
        Whether each value is larger than the one before; False for text.
    """

    n_rows: int
    n_missing: int
    n_infinite: int
    n_distinct: int
    mode: Any
    mode_count: int
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None
    integral: bool = False
    increasing: bool = False

    @property
    def n_present(self) -> int:
        """The number of cells that are not missing."""
        return self.n_rows - self.n_missing


@dataclass(frozen=True, slots=True)
class Profile:
    """The profiles of a table's columns, by name."""

    columns: Mapping[str, ColumnProfile]


@derived(per_table=True)
def profile(table: Table, device: Device) -> Profile:
    """The profile of every column of a table.

    Notes
    -----
    Two passes in chunks on fixed grids; O(n log n) a column, and memory for a million rows and the
    distinct values of a column.
    """
    profiles = threaded(lambda column: _profile(table, column, device), table.columns)
    return Profile(dict(zip(table.names, profiles, strict=True)))


def _profile(table: Table, column: Column, device: Device) -> ColumnProfile:
    if column.kind in (Kind.UNSUPPORTED, Kind.EMPTY):
        missing = table.n_rows if column.kind is Kind.EMPTY else 0
        return ColumnProfile(table.n_rows, missing, 0, 0, None, 0)
    if is_coded(column):
        return _of_codes(column)
    return _of_numbers(table, column, device)


def _of_codes(column: Column) -> ColumnProfile:
    import numpy as np

    found = codes(column.data)
    words = levels(column.data)
    counts = np.bincount(found[found >= 0], minlength=len(words))
    present = int(counts.sum())
    mode = max(range(len(words)), key=lambda code: (counts[code], -code), default=None)
    return ColumnProfile(
        n_rows=len(found),
        n_missing=len(found) - present,
        n_infinite=0,
        n_distinct=int(np.count_nonzero(counts)),
        mode=None if mode is None or not present else words[mode],
        mode_count=0 if mode is None else int(counts[mode]),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The partial profile of one chunk of numbers."""

    whole: bool
    moments: Moments
    extremes: Extremes
    order: Order

    def merge(self, other: _Part) -> _Part:
        """The partial profile of both chunks."""
        return _Part(
            self.whole and other.whole,
            self.moments.merge(other.moments),
            self.extremes.merge(other.extremes),
            self.order.merge(other.order),
        )


def _part(chunk: pa.Array, device: Device, *, exactly: bool) -> _Part:
    import numpy as np
    import pyarrow as pa

    from mldebug.stats.partial import extremes, moments, order

    values = numbers(chunk)
    finite = values[np.isfinite(values)]
    whole = pa.types.is_integer(chunk.type) or bool(
        np.all((finite == np.floor(finite)) & (np.abs(finite) < LARGEST_WHOLE))
    )
    x, missing = device.asarray(values), device.asarray(np.isnan(values))
    told = device.asarray(integers(chunk)[0]) if exactly else x
    return _Part(whole, moments(x, missing), extremes(x, missing), order(told, missing))


def _distinct(column: Column, *, exactly: bool) -> Distinct:
    """The distinct values of a column of numbers.

    Merging costs the size of the sets, so many values are counted in a million rows at a time. A
    chunk of the usual size fits the cache, which is faster where few values come again and again.
    """
    from mldebug.stats.partial import merged
    from mldebug.stats.partial_sets import distinct

    def part(start: int, size: int) -> Distinct:
        rows = column.data.slice(start, size)
        return distinct(*integers(rows)) if exactly else distinct(numbers(rows))

    few = FEW_DISTINCT * len(part(0, GRID).values) <= GRID
    size = GRID if few else DISTINCT_ROWS
    return merged(part(start, size) for start in range(0, max(len(column.data), 1), size))


def _of_numbers(table: Table, column: Column, device: Device) -> ColumnProfile:
    import numpy as np

    from mldebug.stats.partial import merged

    exactly = is_beyond_floats(column.data)
    # The square of a value beyond 1e154 is infinite, and so is the spread.
    with np.errstate(over="ignore", invalid="ignore"):
        part = merged(
            _part(chunk[column.name], device, exactly=exactly)
            for _, chunk in table.chunks([column.name])
        )
    infinite, present = int(part.extremes.infinite), int(part.extremes.n)
    found = _distinct(column, exactly=exactly)
    top = found.top(1)
    finite = int(part.moments.n) > 0
    return ColumnProfile(
        n_rows=table.n_rows,
        n_missing=table.n_rows - present,
        n_infinite=infinite,
        n_distinct=min(round(found.n_distinct), present),
        mode=_readable(top[0][0], column.kind) if top else None,
        mode_count=top[0][1] if top else 0,
        low=float(part.extremes.low) if finite and not infinite else None,
        high=float(part.extremes.high) if finite and not infinite else None,
        mean=float(part.moments.mean) if finite else None,
        sd=float(part.moments.sd) if finite else None,
        integral=part.whole and not infinite,
        increasing=part.order.strictly,
    )


def _readable(value: float, kind: Kind) -> Any:
    import numpy as np

    if kind is Kind.BOOLEAN:
        return bool(value)
    if kind is Kind.DATE:
        return str(np.datetime64(int(value), "us"))
    return str(value) if isinstance(value, int) else f"{value:.12g}"
