"""Row fingerprints: 64 bits for what a row says, whatever the order of the columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, derived
from mldebug.columns import codes, integers, is_coded, levels, narrower, numbers, rounded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import DTypeLike

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
    """The fingerprints of both tables over the features that both have.

    Notes
    -----
    Numbers that one table stores in narrower floats than the other are compared as these: .1 in a
    float32 column is a copy of .1 in a float64 one. O(n) for each such column, else nothing.
    """
    there, here = set(eval_fingerprints.columns), set(train_fingerprints.columns)
    columns = tuple(name for name in train_fingerprints.columns if name in there)
    if not columns:
        raise Unavailable("train and eval have no column in common that rows could be compared by")
    theirs = {column.name: column for column in eval.columns}
    shared = [(mine, theirs[mine.name]) for mine in train.columns if mine.name in set(columns)]
    width = {mine.name: narrower(mine, other) for mine, other in shared}
    narrowed = {name: dtype for name, dtype in width.items() if dtype is not None}
    sides = []
    for table, own, other in ((train, train_fingerprints, there), (eval, eval_fingerprints, here)):
        features = own.features
        wanted = set(own.columns).difference(other).union(narrowed)
        replaced = [column for column in table.columns if column.name in wanted]
        if replaced:
            features = features - terms(replaced, table.n_rows, device)
        if narrowed:
            anew = [column for column in replaced if column.name in narrowed]
            features = features + terms(anew, table.n_rows, device, narrowed)
        sides.append(features)
    return SharedFingerprints(columns, train_fingerprints.ignored, sides[0], sides[1])


def terms(
    columns: Iterable[Column],
    n_rows: int,
    device: Device,
    narrowed: Mapping[str, DTypeLike] | None = None,
) -> np.ndarray:
    """The sum of these columns' terms in the fingerprints of their rows.

    Parameters
    ----------
    columns : iterable of Column
        Of ``n_rows`` rows each.
    n_rows : int
        The number of rows.
    device : Device
        Where the hashes are computed.
    narrowed : mapping of str to dtype, optional
        The columns of numbers that are rounded first, and the floating type to which.

    Returns
    -------
    numpy.ndarray of shape (n_rows,), dtype int64
    """
    from mldebug.arrays import to_host
    from mldebug.stats.fingerprints import column_salt, row_fingerprints

    total = device.xp.zeros(n_rows, dtype=device.xp.int64)
    for column in columns:
        hashed = _hashes(column, device, (narrowed or {}).get(column.name))
        total = total + row_fingerprints([hashed], [column_salt(column.name)])
    return to_host(total)


def _hashes(column: Column, device: Device, dtype: DTypeLike | None) -> Any:
    """One 64-bit hash a cell: equal values hash equal, whatever their storage."""
    import numpy as np
    import pyarrow as pa

    from mldebug.stats.fingerprints import code_hashes, number_hashes, text_hashes

    if is_coded(column):
        words = device.asarray(text_hashes(levels(column.data)))
        return code_hashes(device.asarray(codes(column.data)), words)
    if dtype is not None or pa.types.is_floating(column.data.type):
        values = rounded(numbers(column.data), dtype)
        return number_hashes(device.asarray(values), device.asarray(np.isnan(values)))
    values, missing = integers(column.data)
    where = np.zeros(len(values), dtype=bool) if missing is None else missing
    return number_hashes(device.asarray(values), device.asarray(where))
