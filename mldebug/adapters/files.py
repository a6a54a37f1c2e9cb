"""Files of tables: CSV, TSV, JSON lines, Parquet, Feather, Arrow IPC and NumPy matrices."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mldebug.adapters.content import (
    COMPRESSED,
    arrow_memory,
    as_utf8,
    existing_file,
    file_bytes,
    sha256_of,
)
from mldebug.adapters.delimited import delimited_columns
from mldebug.adapters.frames import arrow_columns, matrix_columns
from mldebug.adapters.lines import json_columns
from mldebug.adapters.raw import Raw
from mldebug.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (
    ".csv, .tsv, .txt, .jsonl or .ndjson (also with .gz, .zst or .bz2), .parquet, .feather, .arrow "
    "or .npy"
)

ARROW = (b"ARROW1", b"\xff\xff\xff\xff")
"""How a file and a stream of Arrow begin."""


def file_columns(path: str, option: str) -> Raw:
    """The columns of a file, by its ending, with the SHA-256 of its bytes.

    Raises
    ------
    InputError
        One sentence: what is wrong with the file, and what would be right.
    """
    file = existing_file(path, option)
    endings = [ending.lower() for ending in file.suffixes]
    compressed = bool(endings) and endings[-1] in COMPRESSED
    ending = "".join(endings[-2:-1] if compressed else endings[-1:])
    reader = READERS.get(ending)
    if reader is None or (compressed and reader is not _text_columns):
        raise InputError(f"{option}: the ending of {path!r} is unknown; it must be {ENDINGS}")
    sha256 = sha256_of(file)
    try:
        return replace(reader(file, option), source=str(file), sha256=sha256)
    except PermissionError:
        raise InputError(
            f"{option}: {path!r} may not be read by this user; allow reading first"
        ) from None
    except OSError as error:
        raise InputError(f"{option}: {path!r} cannot be read ({_told(error)})") from error


def _told(error: Exception) -> str:
    """The first sentence of a foreign message."""
    first = (str(error).splitlines() or [""])[0].partition(". ")[0]
    return first[:200].rstrip(".") or type(error).__name__


def _text_columns(file: Path, option: str) -> Raw:
    content, start, remarks = as_utf8(file_bytes(file, option), file, option)
    is_json = any(ending.lower() in (".jsonl", ".ndjson") for ending in file.suffixes[-2:])
    parse = json_columns if is_json else delimited_columns
    raw = parse(content, arrow_memory(content, file), start, repr(str(file)), option)
    return replace(raw, remarks=remarks + raw.remarks)


def _parquet_columns(file: Path, option: str) -> Raw:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file, memory_map=True) as source:
            table = source.read(use_threads=True)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, PermissionError):
            raise
        raise _damaged(file, "Parquet", (b"PAR1",), error, option) from error
    return _stored_frame(table, file)


def _arrow_columns(file: Path, option: str) -> Raw:
    import pyarrow as pa
    from pyarrow import ipc

    try:
        with pa.memory_map(str(file)) as source:
            try:
                reader = ipc.open_file(source)
            except pa.ArrowInvalid:
                source.seek(0)
                reader = ipc.open_stream(source)
            table = reader.read_all()
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, PermissionError):
            raise
        raise _damaged(file, "Feather or Arrow", ARROW, error, option) from error
    return _stored_frame(table, file)


def _damaged(
    file: Path, kind: str, beginnings: tuple[bytes, ...], error: Exception, option: str
) -> InputError:
    """What to say of a file that its reader refuses: another kind of file, or a part of this one."""
    with file.open("rb") as stream:
        begins_so = stream.read(8).startswith(beginnings)
    if begins_so:
        return InputError(
            f"{option}: {str(file)!r} is no whole {kind} file ({_told(error)[:120]}); "
            "write or copy it again"
        )
    return InputError(
        f"{option}: {str(file)!r} is no {kind} file, though its ending says so; give it the ending "
        "of what it holds, or write it again"
    )


def _stored_frame(table: pa.Table, file: Path) -> Raw:
    """The columns of a stored table, without the index that pandas stored with them."""
    held = json.loads((table.schema.metadata or {}).get(b"pandas", b"{}"))
    index = [
        name
        for name in held.get("index_columns", ())
        if isinstance(name, str) and name in table.schema.names
    ]
    if not index:
        return arrow_columns(table, str(file))
    named = [name for name in index if not re.fullmatch(r"__index_level_\d+__", name)]
    told = f" ({', '.join(map(repr, named))})" if named else ""
    remark = f"the index{told} that pandas stored in {str(file)!r} is ignored"
    return arrow_columns(table.drop_columns(index), str(file), remarks=(remark,))


def _matrix_columns(file: Path, option: str) -> Raw:
    import numpy as np

    try:
        matrix = np.load(file, mmap_mode="r", allow_pickle=False)
    except PermissionError:
        raise
    except (OSError, ValueError, EOFError) as error:
        if "Object arrays" in str(error) or "Python objects" in str(error):
            raise InputError(
                f"{option}: {str(file)!r} holds Python objects, which are not read; save an array "
                "of numbers"
            ) from error
        raise _damaged(file, "NumPy", (b"\x93NUMPY",), error, option) from error
    if not isinstance(matrix, np.ndarray):
        matrix.close()
        raise InputError(
            f"{option}: {str(file)!r} is an archive of NumPy arrays; save one array with numpy.save"
        )
    if matrix.ndim != 2:
        raise InputError(
            f"{option}: {str(file)!r} holds an array of the shape {matrix.shape}; "
            "it must have two dimensions, rows and columns"
        )
    return matrix_columns(matrix, str(file))


READERS: dict[str, Callable[[Path, str], Raw]] = {
    ".csv": _text_columns,
    ".tsv": _text_columns,
    ".txt": _text_columns,
    ".jsonl": _text_columns,
    ".ndjson": _text_columns,
    ".parquet": _parquet_columns,
    ".pq": _parquet_columns,
    ".feather": _arrow_columns,
    ".arrow": _arrow_columns,
    ".ipc": _arrow_columns,
    ".npy": _matrix_columns,
}
