"""A canonical column as arrays: numbers with NaN for missing, or codes with -1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import DTypeLike

    from mldebug.artefacts import Column


LARGEST_WHOLE = 2**53
"""Up to here a float64 holds every whole number."""
DOUBLE = 64
"""Bits of a float64, and of an integer, which is compared as one."""
LOOKED_AT = 1_000
WORTH, SMALLEST = 1e-4, 1e-30
"""Of numbers that differ by this share of their size float32 keeps three digits of the difference."""


def is_coded(column: Column) -> bool:
    """Whether a column holds dictionary codes: categories, texts, and ids that are texts."""
    import pyarrow as pa

    return bool(pa.types.is_dictionary(column.data.type))


def numbers(data: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """The values as float64, missing as NaN; dates as microseconds since 1970.

    Parameters
    ----------
    data : pyarrow array of shape (n_rows,)
        Of an integer, floating, boolean or timestamp type.

    Returns
    -------
    numpy.ndarray of shape (n_rows,), dtype float64
        Without a copy where the type allows it and nothing is missing.
    """
    import numpy as np
    import pyarrow as pa

    if not (pa.types.is_floating(data.type) or pa.types.is_integer(data.type)):
        data = data.cast(pa.int64())
    parts = []
    for chunk in _chunks(data):
        values = _values(chunk).astype(np.float64, copy=chunk.null_count > 0)
        if chunk.null_count:
            values[_missing(chunk)] = np.nan
        parts.append(values)
    return _joined(parts, np.float64)


def integers(data: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray | None]:
    """The values as integers, and where they are missing (None: nowhere); missing cells hold 0.

    They are int64, or uint64 where they are stored so: exact beyond 2**53, other than `numbers`.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = data.type if pa.types.is_uint64(data.type) else pa.int64()
    chunks = _chunks(pc.cast(data, kind, safe=False))
    values = _joined([_values(chunk) for chunk in chunks], kind.to_pandas_dtype())
    if not data.null_count:
        return values, None
    missing = _joined([_missing(chunk) for chunk in chunks], np.bool_)
    return np.where(missing, values.dtype.type(0), values), missing


def is_beyond_floats(data: pa.ChunkedArray) -> bool:
    """Whether a column of whole numbers or dates holds one that float64 cannot tell from others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = data.type
    if not (pa.types.is_timestamp(kind) or (pa.types.is_integer(kind) and kind.bit_width == 64)):
        return False
    ends = pc.min_max(pc.cast(data, pa.int64()) if pa.types.is_timestamp(kind) else data).as_py()
    return any(end is not None and abs(end) > LARGEST_WHOLE for end in ends.values())


def narrower(one: Column, other: Column) -> DTypeLike | None:
    """The type at which two columns of numbers agree, where they are floats of different widths.

    A decimal such as .1 is another number in float32 than in float64; only rounded to the narrower
    of the two do copies of it agree. None where both are as wide, or are no numbers.
    """
    widths = _width(one), _width(other)
    if None in widths or widths[0] == widths[1]:
        return None
    return {16: "float16", 32: "float32"}[min(width for width in widths if width)]


def _width(column: Column) -> int | None:
    """The bits of a floating type as given, 64 for integers, None for what is no number."""
    import pyarrow as pa

    if pa.types.is_floating(column.data.type):
        return 16 if column.storage == "float16" else int(column.data.type.bit_width)
    return 64 if pa.types.is_integer(column.data.type) else None


def rounded(values: np.ndarray, dtype: DTypeLike | None) -> np.ndarray:
    """Numbers of shape (n,) in float64, rounded to a narrower type; None leaves them as they are."""
    import numpy as np

    if dtype is None:
        return values
    with np.errstate(over="ignore"):  # beyond the narrower type they are infinite in it too
        return values.astype(dtype).astype(np.float64)


def at_one_precision(
    one: Column, other: Column, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of two tables without the digits that only one of them keeps.

    A column that was saved with fewer digits, or computed in another order, holds .3 beside
    0.30000000000000004. That is no difference between what two tables describe, but whatever counts
    how many values lie below another takes it for one.

    Parameters
    ----------
    one, other : Column
        The columns.
    first, second : numpy.ndarray of shape (n,) and (m,), dtype float64
        Numbers of each, as `numbers` gives them.

    Returns
    -------
    tuple of numpy.ndarray
        Both in the narrower type of the two columns. Two of float64 as float32 has them, unless
        they are whole or float32 does not hold what they differ in. O(n + m).
    """
    dtype = narrower(one, other)
    if dtype is None and _width(one) == _width(other) == DOUBLE:
        held = _float32_holds(first) and _float32_holds(second)
        dtype = "float32" if held else None
    return rounded(first, dtype), rounded(second, dtype)


