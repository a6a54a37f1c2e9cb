"""The columns of a log: the numbers of each with the rows they stand in, whatever the log's form."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

NUMBER = r"^[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|(?i:nan|inf|infinity))$"
TENSOR = r"^tensor\(([^,)]*).*$"
"""What a tensor leaves in a log where nobody asked for its item."""
MISSING = ("", "NA", "N/A", "None", "none", "null", "NULL", "-")
"""Cells of what was not logged. ``nan`` is not among them: it is a value."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The numbers of one column.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_points,), dtype float64 or int64
        With NaN and infinities as they were logged; integers where all of them are whole.
    rows : numpy.ndarray of shape (n_points,), dtype int64, or None
        The rows of the log that they stand in; None if they stand in all of them.
    """

    values: np.ndarray
    rows: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one column: an index into ``labels`` for each row, -1 where there is none."""

    codes: np.ndarray
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """A log as a table, in the order in which it was written."""

    n_rows: int
    numbers: Mapping[str, Cells]
    words: Mapping[str, Words] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def log_of_batches(
    batches: Iterable[pa.RecordBatch],
    names: Iterable[str],
    source: str,
    *,
    named: Iterable[str] = (),
    timed: Iterable[str] = (),
) -> Log:
    """The log that batches of columns hold, with no more of it in memory than its numbers.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        Columns of texts or of numbers; the others are left out.
    names : iterable of str
        Of the columns, as shown.
    source : str
        For remarks.
    named, timed : iterable of str
        The columns whose texts are kept, and those whose texts may be dates.
    """
    kept, dated = set(named), set(timed)
    columns = {name: _Growing(texts=name in kept, dated=name in dated) for name in names}
    n_rows = 0
    for batch in batches:
        for column, one in zip(batch.columns, columns.values(), strict=True):
            one.add(column, n_rows)
        n_rows += batch.num_rows
    numbers, words, remarks = {}, {}, []
    for name in list(columns):
        one = columns.pop(name)
        if one.count:
            numbers[name] = one.cells(n_rows)
            if one.unread:
                cells = (
                    "1 cell is no number and was"
                    if one.unread == 1
                    else (f"{one.unread:,} cells are no numbers and were")
                )
                remarks.append(f"in the column {name!r} of {source} {cells} left out")
        elif one.labels:
            words[name] = one.words()
    return Log(n_rows, numbers, words, tuple(remarks))


