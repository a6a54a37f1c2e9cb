"""Any log in columns or records with a step or an epoch: CSV, TSV, JSON lines, JSON, Parquet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mldebug.adapters.runs.cells import Log, log_of_batches, log_of_columns, log_of_records
from mldebug.adapters.runs.delimited import delimited_log, header_of
from mldebug.adapters.runs.documents import head_of, json_at, name_of
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.rows import is_numbered, naming_columns, runs_in, timing_columns
from mldebug.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

RANK = 90
LINES = (".jsonl", ".ndjson", ".json", ".log", ".txt")
PARQUET = (".parquet", ".pq")
RECORDS = re.compile(rb"\s*\[\s*\{")
LISTS = re.compile(rb'\s*\{\s*"[^"]{1,200}"\s*:\s*\[')
KEYS = re.compile(rb'"([^"\\]{1,100})"\s*:')
MOST_NAMED = 8
BATCH = 65_536


def recognises(path: Path) -> bool:
    """Whether it is a table or a list of records that numbers its rows by steps or epochs."""
    ending = path.suffix.lower()
    if ending in PARQUET:
        return head_of(path, 4) == b"PAR1" and is_numbered(_parquet_names(path))
    head = head_of(path) if ending in LINES else b""
    if RECORDS.match(head) or LISTS.match(head):
        return is_numbered(key.decode("utf-8", "replace") for key in KEYS.findall(head))
    if head.lstrip().startswith(b"{"):
        return _is_numbered_line(head, alone=ending != ".json")
    header = header_of(path)
    return header is not None and is_numbered(header.names)


def logged(path: Path) -> Iterator[Logged]:
    """The runs of the file: several if a column names them."""
    log, form = _log(path)
    found = False
    for one in runs_in(log, Logged(name_of(path), str(path), form, ())):
        found = True
        yield one
    if not found:
        raise InputError(f"--run: {path} numbers its rows but holds no column of numbers beside")


def _is_numbered_line(head: bytes, *, alone: bool) -> bool:
    """Whether the first line is a whole record that numbers itself; a JSON file needs another one."""
    lines = [line for line in head.splitlines() if line.strip()]
    if len(lines) < 2 and not alone:
        return False
    try:
        told = json.loads(lines[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(told, Mapping) and is_numbered(map(str, told))


def refusal(path: Path) -> str | None:
    """Why a table is no log, in the second half of a sentence; None of what is no table."""
    names = _parquet_names(path) if path.suffix.lower() in PARQUET else ()
    header = header_of(path)
    names = header.names if header is not None else names
    if not names:
        return None
    shown = ", ".join(repr(name[:40]) for name in names[:MOST_NAMED])
    more = ", ..." if len(names) > MOST_NAMED else ""
    return (
        f"has no column step, epoch or iteration among its columns ({shown}{more}); name such a "
        "column, or give a table of data as TRAIN"
    )


def _log(path: Path) -> tuple[Log, str]:
    ending = path.suffix.lower()
    if ending in PARQUET:
        return _parquet_log(path), "Parquet"
    head = head_of(path)
    if ending in LINES and RECORDS.match(head):
        return log_of_records(_mappings(json_at(path), path)), "JSON"
    if ending == ".json" and LISTS.match(head):
        return log_of_columns(json_at(path)), "JSON"
    if ending in LINES and head.lstrip().startswith(b"{"):
        return _lines_log(path), "JSON lines"
    header = header_of(path)
    if header is None:
        raise InputError(f"--run: {path} has no header; its first line must name the columns")
    return delimited_log(path, header), "TSV" if header.delimiter == "\t" else "CSV"


def _mappings(held: Any, path: Path) -> list[Mapping[str, Any]]:
    found = [one for one in held if isinstance(one, Mapping)] if isinstance(held, list) else []
    if not found:
        raise InputError(
            f"--run: {path} holds no list of records, such as {{'step': 1, 'loss': 2}}"
        )
    return found


def _lines_log(path: Path) -> Log:
    """The log of a file with a JSON object on each line; other lines are left out and counted."""
    lost = [0]

    def records() -> Iterator[Mapping[str, Any]]:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            for line in file:
                if not line.strip():
                    continue
                try:
                    told = json.loads(line)
                except (ValueError, RecursionError):
                    told = None
                if isinstance(told, Mapping):
                    yield told
                else:
                    lost[0] += 1

    log = log_of_records(records())
    if not log.n_rows:
        raise InputError(f"--run: no line of {path} is a JSON object, such as {{'step': 1}}")
    lines = "1 line" if lost[0] == 1 else f"{lost[0]:,} lines"
    remarks = (f"{lines} of {path} that is no JSON object left out",) if lost[0] else ()
    return Log(log.n_rows, log.numbers, log.words, remarks)


def _parquet_names(path: Path) -> tuple[str, ...]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return tuple(parquet.read_schema(path).names)
    except (pa.ArrowException, OSError):
        return ()


def _parquet_log(path: Path) -> Log:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        names = list(dict.fromkeys(file.schema_arrow.names))

        def batches() -> Iterator[pa.RecordBatch]:
            for batch in file.iter_batches(BATCH, columns=names):
                yield batch.select(names)

        return log_of_batches(
            batches(),
            names,
            str(path),
            named=naming_columns(names),
            timed=timing_columns(names),
        )