def _float32_holds(values: np.ndarray) -> bool:
    """Whether these are fractions that float32 tells apart as well, as some of them say."""
    import numpy as np

    some = values[:: max(len(values) // LOOKED_AT, 1)]
    some = some[np.isfinite(some)]
    if not len(some) or (some == np.trunc(some)).all():
        return False
    low, high = np.quantile(some, [0.25, 0.75], method="lower").tolist()
    size: float = max(abs(low), abs(high))
    apart: float = high - low
    return size < 1 / SMALLEST and (apart == 0 or apart > max(WORTH * size, SMALLEST))


def codes(data: pa.ChunkedArray) -> np.ndarray:
    """The dictionary codes as int32, missing as -1.

    Parameters
    ----------
    data : pyarrow.ChunkedArray of shape (n_rows,)
        Of a dictionary type, with one dictionary for all chunks.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = []
    for chunk in data.chunks:
        indices = pc.cast(chunk.indices, pa.int32())
        found = _values(indices)
        if indices.null_count:
            found = np.where(_missing(indices), np.int32(-1), found)
        parts.append(found)
    return _joined(parts, np.int32)


def levels(data: pa.ChunkedArray) -> list[str]:
    """The dictionary of a coded column, in the order of its codes."""
    chunks = data.chunks
    return chunks[0].dictionary.to_pylist() if chunks else []


def readable(cell: pa.Scalar) -> Any:
    """The value of a cell in Python's terms; of a moment beyond its calendar, in words."""
    try:
        return cell.as_py()
    except (OverflowError, ValueError):
        return f"{cell.value:,} microseconds after 1970"


def strings(values: Sequence[str]) -> pa.StringArray:
    """The words as an Arrow array of shape (n_values,)."""
    import numpy as np
    import pyarrow as pa

    encoded = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    held = pa.py_buffer(b"".join(encoded))
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), held)


def positions(rows: np.ndarray) -> pa.Int64Array:
    """Row numbers as an Arrow array of shape (n_rows,), to take rows by."""
    import numpy as np
    import pyarrow as pa

    held = pa.py_buffer(np.ascontiguousarray(rows, dtype=np.int64))
    return pa.Array.from_buffers(pa.int64(), len(rows), [None, held])


# Arrow's own conversions to and from NumPy import pandas, which takes longer than a small audit; a
# column of fixed width is its buffer.


def missing(data: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """Which cells are missing, shape (n_rows,), dtype bool."""
    return _joined([_missing(chunk) for chunk in _chunks(data)], bool)


def _chunks(data: pa.ChunkedArray | pa.Array) -> list[pa.Array]:
    import pyarrow as pa

    return data.chunks if isinstance(data, pa.ChunkedArray) else [data]


def _values(chunk: pa.Array) -> np.ndarray:
    """The values of numbers, without a copy; anything where they are missing."""
    import numpy as np

    dtype = np.dtype(chunk.type.to_pandas_dtype())
    held = chunk.buffers()[1]
    if held is None or not len(chunk):
        return np.zeros(len(chunk), dtype)
    return np.frombuffer(held, dtype, count=chunk.offset + len(chunk))[chunk.offset :]


def _missing(chunk: pa.Array) -> np.ndarray:
    """Which values are missing, dtype bool."""
    import numpy as np

    held = chunk.buffers()[0]
    if held is None:
        return np.zeros(len(chunk), dtype=bool)
    end = chunk.offset + len(chunk)
    bits = np.unpackbits(np.frombuffer(held, np.uint8), count=end, bitorder="little")
    return np.asarray(bits[chunk.offset :] == 0)


def _joined(parts: list[np.ndarray], dtype: DTypeLike) -> np.ndarray:
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.zeros(0, dtype)
