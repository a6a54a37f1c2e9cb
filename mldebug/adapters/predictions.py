"""Out-of-sample predictions that the user brings along."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Predictions, Table, Target
from mldebug.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from mldebug.adapters.raw import RawColumn

OPTION = "--predictions"
SLACK = 0.01
"""Probabilities of a row that add up to 1 but for this are rounded, not wrong."""
CELLS_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class _Read:
    """A matrix of float32 or float64, what its columns are called, if anything, and its source."""

    matrix: np.ndarray
    names: tuple[str, ...]
    source: str


def predictions_of(given: Any, train: Table, target: Target | None) -> Predictions:
    """The predictions for the rows of train.

    Parameters
    ----------
    given : path, frame or array
        Aligned with the rows of the training file. One column a class, with the class labels as
        headers, or in the sorted order of the classes without them; of two classes one column of
        the second's probability will do. For a regression one column of values. A matrix of
        float32 or float64 is taken as it is, that of a ``.npy`` file from the disk as needed.
    train : Table
        The rows; where these were split off a file, predictions may be given for the whole file.
    target : Target or None
        What is predicted.

    Raises
    ------
    InputError
        One sentence: what does not fit, and what would be right.
    """
    import numpy as np

    if target is None:
        raise InputError(f"{OPTION}: predictions need --target, which says what they predict")
    if isinstance(given, np.ndarray) and given.ndim == 1:
        given = given.reshape(-1, 1)
    told = _plain(given) or _by_column(given, target)
    matrix = _of_train(told.matrix, train)
    if target.task == "regression":
        if matrix.shape[1] != 1:
            raise InputError(
                f"{OPTION}: {told.source!r} has {matrix.shape[1]} columns; of a regression there "
                "must be one, the predicted values"
            )
        return Predictions(told.source, (), matrix[:, 0].astype(np.float64))
    return Predictions(told.source, target.classes, _probabilities(matrix, told.names, target))


def _plain(given: Any) -> _Read | None:
    """A matrix of floating numbers, in memory or in a ``.npy`` file; None of anything else."""
    import numpy as np

    matrix, source = given, "a NumPy array"
    if isinstance(given, str | os.PathLike):
        source = os.fspath(given)
        if not source.lower().endswith(".npy"):
            return None
        try:
            matrix = np.load(source, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):  # the reader of tables says what is wrong with it
            return None
    floating = isinstance(matrix, np.ndarray) and matrix.dtype in (np.float32, np.float64)
    if not floating or matrix.ndim != 2 or not matrix.size:
        return None
    return _Read(np.ascontiguousarray(matrix), (), source)


def _by_column(given: Any, target: Target) -> _Read:
    """The columns of a table as a matrix, of float32 if all of them are."""
    import numpy as np

    from mldebug.adapters.sources import read

    as_file = isinstance(given, str | os.PathLike)
    headless = _without_headers(os.fspath(given), target) if as_file else None
    raw = read(given if headless is None else headless, OPTION)
    single = all(one.storage == "float32" for one in raw.columns)
    matrix = np.empty((raw.n_rows, len(raw.columns)), np.float32 if single else np.float64)
    for place, one in enumerate(raw.columns):
        matrix[:, place] = _numbers(one, raw.source)
    return _Read(matrix, raw.names, raw.source)


def _numbers(raw: RawColumn, source: str) -> np.ndarray:
    from mldebug.adapters.kinds import column
    from mldebug.artefacts import Kind
    from mldebug.columns import numbers

    found = column(raw, Kind.NUMBER)
    if found is None or found.kind is not Kind.NUMBER:
        raise InputError(f"{OPTION}: the column {raw.name!r} of {source!r} must hold numbers")
    values: np.ndarray = numbers(found.data)
    return values


def _without_headers(path: str, target: Target) -> pa.Table | None:
    """The columns of a CSV file whose first line holds numbers; None of any other file."""
    import pyarrow as pa
    from pyarrow import csv

    if not path.lower().endswith((".csv", ".tsv", ".txt")) or not os.path.isfile(path):  # noqa: PTH113
        return None
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        first = file.readline(1_000_000)
    delimiter = next((one for one in "\t;," if one in first), ",")
    cells = [cell.strip().strip('"') for cell in first.split(delimiter)]
    if set(target.classes) <= set(cells) or not all(_is_number(cell) for cell in cells):
        return None
    try:
        return csv.read_csv(
            path,
            csv.ReadOptions(autogenerate_column_names=True),
            csv.ParseOptions(delimiter=delimiter),
        )
    except pa.ArrowException:  # the reader of tables says what is wrong with it
        return None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _of_train(matrix: np.ndarray, train: Table) -> np.ndarray:
    if len(matrix) == train.n_rows:
        return matrix
    if train.positions is not None and len(matrix) > int(train.positions.max()):
        kept: np.ndarray = matrix[train.positions]
        return kept
    raise InputError(
        f"{OPTION}: there are {len(matrix):,} predictions for {train.n_rows:,} training rows; there "
        "must be one for each"
    )


def _probabilities(matrix: np.ndarray, names: tuple[str, ...], target: Target) -> np.ndarray:
    import numpy as np

    classes = target.classes
    if matrix.shape[1] == 1 and len(classes) == 2:
        matrix = np.column_stack([1 - matrix[:, 0], matrix[:, 0]])
    elif set(classes) <= set(names):
        matrix = np.ascontiguousarray(matrix[:, [names.index(one) for one in classes]])
    elif matrix.shape[1] != len(classes):
        shown = ", ".join(classes[:5]) + (", ..." if len(classes) > 5 else "")
        raise InputError(
            f"{OPTION}: there are {matrix.shape[1]} columns for {len(classes)} classes; there must "
            f"be one for each of {shown}"
        )
    least, odd = _extremes(matrix)
    if least < -SLACK or abs(odd - 1) > SLACK:
        raise InputError(
            f"{OPTION}: the columns must hold probabilities, which add up to 1 in every row; one "
            f"row adds up to {odd:.6g}"
        )
    return matrix


def _extremes(matrix: np.ndarray) -> tuple[float, float]:
    """The least number, and the total farthest from 1 of rows without a missing number.

    In blocks of rows, so that nothing of the size of the matrix is made.
    """
    import numpy as np

    size = max(CELLS_AT_ONCE // matrix.shape[1], 1)
    ones = np.ones(matrix.shape[1], matrix.dtype)
    least, odd = 0.0, 1.0
    with np.errstate(invalid="ignore", over="ignore"):  # infinite numbers are refused with the rest
        for start in range(0, len(matrix), size):
            part = matrix[start : start + size]
            least = min(least, float(np.fmin.reduce(part, axis=None)))
            totals = part @ ones
            totals = totals[~np.isnan(totals)]
            if len(totals):
                farthest = float(totals[np.abs(totals - 1).argmax()])
                odd = max(odd, farthest, key=lambda one: abs(one - 1))
    return least, odd
