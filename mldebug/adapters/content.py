"""The bytes of a file: found, decompressed, and as UTF-8."""

from __future__ import annotations

import codecs
import difflib
import hashlib
import mmap
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mldebug.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    import pyarrow as pa

Bytes = bytes | mmap.mmap

BLOCK = 1 << 20
HEAD = 1 << 16
HASHED_AT_ONCE = 1 << 24
UTF8_BOM = codecs.BOM_UTF8
UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF32_BOMS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
WEB_PAGE = (b"<!doctype html", b"<html")
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")
"""Bytes that no text holds; the escape is one that hostile text does."""
CONTROL_SHARE = 0.02
LONGEST_SHOWN = 200
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
"""``https://``, also after `Path` made it ``https:/``; a drive has one letter."""
COMPRESSED = (".gz", ".zst", ".bz2")

SIGNATURES = (
    (b"\x1f\x8b", "gzip data (name it .gz)"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data (name it .zst)"),
    (b"BZh", "bzip2 data (name it .bz2)"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook (export it as CSV)"),
    (b"PAR1", "Parquet (name it .parquet)"),
    (b"ARROW1", "Arrow IPC (name it .arrow)"),
    (b"\x93NUMPY", "a NumPy array (name it .npy)"),
    (b"SQLite format 3", "an SQLite database (export the table as CSV)"),
    (b"%PDF", "a PDF (give the table as CSV)"),
)


def existing_file(path: str, option: str) -> Path:
    """The path, if a file that can be read and is not empty stands there.

    Raises
    ------
    InputError
        It is missing, a directory, empty or closed to this user.
    """
    if not path:
        raise InputError(f"{option}: the path is empty; give the path of an existing file")
    file = Path(path)
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        if file.is_symlink():
            raise InputError(
                f"{option}: {path!r} is a link to {str(file.readlink())!r}, which does not exist; "
                "give the path of an existing file"
            ) from None
        if ADDRESS.match(path):
            raise InputError(
                f"{option}: {path!r} is an address, and nothing is ever fetched; download the file "
                "first"
            ) from None
        raise InputError(f"{option}: there is no file {path!r}{_nearest(file)}") from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"{option}: {_shortened(path)!r} cannot be opened ({_told(error)}); give the path of an "
            "existing file"
        ) from None
    if file.is_dir():
        raise InputError(f"{option}: {path!r} is a directory; give the file of one table")
    if not file.is_file():
        raise InputError(f"{option}: {path!r} is not a regular file; write the table to one first")
    if not os.access(file, os.R_OK):
        raise InputError(f"{option}: {path!r} may not be read by this user; allow reading first")
    if not found.st_size:
        raise InputError(f"{option}: {path!r} is empty; a table needs a header and rows")
    return file


def _nearest(file: Path) -> str:
    try:
        names = sorted(one.name for one in file.parent.iterdir())
    except OSError:
        return f"; the folder {str(file.parent)!r} cannot be listed"
    near = difflib.get_close_matches(file.name, names, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else "; give the path of an existing file"


def _shortened(path: str) -> str:
    """A path that is too long to be one, as far as a person would read it."""
    return path if len(path) <= LONGEST_SHOWN else f"{path[:LONGEST_SHOWN]}..."


def _told(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


def sha256_of(file: Path) -> Future[str]:
    """The SHA-256 of a file's bytes, in hexadecimal, read in blocks while other work goes on.

    A thread that ends with the process computes it: where the file turns out to be unreadable, no
    one waits for it.
    """
    from concurrent.futures import Future
    from threading import Thread

    found: Future[str] = Future()

    def hashed() -> None:
        try:
            found.set_result(_sha256(file))
        except Exception as error:  # noqa: BLE001  (whoever asks for the result gets it)
            found.set_exception(error)

    Thread(target=hashed, name=f"SHA-256 of {file.name}", daemon=True).start()
    return found


def _sha256(file: Path) -> str:
    # Between two blocks the thread waits for Python's lock, so they are large.
    block = memoryview(bytearray(min(HASHED_AT_ONCE, file.stat().st_size + 1)))
    digest = hashlib.sha256()
    with file.open("rb", buffering=0) as stream:
        while size := stream.readinto(block):
            digest.update(block[:size])
    return digest.hexdigest()


def file_bytes(file: Path, option: str) -> Bytes:
    """What a file holds, decompressed if its ending says so, otherwise mapped into memory.

    Raises
    ------
    InputError
        The compressed data is damaged, cut off or holds nothing.
    """
    if file.suffix.lower() not in COMPRESSED:
        with file.open("rb") as stream:
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    import pyarrow as pa

    codec = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}[file.suffix.lower()]
    try:
        with pa.input_stream(str(file), compression=codec) as stream:
            content: bytes = stream.read()
    except (OSError, pa.ArrowException) as error:
        what = "cut off" if "runcated" in str(error) else f"no whole {codec} file"
        raise InputError(f"{option}: {str(file)!r} is {what}; compress or copy it again") from None
    if not content:
        raise InputError(f"{option}: {str(file)!r} is empty; a table needs a header and rows")
    return content


def arrow_memory(content: Bytes, file: Path) -> pa.Buffer:
    """The same bytes in memory that Arrow owns; a file that is mapped is mapped again.

    Arrow's threads may hold what they read for a moment longer than the call that they work for.
    Memory of Python's they release under Python's lock, and where the interpreter ends at that
    moment (a sentence on bad input is soon told) the process aborts: apache/arrow#34314.
    """
    import pyarrow as pa

    if isinstance(content, mmap.mmap):
        with pa.memory_map(str(file)) as source:
            return source.read_buffer()
    held = pa.allocate_buffer(len(content))
    memoryview(held).cast("B")[:] = content
    return held


def as_utf8(content: Bytes, file: Path, option: str) -> tuple[Bytes, int, tuple[str, ...]]:
    """Text in UTF-8, the number of bytes of its mark, and a remark if it was in another encoding.

    UTF-16 is known by its mark; what is not UTF-8 is cp1252, or Latin-1 where a byte is none of
    cp1252's.

    Raises
    ------
    InputError
        The bytes are no text.
    """
    head = content[:HEAD]
    shown = repr(str(file))
    _refuse_other_formats(head, shown, option)
    if head.startswith(UTF16_BOMS):
        try:
            return bytes(content).decode("utf-16").encode(), 0, (f"{shown} is read as UTF-16",)
        except UnicodeError:
            raise InputError(
                f"{option}: {shown} starts as UTF-16 but is cut off or damaged; save it as UTF-8"
            ) from None
    mark = len(UTF8_BOM) if head.startswith(UTF8_BOM) else 0
    if b"\0" in head or sum(byte in CONTROL for byte in head) > CONTROL_SHARE * len(head):
        raise InputError(
            f"{option}: {shown} is binary, not text; give text in UTF-8, or name a Parquet, "
            "Feather or .npy file by its ending"
        )
    if _is_utf8(content):
        return content, mark, ()
    for encoding in ("cp1252", "latin-1"):
        try:
            text = bytes(content).decode(encoding)
        except UnicodeError:
            continue
        return text.encode(), 0, (f"{shown} is not UTF-8; it is read as {encoding}",)
    raise AssertionError  # Latin-1 takes every byte


def _refuse_other_formats(head: bytes, shown: str, option: str) -> None:
    for signature, what in SIGNATURES:
        if head.startswith(signature):
            raise InputError(f"{option}: {shown} holds {what}, not text as its ending says")
    if head.startswith(UTF32_BOMS):  # which begins as UTF-16 does
        raise InputError(f"{option}: {shown} is UTF-32, which is not read; save it as UTF-8")
    if head.removeprefix(UTF8_BOM).lstrip().lower().startswith(WEB_PAGE):
        raise InputError(
            f"{option}: {shown} is a web page, not a table (a download that failed leaves one); "
            "download the table again"
        )


def _is_utf8(content: Bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(content):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _blocks(content: Bytes) -> Iterator[bytes]:
    for start in range(0, len(content), BLOCK):
        yield content[start : start + BLOCK]
