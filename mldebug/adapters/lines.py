"""JSON lines: one object a line, by pyarrow's reader, or line by line where a column is mixed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mldebug.adapters.content import Bytes
from mldebug.adapters.frames import arrow_columns
from mldebug.adapters.objects import object_column
from mldebug.adapters.raw import Raw, unique_names
from mldebug.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_BLOCK = (1 << 31) - 1


def json_columns(content: Bytes, held: pa.Buffer, start: int, source: str, option: str) -> Raw:
    """The columns of JSON lines in UTF-8: the keys of the objects, in the order they appear.

    Raises
    ------
    InputError
        A line holds no JSON object; the message names it.
    """
    import pyarrow as pa
    from pyarrow import json as arrow_json

    rows = held.slice(start)
    for block in (1 << 22, LARGEST_BLOCK):
        try:
            table = arrow_json.read_json(
                pa.BufferReader(rows), arrow_json.ReadOptions(block_size=block)
            )
        except pa.ArrowException as error:
            if "straddling" in str(error) and block < LARGEST_BLOCK:
                continue
            return _line_by_line(content, start, source, option)
        return arrow_columns(table, source)
    raise AssertionError


def _line_by_line(content: Bytes, start: int, source: str, option: str) -> Raw:
    found: list[dict[str, Any]] = []
    for number, line in enumerate(bytes(content[start:]).split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise InputError(
                f"{option}: line {number:,} of {source} holds no JSON object; each line must be "
                'one, such as {"age": 31}'
            )
        found.append(told)
    keys = list(dict.fromkeys(key for row in found for key in row))
    columns = tuple(
        object_column(name, [row.get(key) for row in found])
        for name, key in zip(unique_names(keys), keys, strict=True)
    )
    return Raw(source, None, columns, len(found))
