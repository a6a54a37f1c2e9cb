"""The one-pass profile of all columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table
from mldebug.checker import derived
from mldebug.columns import codes, is_coded, levels, numbers

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from mldebug.arrays import Device
    from mldebug.artefacts import Column
    from mldebug.stats.partial import Distinct, Extremes, Moments, Order


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What one pass over a column tells.

    Parameters
    ----------
    n_rows, n_missing, n_infinite : int
        Rows, missing cells, and cells that are inf or -inf.
    n_distinct : int
        Distinct values that are not missing; a lower bound beyond 2**20.
    mode : object
        The most frequent value (the smallest of several), as a person reads it; None if all are
        missing.
    mode_count : int
        Its rows.
    low, high, mean, sd : float or None
        Of the finite values; None for text. Dates are microseconds since 1970.
    integral : bool
        Whether all values are whole numbers below 2**53.
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
    One pass in chunks on the fixed grid; O(n log g) a column for g rows a chunk, and memory for one
    chunk and the distinct values of a column.
    """
    return Profile({column.name: _profile(table, column, device) for column in table.columns})


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

    present: int
    infinite: int
    integral: bool
    moments: Moments
    extremes: Extremes
    distinct: Distinct
    order: Order

    def merge(self, other: _Part) -> _Part:
        return _Part(
            self.present + other.present,
            self.infinite + other.infinite,
            self.integral and other.integral,
            self.moments.merge(other.moments),
            self.extremes.merge(other.extremes),
            self.distinct.merge(other.distinct),
            self.order.merge(other.order),
        )


def _part(chunk: pa.Array, device: Device) -> _Part:
    import numpy as np

    from mldebug.stats.partial import distinct, extremes, moments, order

    values = numbers(chunk)
    present = values[~np.isnan(values)] if chunk.null_count else values
    finite = present[np.isfinite(present)]
    integral = bool(np.all((finite == np.floor(finite)) & (np.abs(finite) < 2.0**53)))
    on_device, all_present = device.asarray(finite), device.asarray(present)
    return _Part(
        len(present),
        len(present) - len(finite),
        integral and len(finite) == len(present),
        moments(on_device),
        extremes(on_device),
        distinct(all_present),
        order(all_present),
    )


def _of_numbers(table: Table, column: Column, device: Device) -> ColumnProfile:
    from mldebug.stats.partial import merged

    whole = merged(_part(chunk[column.name], device) for _, chunk in table.chunks([column.name]))
    values, counts = whole.distinct.table()
    mode = int(counts.argmax()) if len(counts) else None
    finite = whole.moments.n > 0
    return ColumnProfile(
        n_rows=table.n_rows,
        n_missing=table.n_rows - whole.present,
        n_infinite=whole.infinite,
        n_distinct=len(values),
        mode=None if mode is None else _readable(values[mode], column.kind),
        mode_count=0 if mode is None else int(counts[mode]),
        low=whole.extremes.low if finite else None,
        high=whole.extremes.high if finite else None,
        mean=whole.moments.mean if finite else None,
        sd=whole.moments.sd if finite else None,
        integral=whole.integral,
        increasing=whole.order.strictly and whole.present > 1,
    )


def _readable(value: np.floating, kind: Kind) -> Any:
    import numpy as np

    if kind is Kind.BOOLEAN:
        return bool(value)
    if kind is Kind.DATE:
        return str(np.datetime64(int(value), "us"))
    return f"{float(value):.12g}"
