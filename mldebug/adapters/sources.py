"""Whatever a user hands over as a table, read by the adapter for it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from mldebug.adapters.raw import Raw, RawColumn, checked, unique_names
from mldebug.errors import InputError

__all__ = ["Raw", "RawColumn", "read"]

TARGET = "target"
"""The name of ``y`` in a pair ``(X, y)``."""


def read(source: Any, option: str) -> Raw:
    """The columns of a file, a frame, a matrix or a pair of arrays, as they stand.

    Parameters
    ----------
    source : path, frame, numpy.ndarray of shape (n_rows, n_columns), or tuple (X, y)
        A path to CSV, TSV, JSON lines, Parquet, Feather, Arrow IPC or ``.npy``; a frame of pandas,
        polars, pyarrow or any library that narwhals knows; or a matrix with its labels of shape
        ``(n_rows,)``.
    option : str
        The option that gave it, for error messages.

    Returns
    -------
    Raw

    Raises
    ------
    InputError
        One sentence: what cannot be read, and what would be right.
    """
    if isinstance(source, str | os.PathLike):
        from mldebug.adapters.files import file_columns

        return checked(file_columns(os.fspath(source), option), option)
    if isinstance(source, tuple):
        return _pair(source, option)
    from mldebug.adapters.frames import frame_columns

    return checked(frame_columns(source, option), option)


def _pair(source: tuple[Any, ...], option: str) -> Raw:
    from mldebug.adapters.frames import frame_columns, label_column

    if len(source) != 2:
        raise InputError(
            f"{option}: a tuple must be (X, y), a matrix and its labels; this one has "
            f"{len(source)} items"
        )
    features = checked(frame_columns(source[0], option), option)
    *_, name = unique_names([*features.names, TARGET])
    labels = label_column(source[1], name, option)
    if len(labels.data) != features.n_rows:
        raise InputError(
            f"{option}: X has {features.n_rows:,} rows and y has {len(labels.data):,} labels; "
            "they must agree"
        )
    source_name = f"{features.source} with labels"
    return replace(features, source=source_name, columns=(*features.columns, labels), target=name)
