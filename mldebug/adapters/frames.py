"""Frames, matrices and arrays in memory, column by column: one bad column never kills the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mldebug.adapters.objects import object_column
from mldebug.adapters.raw import (
    Raw,
    RawColumn,
    chunked,
    repeated_names,
    storage_of,
    unique_names,
    unreadable,
)
from mldebug.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ROWS_AT_ONCE = 1_024
READABLE = "give a path, a pandas, polars or pyarrow frame, a NumPy matrix, or a tuple (X, y)"


def frame_columns(source: Any, option: str) -> Raw:
    """The columns of a frame or of a matrix.

    Raises
    ------
    InputError
        The object is no table.
    """
    import narwhals.stable.v1.dependencies as known
    import numpy as np

    if known.is_pandas_dataframe(source):
        return _of_pandas(source)
    if isinstance(source, np.ndarray):
        return _of_matrix(source, option)
    return _of_arrow(source) if _is_arrow(source) else _of_narwhals(source, option)


def matrix_columns(matrix: np.ndarray, source: str) -> Raw:
    """The columns f0, f1, ... of a matrix of shape (n_rows, n_columns)."""
    import numpy as np

    by_column = matrix
    if not matrix.flags.f_contiguous:
        # rows become columns a cache's worth at a time; each column is then a view
        by_column = np.empty(matrix.shape, matrix.dtype, order="F")
        for start in range(0, len(matrix), ROWS_AT_ONCE):
            by_column[start : start + ROWS_AT_ONCE] = matrix[start : start + ROWS_AT_ONCE]
    columns = tuple(
        _safely(f"f{place}", len(matrix), str(matrix.dtype), _numpy(by_column[:, place]))
        for place in range(matrix.shape[1])
    )
    return Raw(source, None, columns, len(matrix))


def label_column(labels: Any, name: str, option: str) -> RawColumn:
    """The labels of a pair (X, y), of shape (n_rows,) or (n_rows, 1).

    Raises
    ------
    InputError
        They are not one column.
    """
    import narwhals.stable.v1 as nw
    import narwhals.stable.v1.dependencies as known
    import numpy as np

    if known.is_pandas_series(labels):
        return _guarded_column(labels, name)
    native = nw.from_native(labels, series_only=True, pass_through=True)
    if isinstance(native, nw.Series):
        return _safely(name, len(native), str(native.dtype), native.to_arrow)
    if isinstance(labels, list):
        return object_column(name, labels)
    array = np.asarray(labels)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InputError(
            f"{option}: y in (X, y) must hold one label a row; this one has the shape {array.shape}"
        )
    if array.dtype.kind == "O":
        return object_column(name, array.tolist())
    return _safely(name, len(array), str(array.dtype), _numpy(array))


def _safely(name: str, n_rows: int, given: str, data: Callable[[], Any]) -> RawColumn:
    if given.startswith("complex"):
        return unreadable(name, n_rows, given, "complex numbers")
    try:
        arrow = chunked(data())
    except Exception as error:  # noqa: BLE001  (foreign code: the other columns are read all the same)
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        return unreadable(name, n_rows, given, f"{given} values cannot be read ({told})")
    return RawColumn(name, arrow, storage_of(arrow.type))


def _numpy(array: np.ndarray) -> Callable[[], Any]:
    """A NumPy vector as Arrow, without a copy where the two agree on the layout."""

    def data() -> Any:
        import numpy as np
        import pyarrow as pa

        plain = array
        if plain.dtype == np.longdouble and plain.dtype.itemsize > 8:
            plain = plain.astype(np.float64)
        if not plain.dtype.isnative:
            plain = plain.astype(plain.dtype.newbyteorder("="))
        return pa.array(plain, from_pandas=True)

    return data


def _of_matrix(matrix: np.ndarray, option: str) -> Raw:
    if matrix.ndim != 2:
        raise InputError(
            f"{option}: an array must have two dimensions, rows and columns; this one has the "
            f"shape {matrix.shape}"
        )
    if matrix.dtype.kind == "O":
        columns = tuple(
            object_column(f"f{place}", matrix[:, place].tolist())
            for place in range(matrix.shape[1])
        )
        return Raw("a NumPy array", None, columns, len(matrix))
    return matrix_columns(matrix, "a NumPy array")


def _is_arrow(source: Any) -> bool:
    import pyarrow as pa

    return isinstance(source, pa.Table | pa.RecordBatch)


def arrow_columns(table: Any, source: str, remarks: tuple[str, ...] = ()) -> Raw:
    """The columns of a ``pyarrow.Table`` or a ``pyarrow.RecordBatch``."""
    given = [field.name for field in table.schema]
    columns = tuple(
        RawColumn(name, chunked(data), storage_of(data.type))
        for name, data in zip(unique_names(given), table.columns, strict=True)
    )
    return Raw(source, None, columns, table.num_rows, remarks + repeated_names(given))


def _of_arrow(table: Any) -> Raw:
    return arrow_columns(table, f"a pyarrow {type(table).__name__}")


def _of_narwhals(source: Any, option: str) -> Raw:
    import narwhals.stable.v1 as nw

    library = type(source).__module__.partition(".")[0]
    found = f"{library} {type(source).__name__}".removeprefix("builtins ")
    frame = nw.from_native(source, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        raise InputError(f"{option}: a {found} holds no rows yet; collect or compute it first")
    if not isinstance(frame, nw.DataFrame):
        article = "an" if found[:1] in "aeiou" else "a"
        raise InputError(f"{option}: {article} {found} is no table; {READABLE}")
    columns = []
    for name, given in zip(unique_names(frame.columns), frame.columns, strict=True):
        series = frame[given]
        if series.dtype == nw.Object:
            columns.append(object_column(name, series.to_list()))
            continue
        given_type = str(series.dtype)
        if series.dtype in (nw.Int128, nw.UInt128):  # Arrow has no such type
            series = series.cast(nw.Float64)
        columns.append(_safely(name, len(series), given_type, series.to_arrow))
    return Raw(f"a {found}", None, tuple(columns), len(frame))


def _of_pandas(frame: pd.DataFrame) -> Raw:
    given = list(frame.columns)
    columns = tuple(
        _guarded_column(frame.iloc[:, place], name)
        for place, name in enumerate(unique_names(given))
    )
    remarks = _index_remark(frame) + repeated_names(given)
    return Raw("a pandas DataFrame", None, columns, len(frame), remarks)


def _index_remark(frame: pd.DataFrame) -> tuple[str, ...]:
    import pandas as pd

    named = [str(name) for name in frame.index.names if name is not None]
    if named:
        told = f"the index ({', '.join(map(repr, named))}) of a pandas DataFrame is ignored"
    elif not isinstance(frame.index, pd.RangeIndex):
        told = "the index of a pandas DataFrame is ignored"
    else:
        return ()
    return (f"{told}; rows are counted from 0, and reset_index() makes a column of it",)


def _guarded_column(series: pd.Series, name: str) -> RawColumn:
    try:
        return _pandas_column(series, name)
    except Exception as error:  # noqa: BLE001  (an extension type may raise anything)
        given = str(series.dtype)
        note = f"{given} values cannot be read ({type(error).__name__})"
        return unreadable(name, len(series), given, note)


def _pandas_column(series: pd.Series, name: str) -> RawColumn:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    dtype, n_rows = series.dtype, len(series)
    if isinstance(dtype, np.dtype):
        if dtype.kind == "O":
            return object_column(name, series.tolist())
        return _safely(name, n_rows, str(dtype), _numpy(series.to_numpy()))
    if isinstance(dtype, pd.SparseDtype):
        dense = series.astype(dtype.subtype)
        return _pandas_column(dense, name)
    if isinstance(dtype, pd.CategoricalDtype):
        return _of_categorical(series, name)
    if isinstance(dtype, pd.PeriodDtype):
        start = _safely(
            name, n_rows, str(dtype), lambda: pa.array(series.dt.to_timestamp(), from_pandas=True)
        )
        return RawColumn(
            name, start.data, str(dtype), start.note or "periods, read as their start",
            start.readable,
        )  # fmt: skip
    if isinstance(dtype, pd.IntervalDtype):
        words = series.astype(object).map(str, na_action="ignore")
        return RawColumn(
            name, object_column(name, words.tolist()).data, str(dtype), "intervals, read as text"
        )
    return _safely(name, n_rows, str(dtype), lambda: pa.array(series, from_pandas=True))


def _of_categorical(series: pd.Series, name: str) -> RawColumn:
    import numpy as np
    import pyarrow as pa

    labels = _pandas_column(series.cat.categories.to_series(), name)
    if not labels.readable:
        return unreadable(name, len(series), "category", labels.note)
    codes = series.cat.codes.to_numpy().astype(np.int32)
    data = pa.DictionaryArray.from_arrays(
        pa.array(codes, mask=codes < 0), labels.data.combine_chunks()
    )
    return RawColumn(name, chunked(data), "category", labels.note)