@dataclass(slots=True)
class _Growing:
    """A column while its batches come in."""

    texts: bool
    dated: bool
    values: np.ndarray | None = None
    rows: list[np.ndarray | tuple[int, int]] = field(default_factory=list)
    labels: list[Any] = field(default_factory=list)
    count: int = 0
    unread: int = 0

    def add(self, column: pa.Array, start: int) -> None:
        import numpy as np

        if self.texts:
            self.labels.append(column)
        if self.unread and not self.count:
            return  # a column of texts
        values, lost = numbers_in(column)
        if self.dated and lost and (told := seconds_in(column)) is not None:
            values, lost = told, 0
        self.unread += lost
        there = None
        if values.null_count:
            there = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
            values = values.drop_null()
        self._keep(values.to_numpy(zero_copy_only=False))
        self.rows.append((start, len(values)) if there is None else there + start)

    def _keep(self, more: np.ndarray) -> None:
        """Append in place: a buffer that grows by remapping never stands in memory twice."""
        import numpy as np

        held, size = self.values, self.count + len(more)
        kind = more.dtype if held is None else np.result_type(held, more)
        if held is None or held.dtype != kind:
            held = np.empty(0, kind) if held is None else held.astype(kind)
        if size > len(held):
            held.resize(max(size, len(held) * 3 // 2), refcheck=False)
        held[self.count : size] = more
        self.values, self.count = held, size

    def cells(self, n_rows: int) -> Cells:
        import numpy as np

        values, self.values = self.values, None
        assert values is not None
        values.resize(self.count, refcheck=False)
        if len(values) == n_rows:
            return Cells(values)
        rows = [
            np.arange(one[0], sum(one), dtype=np.int64) if isinstance(one, tuple) else one
            for one in self.rows
        ]
        return Cells(values, np.concatenate(rows))

    def words(self) -> Words:
        import pyarrow as pa

        encoded = pa.chunked_array([one.dictionary_encode() for one in self.labels])
        whole = encoded.unify_dictionaries().combine_chunks()
        whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
        codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return Words(
            codes, tuple(_text(one) for one in whole.dictionary.cast(pa.binary()).to_pylist())
        )


def _text(held: Any) -> str:
    return held.decode("utf-8", "replace") if isinstance(held, bytes) else str(held)


def numbers_in(column: pa.Array) -> tuple[pa.Array, int]:
    """The numbers of a column, null where there is none, and how many cells are no numbers."""
    import pyarrow as pa
    from pyarrow import compute as pc

    kind = column.type
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return pc.cast(column, pa.int64()), 0
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return pc.cast(column, pa.float64(), safe=False), 0
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return pa.nulls(len(column), pa.float64()), len(column) - column.null_count
    for wanted in (pa.int64(), pa.float64()):
        try:
            return pc.cast(column, wanted), 0
        except pa.ArrowInvalid:
            continue
    bare = pc.ascii_trim_whitespace(column)
    bare = pc.replace_substring_regex(bare, TENSOR, r"\1")
    missing = pc.is_in(bare, pa.array(MISSING, kind))
    fit = pc.match_substring_regex(bare, NUMBER)
    values = pc.cast(pc.if_else(fit, bare, pa.scalar(None, kind)), pa.float64())
    unread = pc.sum(pc.and_(pc.invert(fit), pc.invert(missing))).as_py() or 0
    return values, int(unread)


def seconds_in(column: pa.Array) -> pa.Array | None:
    """Dates and times of day as seconds since 1970; None if a cell is neither that nor missing."""
    import pyarrow as pa
    from pyarrow import compute as pc

    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        try:
            ticks = column.cast(kind).cast(pa.int64())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
        return pc.divide(pc.cast(ticks, pa.float64(), safe=False), 1e6)
    return None


def log_of_records(records: Iterable[Mapping[str, Any]]) -> Log:
    """The log of which each entry is a mapping of names to values; other values are left out."""
    import numpy as np

    values: dict[str, array[float]] = {}
    rows: dict[str, array[int]] = {}
    texts: dict[str, dict[str, int]] = {}
    codes: dict[str, dict[int, int]] = {}
    n_rows = 0
    for record in records:
        for name, value in _flat(record):
            number = _number(value)
            if number is not None:
                values.setdefault(name, array("d")).append(number)
                rows.setdefault(name, array("q")).append(n_rows)
            elif isinstance(value, str):
                known = texts.setdefault(name, {})
                codes.setdefault(name, {})[n_rows] = known.setdefault(value, len(known))
        n_rows += 1
    numbers = {
        name: Cells(
            np.frombuffer(held, dtype=np.float64),
            None if len(held) == n_rows else np.frombuffer(rows[name], dtype=np.int64),
        )
        for name, held in values.items()
    }
    words = {}
    for name, known in texts.items():
        placed = np.full(n_rows, -1, dtype=np.int64)
        placed[list(codes[name])] = list(codes[name].values())
        words[name] = Words(placed, tuple(known))
    return Log(n_rows, numbers, words)


def _flat(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        name = f"{prefix}/{key}" if prefix else str(key)
        if isinstance(value, Mapping) and depth < 4:
            yield from _flat(value, name, depth + 1)
        else:
            yield name, value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        bare = value.strip().lower().lstrip("+-")
        return float(value) if bare in ("nan", "inf", "infinity") else None
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    except (TypeError, ValueError):
        return None


def log_of_columns(columns: Mapping[str, Any], *, framed: bool = False) -> Log:
    """The log that columns in memory hold; shorter ones end early, None was not logged.

    Parameters
    ----------
    columns : mapping of str to sequence
        Numbers or texts.
    framed : bool
        NaN may mean that nothing was logged, as it does in a frame; see `logged_in_frame`.
    """
    import numpy as np

    numbers: dict[str, Cells] = {}
    words: dict[str, Words] = {}
    n_rows = 0
    for name, given in columns.items():
        try:
            held = np.asarray(given)
        except (TypeError, ValueError):
            continue
        if held.ndim != 1 or not len(held):
            continue
        there: np.ndarray | None = None
        if held.dtype == object:
            there = np.array([one is not None for one in held], dtype=bool)
        try:
            values = held.astype(np.float64)
        except (TypeError, ValueError):
            labels = {str(one): None for one in held}
            place = {label: number for number, label in enumerate(labels)}
            words[name] = Words(np.array([place[str(one)] for one in held]), tuple(labels))
            continue
        if there is None and framed:
            there = logged_in_frame(values)
        n_rows = max(n_rows, len(values))
        numbers[name] = Cells(
            values if there is None else values[there],
            np.arange(len(values)) if there is None else np.flatnonzero(there),
        )
    full = {
        name: Cells(one.values, None if len(one.values) == n_rows else one.rows)
        for name, one in numbers.items()
    }
    return Log(n_rows, full, {name: one for name, one in words.items() if len(one.codes) == n_rows})


MOSTLY = 0.9
"""The share of a frame's rows from which on a column counts as logged in every row."""


def logged_in_frame(values: np.ndarray) -> np.ndarray:
    """Which cells of a frame's column were logged, though NaN stands for both.

    Notes
    -----
    A column with nine cells in ten was logged in every row: its NaN are values. In another one a NaN
    is a row in which it was not logged, save at the end: NaN for more than twice its longest gap
    until then is a value that stayed NaN. O(n).
    """
    import numpy as np

    there: np.ndarray = ~np.isnan(values)
    places = np.flatnonzero(there)
    if len(places) >= MOSTLY * len(values):
        return np.ones(len(values), dtype=bool)
    if len(places) < 2:
        return there
    longest = int(np.diff(places).max())
    stride = int(np.median(np.diff(places)))
    if len(values) - 1 - places[-1] > 2 * longest:
        there[places[-1] + stride :: stride] = True
    return there
