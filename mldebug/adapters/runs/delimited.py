"""Logs as delimited text, read batch by batch: CSV, TSV and what is padded or cut off among them."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from mldebug.adapters.runs.cells import MISSING, Log, log_of_batches
from mldebug.adapters.runs.documents import COMPRESSED, HEAD, head_of
from mldebug.adapters.runs.rows import naming_columns, timing_columns
from mldebug.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

DELIMITERS = (",", "\t", ";", "|")
ENDINGS = (".csv", ".tsv", ".txt", ".log")
LONGEST_HEADER = 1 << 22
MOST_COLUMNS = 20_000
SNIFFED_LINES = 20
BLOCKS = (1 << 20, 1 << 26)


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a log in columns, and how many lines come before its rows."""

    names: tuple[str, ...]
    delimiter: str
    lines: int
    encoding: str

    @property
    def lower(self) -> frozenset[str]:
        """The names in lower case."""
        return frozenset(name.lower() for name in self.names)


def header_of(path: Path) -> Header | None:
    """The header of delimited text; None of what is none, by its ending or its first bytes."""
    endings = [ending.lower() for ending in path.suffixes]
    if endings and endings[-1] in COMPRESSED:
        endings.pop()
    if not endings or endings[-1] not in ENDINGS:
        return None
    head = head_of(path)
    if len(head) == HEAD and b"\n" not in head and b"\0" not in head:
        head = head_of(path, LONGEST_HEADER)
    return _header(head)


@lru_cache(maxsize=8)
def _header(head: bytes) -> Header | None:
    text, encoding = _decoded(head)
    if not text.strip():
        return None
    lines = text.splitlines()
    skipped = 0
    while skipped < len(lines) and (not lines[skipped].strip() or lines[skipped].startswith("#")):
        skipped += 1
    lines = lines[skipped : skipped + SNIFFED_LINES]
    if not lines:
        return None
    best: tuple[float, int] = (-1.0, 0)
    found: list[str] = []
    delimiter = ","
    for one in DELIMITERS:
        try:
            rows = list(csv.reader(lines, delimiter=one, skipinitialspace=True))
        except csv.Error:
            continue
        width = len(rows[0])
        agreeing = sum(len(row) == width for row in rows) / len(rows)
        if width > 1 and (agreeing, width) > best:
            best, delimiter, found = (agreeing, width), one, rows[0]
    if not found or len(found) > MOST_COLUMNS:
        return None
    return Header(_unique(found), delimiter, skipped + 1, encoding)


def _decoded(head: bytes) -> tuple[str, str]:
    """The text, and its encoding; nothing of binary data."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "ignore"), "utf-16"
    if b"\0" in head:
        return "", ""
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(head), "utf-8"
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace"), "cp1252"


def _unique(cells: list[str]) -> tuple[str, ...]:
    """The names without their padding; a name that stands there again gets a number."""
    seen: dict[str, int] = {}
    names = []
    for cell in cells:
        name = cell.strip().removeprefix("\ufeff").strip()
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def delimited_log(path: Path, header: Header) -> Log:
    """The columns of numbers of delimited text; lines of another width are left out and counted.

    Raises
    ------
    InputError
        It cannot be read, or has no rows.
    """
    import pyarrow as pa

    uneven: list[int] = []
    for block in BLOCKS:
        uneven.clear()
        try:
            log = log_of_batches(
                _batches(path, header, block, uneven),
                header.names,
                str(path),
                named=naming_columns(header.names),
                timed=timing_columns(header.names),
            )
        except pa.ArrowInvalid as error:
            if "straddling" in str(error) and block != BLOCKS[-1]:
                continue
            first = str(error).splitlines()[0][:200]
            raise InputError(f"--run: {path} cannot be read as a log in columns: {first}") from None
        if not log.n_rows:
            raise InputError(f"--run: {path} has a header but no rows; nothing was logged in it")
        return _with_remarks(log, path, header, len(uneven))
    raise AssertionError


def _with_remarks(log: Log, path: Path, header: Header, uneven: int) -> Log:
    remarks = list(log.remarks)
    if uneven:
        lines = "1 line" if uneven == 1 else f"{uneven:,} lines"
        width = len(header.names)
        remarks.append(f"{lines} of {path} without {width} fields, as its header has, left out")
    if header.encoding == "cp1252":
        remarks.append(f"{path} is not UTF-8; it is read as cp1252")
    return Log(log.n_rows, log.numbers, log.words, tuple(remarks))


def _batches(path: Path, header: Header, block: int, uneven: list[int]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [str(place) for place in range(len(header.names))]

    def left_out(row: object) -> str:
        uneven.append(getattr(row, "actual_columns", 0))
        return "skip"

    reading = arrow_csv.ReadOptions(
        column_names=names,
        block_size=block,
        skip_rows=header.lines,
        encoding=header.encoding if header.encoding == "utf-16" else "utf8",
    )
    parsing = arrow_csv.ParseOptions(delimiter=header.delimiter, invalid_row_handler=left_out)
    converting = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=list(MISSING),
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        check_utf8=False,
    )
    with pa.input_stream(str(path), compression="detect") as stream:
        try:
            reader = arrow_csv.open_csv(stream, reading, parsing, converting)
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise
        with reader:
            yield from reader
