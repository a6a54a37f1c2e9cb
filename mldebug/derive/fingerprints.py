"""Row fingerprints: 64 bits for what a row says, whatever the order of the columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, derived
from mldebug.columns import codes, integers, is_coded, levels, numbers

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.artefacts import Column
    from mldebug.derive.identifiers import Identifier

LEFT_OUT = (Kind.UNSUPPORTED, Kind.EMPTY)


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Fingerprints of the rows of one table.

    Parameters
    ----------
    columns : tuple of str
        The features that were compared.
    ignored : tuple of str
        The columns that number or name the rows and were left out.
    features : numpy.ndarray of shape (n_rows,), dtype int64
        Of the features.
    labelled : numpy.ndarray of shape (n_rows,), dtype int64, or None
        Of the features and the target; None without a target.
    """

    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    features: np.ndarray
    labelled: np.ndarray | None


@derived(per_table=True)
def fingerprints(
    table: Table,
    device: Device,
    identifiers: tuple[Identifier, ...],
    target: Target | None = None,
) -> Fingerprints:
    """The fingerprints of a table's rows over all its features.

    Notes
    -----
    A wrapping sum over the columns of a mixed hash of the cell, salted by the column's name: O(n d),
    and a column is taken out by subtracting its term.
    """
    ignored = [one.column for one in identifiers if one.column in table]
    label = target.name if target and target.name in table else None
    columns = [
        column
        for column in table.columns
        if column.name not in ignored and column.name != label and column.kind not in LEFT_OUT
    ]
    if not columns:
        raise Unavailable("there is no column that rows could be compared by")
    features = terms(columns, table.n_rows, device)
    labelled = None if label is None else features + terms([table[label]], table.n_rows, device)
    names = tuple(column.name for column in columns)
    return Fingerprints(names, tuple(ignored), features, labelled)


@dataclass(frozen=True, slots=True)
class SharedFingerprints:
    """Fingerprints of train and eval over the features that both have."""

    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    train: np.ndarray
    eval: np.ndarray


@derived()
def shared_fingerprints(
    train: Table,
    eval: Table,
    train_fingerprints: Fingerprints,
    eval_fingerprints: Fingerprints,
    device: Device,
) -> SharedFingerprints:
    """The fingerprints of both tables over the features that both have."""
    there, here = set(eval_fingerprints.columns), set(train_fingerprints.columns)
    columns = tuple(name for name in train_fingerprints.columns if name in there)
    if not columns:
        raise Unavailable("train and eval have no column in common that rows could be compared by")
    sides = []
    for table, own, other in ((train, train_fingerprints, there), (eval, eval_fingerprints, here)):
        extra = [table[name] for name in own.columns if name not in other]
        surplus = terms(extra, table.n_rows, device) if extra else 0
        sides.append(own.features - surplus)
    return SharedFingerprints(columns, train_fingerprints.ignored, sides[0], sides[1])


def terms(columns: Iterable[Column], n_rows: int, device: Device) -> np.ndarray:
    """The sum of these columns' terms in the fingerprints of their rows.

    Returns
    -------
    numpy.ndarray of shape (n_rows,), dtype int64
    """
    from mldebug.arrays import to_host
    from mldebug.stats.fingerprints import column_salt, row_fingerprints

    total = device.xp.zeros(n_rows, dtype=device.xp.int64)
    for column in columns:
        hashed = _hashes(column, device)
        total = total + row_fingerprints([hashed], [column_salt(column.name)])
    return to_host(total)


def _hashes(column: Column, device: Device) -> Any:
    """One 64-bit hash a cell: equal values hash equal, whatever their storage."""
    import numpy as np
    import pyarrow as pa

    from mldebug.stats.fingerprints import code_hashes, number_hashes, text_hashes

    if is_coded(column):
        words = device.asarray(text_hashes(levels(column.data)))
        return code_hashes(device.asarray(codes(column.data)), words)
    if pa.types.is_floating(column.data.type):
        values = numbers(column.data)
        return number_hashes(device.asarray(values), device.asarray(np.isnan(values)))
    values, missing = integers(column.data)
    where = np.zeros(len(values), dtype=bool) if missing is None else missing
    return number_hashes(device.asarray(values), device.asarray(where))
