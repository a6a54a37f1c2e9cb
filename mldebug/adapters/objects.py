"""Columns of Python objects, which may hold anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Number, Real
from typing import TYPE_CHECKING, Any

from mldebug.adapters.raw import RawColumn, chunked, unreadable
from mldebug.adapters.words import WITH_ZONE, WITHOUT_ZONE

if TYPE_CHECKING:
    import pyarrow as pa

STORAGE = "object"
PLAIN = (str, bytes, bool, Number, date, time, timedelta)
"""What a mixed column may hold and still be read as text: values whose text is their content."""
FORMS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("boolean", (bool,)),
    ("number", (Number, timedelta)),
    ("date", (date, time)),
    ("text", (str,)),
    ("bytes", (bytes,)),
)
"""What a cell of a mixed column is; the first that fits."""


def object_column(name: str, values: Sequence[Any]) -> RawColumn:
    """A column of Python objects in the Arrow type that holds them all.

    Values of several types become text, with a note; numbers of several types, and integers of more
    than 64 bits, become float64, or text where it would make different ones equal. Objects whose
    text is not their content are not readable.
    """
    import pyarrow as pa

    try:
        data = pa.array(values, from_pandas=True)
        if pa.types.is_date32(data.type) and any(isinstance(one, datetime) for one in values):
            data = pa.array([_midnight(one) for one in values], from_pandas=True)
        if pa.types.is_timestamp(data.type) and not all(map(_is_moment, values)):
            return _mixed(name, values)  # Arrow takes numbers among times for times
        zoned = pa.types.is_timestamp(data.type) and data.type.tz is not None
        forms = _told_apart([_zone(one) for one in values]) if zoned else None
    except Exception:  # noqa: BLE001  (foreign objects raise what they like)
        return _mixed(name, values)
    return RawColumn(name, chunked(data), _storage(data.type), forms=forms)


def _told_apart(forms: Sequence[str | None]) -> pa.ChunkedArray | None:
    """The form of each cell, if there is more than one."""
    import pyarrow as pa

    if len(set(forms) - {None}) < 2:
        return None
    return chunked(pa.array(forms, pa.string()).dictionary_encode())


def _is_moment(value: Any) -> bool:
    return _is_missing(value) or isinstance(value, date) or type(value).__name__ == "datetime64"


def _zone(value: Any) -> str | None:
    if _is_missing(value) or not isinstance(value, datetime):
        return None
    return WITHOUT_ZONE if value.tzinfo is None else WITH_ZONE


def _form(value: Any) -> str | None:
    """What a value of a mixed column is, None where it is missing."""
    if value is None:
        return None
    for form, types in FORMS:
        if isinstance(value, types):
            return form
    return "other"


def _midnight(value: Any) -> Any:
    """A date among times as its first instant: the others keep their time of day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())  # taken as UTC later
    return value


def _storage(kind: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "string"
    return STORAGE


def _mixed(name: str, values: Sequence[Any]) -> RawColumn:
    import pyarrow as pa

    there = [not _is_missing(one) for one in values]
    types = sorted(
        {type(one).__name__ for one, is_there in zip(values, there, strict=True) if is_there}
    )
    told = ", ".join(types[:5]) + (", ..." if len(types) > 5 else "")
    held = [one if is_there else None for one, is_there in zip(values, there, strict=True)]
    if _all_are(held, (Real, Decimal)) and not _any_is(held, bool):
        numbers = _numbers(held)
        if numbers is not None:
            return RawColumn(name, chunked(numbers), STORAGE)
    if not _all_are(held, PLAIN):
        return unreadable(name, len(values), STORAGE, f"values of the types {told}")
    if _all_are(held, Number) and _any_is(held, complex):
        return unreadable(name, len(values), STORAGE, "complex numbers")
    try:
        words = pa.array([None if one is None else _text(one) for one in held], pa.string())
    except (UnicodeError, pa.ArrowException):
        return unreadable(name, len(values), STORAGE, f"values of the types {told}, not all text")
    note = f"mixed types ({told}), read as text" if len(types) > 1 else ""
    forms = _told_apart([_form(one) for one in held])
    return RawColumn(name, chunked(words), STORAGE, note, forms=forms)


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    if type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, Real) and bool(value != value)  # noqa: PLR0124  (NaN)


def _all_are(values: Iterable[Any], types: tuple[type, ...] | type) -> bool:
    return all(one is None or isinstance(one, types) for one in values)


def _any_is(values: Iterable[Any], types: type) -> bool:
    return any(isinstance(one, types) for one in values)


def _numbers(values: Sequence[Any]) -> pa.Array | None:
    """As uint64 or float64; None where whole numbers that differ would become the same float."""
    import pyarrow as pa

    whole = _all_are(values, Integral)
    if whole:
        try:
            return pa.array(values, pa.uint64())
        except (OverflowError, pa.ArrowException):
            pass
    floats = _floats(values)
    if whole and len(set(floats)) < len(set(values)):
        return None
    return pa.array(floats, pa.float64())


def _floats(values: Iterable[Any]) -> list[float | None]:
    return [None if one is None else _float(one) for one in values]


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer or a fraction beyond 1.8e308
        return float("inf") if value > 0 else float("-inf")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, Integral | Fraction | Decimal | str):
        return str(value)
    if isinstance(value, Real):
        return repr(float(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
