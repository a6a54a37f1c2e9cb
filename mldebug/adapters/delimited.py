"""CSV and its kin: the delimiter and the header found out, the rest left to pyarrow's reader."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mldebug.adapters.content import Bytes
from mldebug.adapters.raw import Raw, RawColumn, repeated_names, storage_of, unique_names
from mldebug.adapters.words import told_apart
from mldebug.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

DELIMITERS = (",", ";", "\t", "|")
HEAD = 1 << 20
SNIFFED_ROWS = 100
BLOCK = 1 << 20
LARGEST_BLOCK = (1 << 31) - 1

MISSING = (
    "",
    "#N/A",
    "#N/A N/A",
    "#NA",
    "-1.#IND",
    "-1.#QNAN",
    "-NaN",
    "-nan",
    "1.#IND",
    "1.#QNAN",
    "<NA>",
    "N/A",
    "NA",
    "NULL",
    "NaN",
    "None",
    "n/a",
    "nan",
    "null",
)
"""What pandas takes for missing."""

DECIMAL = re.compile(r"[+-]?\d*[.]\d+([eE][+-]?\d+)?|[+-]?\d+[eE][+-]?\d+")
SEPARATOR = re.compile(rb"sep=.\r?\n", re.IGNORECASE)
"""The line that Excel reads first; what it says is found out anyway."""
DECIMAL_COMMA = r"^\s*[+-]?\d*,\d+\s*$"
THOUSANDS_COMMA = r"^\s*[+-]?\d{1,3},\d{3}\s*$"
LEADING_ZERO = r"^\s*[+-]?0\d"


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a table: its cells, what divides them, and where the rows begin."""

    cells: tuple[str, ...]
    delimiter: str
    lines: int
    rows_at: int


def delimited_columns(content: Bytes, held: pa.Buffer, start: int, source: str, option: str) -> Raw:
    """The columns of delimited text in UTF-8.

    Parameters
    ----------
    content : bytes or mmap
        The text.
    held : pyarrow.Buffer
        The same in memory that Arrow owns.
    start : int
        Where it begins, behind a byte-order mark.
    source, option : str
        For messages.

    Raises
    ------
    InputError
        There is no header, no row, or a row with more or fewer fields than the header.
    """
    start += len(told[0]) if (told := SEPARATOR.match(bytes(content[start : start + 16]))) else 0
    header = _header(content, start, source, option)
    rest = content[header.rows_at : header.rows_at + HEAD]
    if not rest.strip() and not content[header.rows_at :].strip():
        raise InputError(f"{option}: {source} has a header but no rows; a table needs at least one")
    try:
        table, remarks = _table(content, held, header)
    except Exception as error:
        why = _why(error, bytes(content[start:]), header, source)
        raise InputError(f"{option}: {why}") from error
    given = header.cells
    columns = tuple(
        _column(name, data) for name, data in zip(unique_names(given), table.columns, strict=True)
    )
    return Raw(source, None, columns, table.num_rows, remarks + repeated_names(given))


def _header(content: Bytes, start: int, source: str, option: str) -> Header:
    head = content[start : start + HEAD]
    whole = len(content) - start <= HEAD
    text = head.decode(errors="ignore")
    best = (-1.0, 0)
    chosen = ","
    for delimiter in DELIMITERS:
        rows = [row for row, _ in _records(text, delimiter, SNIFFED_ROWS) if row]
        if not whole and len(rows) > 1:
            rows.pop()  # the last one may be cut off
        width = len(rows[0]) if rows else 0
        agreeing = sum(len(row) == width for row in rows) / max(1, len(rows))
        if width > 1 and (agreeing, width) > best:
            best, chosen = (agreeing, width), delimiter
    cells, lines = next(
        ((row, lines) for row, lines in _records(text, chosen, SNIFFED_ROWS) if row), ([], 0)
    )
    if not any(cell.strip() for cell in cells):
        raise InputError(
            f"{option}: {source} has no columns; its first line must name at least one"
        )
    if _are_values(cells):
        raise InputError(
            f"{option}: {source} has no header (its first line holds numbers); the first line must "
            "name the columns"
        )
    offset = sum(len(line.encode()) for line, _ in zip(_lines(text), range(lines), strict=False))
    return Header(tuple(cell.strip() for cell in cells), chosen, lines, start + offset)


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


def _records(text: str, delimiter: str, limit: int) -> Iterator[tuple[list[str], int]]:
    """The first records with the number of lines read so far; ends at one that is no CSV."""
    reader = csv.reader(_lines(text), delimiter=delimiter)
    try:
        for _, row in zip(range(limit), reader, strict=False):
            yield row, reader.line_num
    except csv.Error:
        return


def _are_values(cells: list[str]) -> bool:
    """Whether a first line is data: mostly numbers, but not column numbers or years in steps."""
    named = [cell.strip() for cell in cells if cell.strip()]
    whole = [int(cell) for cell in named if re.fullmatch(r"[+-]?\d{1,18}", cell)]
    decimals = sum(DECIMAL.fullmatch(cell) is not None for cell in named)
    steps = {after - before for before, after in pairwise(whole)}
    if not decimals and (steps == {1} or (len(steps) == 1 and len(whole) > 2 and min(steps) > 0)):
        return False
    if whole in ([0], [1]):
        return False
    return 2 * (len(whole) + decimals) > len(named)


