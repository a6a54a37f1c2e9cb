"""The artefacts: frozen data that adapters make of the user's objects and that checkers ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

GRID = 65_536
"""Rows per chunk. Chunks lie on this grid by absolute row number, whatever the reader's batches."""

Role = Literal["train", "eval", "reference"]
ROLES: tuple[Role, ...] = ("train", "eval", "reference")
Task = Literal["classification", "regression"]


class Kind(StrEnum):
    """What a column is, as a person would see it; each has one Arrow type (see `Column`)."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CATEGORY = "category"
    TEXT = "text"
    IDENTIFIER = "id"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Column:
    """One column in its canonical form.

    Parameters
    ----------
    name : str
        As shown; unique within its table.
    kind : Kind
        Decided on train and kept for the other tables.
    storage : str
        The type as it was given, for example ``int64``, ``string``, ``object``.
    note : str
        What a person should know of the conversion, for example "numbers stored as text".
    data : pyarrow.ChunkedArray of shape (n_rows,)
        ``number``: an integer or a floating type, missing as null, never NaN; ``boolean``: bool;
        ``date``: timestamp[us] in UTC; ``category`` and ``text``: dictionary<int32, string>, one
        dictionary for all chunks; ``id``: an integer type or such a dictionary; ``empty`` and
        ``unsupported``: null.
    """

    name: str
    kind: Kind
    storage: str
    note: str
    data: pa.ChunkedArray


@dataclass(frozen=True, slots=True)
class Table:
    """A table in canonical form.

    Parameters
    ----------
    role : {"train", "eval", "reference"}
        What the table is in this audit.
    source : str
        The file or the object that it came from, as shown to a person.
    columns : tuple of Column
        In the order as given.
    n_rows : int
        The number of rows.
    positions : numpy.ndarray of shape (n_rows,), dtype int64, or None
        Where each row stood in the file or frame as given; None if it stands there still.
    sha256 : str or None
        Of the file's bytes; None for an object in memory.
    """

    role: Role
    source: str
    columns: tuple[Column, ...]
    n_rows: int
    positions: np.ndarray | None = None
    sha256: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def of_kind(self, *kinds: Kind) -> tuple[Column, ...]:
        """The columns of these kinds, in order."""
        return tuple(column for column in self.columns if column.kind in kinds)

    def without(self, names: Iterable[str]) -> Table:
        """The same rows without these columns."""
        left_out = set(names)
        kept = tuple(column for column in self.columns if column.name not in left_out)
        return Table(self.role, self.source, kept, self.n_rows, self.positions, self.sha256)

    def chunks(
        self, names: Iterable[str] | None = None
    ) -> Iterator[tuple[int, dict[str, pa.Array]]]:
        """The rows in chunks on the fixed grid.

        Yields
        ------
        tuple of int and dict
            The number of the first row, and for each named column a ``pyarrow.Array`` of at most
            `GRID` rows.
        """
        wanted = [self[name] for name in (self.names if names is None else names)]
        for start in range(0, self.n_rows, GRID):
            size = min(GRID, self.n_rows - start)
            yield start, {one.name: _one_array(one.data.slice(start, size)) for one in wanted}

    def position(self, row: int) -> int:
        """Where a row of this table stood in the file or frame as given."""
        return row if self.positions is None else int(self.positions[row])

    def cells(self, row: int) -> dict[str, Any]:
        """The values of one row, by column; None where missing."""
        return {column.name: column.data[row].as_py() for column in self.columns}


def _one_array(chunked: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    combined = chunked.combine_chunks()
    if not isinstance(combined, pa.ChunkedArray):
        return combined
    return combined.chunk(0) if combined.num_chunks else pa.array([], chunked.type)


@dataclass(frozen=True, slots=True)
class Target:
    """The column that is to be predicted.

    ``classes`` are the class labels of train as strings, sorted, empty for a regression; the
    dictionary of a classification's target column holds just these, whatever its storage.
    """

    name: str
    task: Task
    classes: tuple[str, ...]
    inferred: bool


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """The column that orders the rows in time; ``given`` by the user, or merely detected."""

    name: str
    given: bool


ARTEFACTS: Mapping[str, str] = {
    "train": "TRAIN",
    "eval": "--eval",
    "reference": "--reference",
    "target": "--target",
    "time": "--time",
    "identifier": "--id",
    "device": "--device",
    "seed": "--seed",
}
"""What adapters provide, by the name that checkers ask for, with the option that gives it."""
