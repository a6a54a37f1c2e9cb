"""A canonical column as arrays: numbers with NaN for missing, or codes with -1."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from mldebug.artefacts import Column


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
    import pyarrow.compute as pc

    if pa.types.is_timestamp(data.type) or pa.types.is_boolean(data.type):
        data = pc.cast(data, pa.int64())
    if data.null_count:
        data = pc.fill_null(pc.cast(data, pa.float64(), safe=False), np.nan)
    return _host(data).astype(np.float64, copy=False)


def integers(data: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray | None]:
    """The values as int64, and where they are missing (None: nowhere); missing cells hold 0."""
    import pyarrow as pa
    import pyarrow.compute as pc

    missing = _host(pc.is_null(data)) if data.null_count else None
    if data.null_count:
        data = pc.fill_null(data, pa.scalar(0, data.type))
    return _host(pc.cast(data, pa.int64(), safe=False)), missing


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

    chunks = [_host(pc.fill_null(pc.cast(chunk.indices, pa.int32()), -1)) for chunk in data.chunks]
    return np.concatenate(chunks) if chunks else np.zeros(0, np.int32)


def levels(data: pa.ChunkedArray) -> list[str]:
    """The dictionary of a coded column, in the order of its codes."""
    chunks = data.chunks
    return chunks[0].dictionary.to_pylist() if chunks else []


def _host(data: pa.ChunkedArray | pa.Array) -> np.ndarray:
    import numpy as np
    import pyarrow as pa

    if isinstance(data, pa.ChunkedArray):
        return np.asarray(data.to_numpy())
    return np.asarray(data.to_numpy(zero_copy_only=False))