def _table(content: Bytes, held: pa.Buffer, header: Header) -> tuple[pa.Table, tuple[str, ...]]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [str(place) for place in range(len(header.cells))]
    rows = held.slice(header.rows_at)
    quoted = content.find(b'"', header.rows_at) >= 0
    parsing = arrow_csv.ParseOptions(delimiter=header.delimiter, newlines_in_values=quoted)

    def reading(block: int) -> Any:
        return arrow_csv.ReadOptions(column_names=names, block_size=block)

    def converting(types: dict[str, pa.DataType], point: str) -> Any:
        return arrow_csv.ConvertOptions(
            column_types=types,
            null_values=list(MISSING),
            true_values=["true", "True", "TRUE"],
            false_values=["false", "False", "FALSE"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            decimal_point=point,
        )

    for block in (BLOCK, LARGEST_BLOCK):
        try:
            with arrow_csv.open_csv(
                pa.BufferReader(rows), reading(block), parsing, converting({}, ".")
            ) as stream:
                first = stream.read_next_batch()
            point = "," if header.delimiter in ";\t|" and _has_decimal_commas(first) else "."
            # these are read as text, so that a leading zero in a later row is not lost
            as_text = {
                field.name: pa.string()
                for field, column in zip(first.schema, first.columns, strict=True)
                if pa.types.is_integer(field.type)
                or pa.types.is_null(field.type)
                or _is_whole_beyond_int64(column)
            }
            table = arrow_csv.read_csv(
                pa.BufferReader(rows), reading(block), parsing, converting(as_text, point)
            )
        except pa.ArrowInvalid as error:
            if "straddling" in str(error) and block < LARGEST_BLOCK:
                continue
            raise
        return table, ("commas are read as decimal points",) if point == "," else ()
    raise AssertionError


def _is_whole_beyond_int64(column: pa.Array) -> bool:
    """Whether a column of floats looks like whole numbers that the reader found too large."""
    import pyarrow as pa
    from pyarrow import compute as pc

    if not pa.types.is_floating(column.type):
        return False
    largest = pc.max(pc.abs(column)).as_py()
    if largest is None or not 2.0**63 <= largest < float("inf"):
        return False
    return bool(pc.all(pc.equal(column, pc.floor(column))).as_py())


def _has_decimal_commas(batch: pa.RecordBatch) -> bool:
    """Whether columns of text look like 1,5 and no column looks like 1.5."""
    import pyarrow as pa
    from pyarrow import compute as pc

    if any(pa.types.is_floating(column.type) for column in batch.columns):
        return False
    for column in batch.columns:
        if not pa.types.is_string(column.type):
            continue
        if not pc.all(pc.match_substring_regex(column, DECIMAL_COMMA), min_count=1).as_py():
            continue
        if not pc.all(pc.match_substring_regex(column, THOUSANDS_COMMA)).as_py():
            return True
    return False


def _column(name: str, data: pa.ChunkedArray) -> RawColumn:
    import pyarrow as pa

    if pa.types.is_string(data.type):
        data = _whole_numbers(data)
    return RawColumn(name, data, storage_of(data.type))


def _whole_numbers(words: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text as integers, or as other numbers, if it holds nothing else and no leading zero."""
    import pyarrow as pa
    from pyarrow import compute as pc

    few = words.slice(0, SNIFFED_ROWS)
    if words.null_count == len(words):
        return pa.chunked_array([pa.nulls(len(words))])  # no cast leads from text to null
    if pc.any(pc.match_substring_regex(few, r"[^\d\s.eE+-]")).as_py():
        return words
    if pc.any(pc.match_substring_regex(words, LEADING_ZERO)).as_py():
        return words
    for bare in (words, pc.utf8_trim_whitespace(words)):
        try:
            values = told_apart(bare)
        except pa.ArrowInvalid:
            continue
        return words if values is None else values
    return words


def _why(error: Exception, content: bytes, header: Header, source: str) -> str:
    """One sentence on why the reader gave up: most often a row of another width."""
    text = content.decode(errors="replace")
    reader = csv.reader(_lines(text), delimiter=header.delimiter)
    width = len(header.cells)
    line = 1
    try:
        for row in reader:
            if row and len(row) != width:
                return (
                    f"line {line:,} of {source} has {_fields(len(row))} and the header "
                    f"has {_fields(width)}; they must agree (quote a field that holds "
                    f"{header.delimiter!r})"
                )
            line = reader.line_num + 1
    except csv.Error as reason:
        return f"line {line:,} of {source} is no CSV ({reason}); correct that line"
    told = str(error).splitlines()[0][:200]
    return f"{source} cannot be read as CSV ({told}); check its quotes and delimiters"


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count:,} fields"
