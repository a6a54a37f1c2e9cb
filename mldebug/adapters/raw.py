"""What a source holds before its kinds are known: Arrow columns with unique names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mldebug.columns import positions
from mldebug.errors import InputError

if TYPE_CHECKING:
    from concurrent.futures import Future

    import numpy as np
    import pyarrow as pa

NAMELESS = "(no name)"
"""How a column without a name is shown: it must be seen and asked for, and says nothing itself."""


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column as it was read.

    Parameters
    ----------
    name : str
        Unique within its source.
    data : pyarrow.ChunkedArray of shape (n_rows,)
        Of any Arrow type; all null where the column could not be read.
    storage : str
        The type as it was given, in Arrow's words where it has some.
    note : str
        What a person should know of the reading.
    readable : bool
        False where ``data`` stands for values that no Arrow type can hold.
    forms : pyarrow.ChunkedArray of shape (n_rows,), or None
        As in `mldebug.artefacts.Column`.
    """

    name: str
    data: pa.ChunkedArray
    storage: str
    note: str = ""
    readable: bool = True
    forms: pa.ChunkedArray | None = None

    def rows(self, indices: pa.Array) -> RawColumn:
        """These rows, by position, in this order."""
        forms = None if self.forms is None else chunked(self.forms.take(indices))
        return replace(self, data=chunked(self.data.take(indices)), forms=forms)


@dataclass(frozen=True, slots=True)
class Raw:
    """A source as it was read.

    Parameters
    ----------
    source : str
        The path, or what the object is, as shown to a person.
    sha256 : Future of str, or None
        Of the file's bytes, which a thread may still read; None for an object in memory.
    columns : tuple of RawColumn
        In the order as given.
    n_rows : int
        The number of rows.
    remarks : tuple of str
        Sentences on what was decided while reading.
    target : str or None
        The column that an ``(X, y)`` pair names as its target.
    """

    source: str
    sha256: Future[str] | None
    columns: tuple[RawColumn, ...]
    n_rows: int
    remarks: tuple[str, ...] = ()
    target: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> RawColumn:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def without(self, name: str) -> Raw:
        """The same rows without this column."""
        kept = tuple(column for column in self.columns if column.name != name)
        return replace(self, columns=kept)

    def rows(self, wanted: np.ndarray) -> Raw:
        """These rows, by position, in this order."""
        indices = positions(wanted)
        taken = tuple(column.rows(indices) for column in self.columns)
        return replace(self, columns=taken, n_rows=len(wanted))


def chunked(data: Any) -> pa.ChunkedArray:
    """An Arrow array of either sort as a ChunkedArray."""
    import pyarrow as pa

    return data if isinstance(data, pa.ChunkedArray) else pa.chunked_array([data])


def unreadable(name: str, n_rows: int, storage: str, note: str) -> RawColumn:
    """A column whose values cannot be held; the note says what they are."""
    import pyarrow as pa

    return RawColumn(name, chunked(pa.nulls(n_rows)), storage, note, readable=False)


def storage_of(kind: pa.DataType) -> str:
    """The name of an Arrow type, the same whichever library the column came from."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return "category"
    named = {
        "halffloat": "float16",
        "float": "float32",
        "double": "float64",
        "date32[day]": "date",
        "date64[ms]": "date",
    }
    told = str(kind)
    return named.get(told, re.sub(r"large_|_view(?=\W|$)", "", told))


def shown_name(name: Hashable) -> str:
    """A column's name as text; the levels of a tuple are joined by dots."""
    if isinstance(name, tuple):
        return ".".join(str(level) for level in name if str(level))
    return str(name)


def unique_names(given: Iterable[Hashable]) -> tuple[str, ...]:
    """Names as text, each once; a nameless column is `NAMELESS`, a repeated one ``name.1``."""
    shown = [shown_name(name) or NAMELESS for name in given]
    taken = set(shown)
    seen: set[str] = set()
    counts: dict[str, int] = {}
    unique = []
    for name in shown:
        fresh = name
        while fresh in seen or (fresh != name and fresh in taken):
            counts[name] = counts.get(name, 0) + 1
            fresh = f"{name}.{counts[name]}"
        seen.add(fresh)
        unique.append(fresh)
    return tuple(unique)


def repeated_names(given: Sequence[Hashable]) -> tuple[str, ...]:
    """The remark on names that occur more than once, if any do."""
    counts = Counter(shown_name(name) for name in given)
    repeated = sorted(name for name, count in counts.items() if name and count > 1)
    if not repeated:
        return ()
    more = f" and {len(repeated) - 1:,} more" if len(repeated) > 1 else ""
    return (f"the column name {repeated[0]!r}{more} occurs more than once; repeats are numbered",)


def checked(raw: Raw, option: str) -> Raw:
    """The same source, if there is something in it.

    Raises
    ------
    InputError
        It has no columns or no rows.
    """
    if not raw.columns:
        raise InputError(f"{option}: {raw.source} has no columns; a table needs at least one")
    if raw.n_rows == 0:
        raise InputError(f"{option}: {raw.source} has no rows; a table needs at least one")
    return raw
