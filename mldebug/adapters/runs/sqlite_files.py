"""SQLite files of others, opened for reading alone and for a short time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mldebug.adapters.runs.documents import head_of
from mldebug.errors import InputError

MAGIC = b"SQLite format 3\x00"
WAIT = 2.0
"""Seconds to wait for another process that writes."""


def is_sqlite(path: Path) -> bool:
    """Whether a file begins as SQLite's do."""
    return head_of(path, len(MAGIC)) == MAGIC


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read, and believes nothing that the schema would run.

    Raises
    ------
    InputError
        The file is locked, damaged or no database.
    """
    try:
        with closing(_connection(path)) as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        raise InputError(f"--run: {path} {_told(error)}") from None
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"--run: {path} holds a text where its tool writes a number; restore it from a copy"
        ) from None


def _connection(path: Path) -> sqlite3.Connection:
    if not is_sqlite(path):
        raise InputError(f"--run: {path} is no SQLite database; name the file that the tool wrote")
    address = path.resolve().as_uri() + "?mode=ro"
    connection = _answering(address)
    if connection is None and not path.with_name(path.name + "-wal").exists():
        # A write-ahead log is kept beside the file; where that folder is closed, nobody writes.
        connection = _answering(address + "&immutable=1")
    if connection is None:
        raise InputError(
            f"--run: {path} cannot be opened beside its write-ahead log; copy both to a folder that "
            "can be written to"
        )
    return connection


def _answering(address: str) -> sqlite3.Connection | None:
    connection = sqlite3.connect(address, uri=True, timeout=WAIT)
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA query_only=ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if "unable to open" in str(error) or "readonly" in str(error):
            return None
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def _told(error: sqlite3.DatabaseError) -> str:
    said = str(error)
    if "locked" in said or "busy" in said:
        return (
            "is locked by a process that writes to it; try again when it is done, or copy the file"
        )
    if "no such" in said:
        return f"was made by a version of its tool that mldebug does not know ({said})"
    return f"is damaged as a SQLite database ({said}); restore it from a copy"


def columns_of(path: Path) -> dict[str, frozenset[str]]:
    """The columns of each table of a SQLite file; views are left out, as their queries are code."""
    with opened(path) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            str(name): frozenset(
                str(column)
                for (column,) in connection.execute(
                    "SELECT name FROM pragma_table_info(?)", (name,)
                )
            )
            for (name,) in names
        }


def holds(path: Path, tables: frozenset[str]) -> bool:
    """Whether a SQLite file has these tables, or cannot tell: reading it then says why."""
    try:
        return tables <= columns_of(path).keys()
    except InputError:
        return True
