"""The log framing of LevelDB: records in fragments that lie in blocks of 32 KiB."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1 << 15
HEADER = struct.Struct("<IHB")
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4
SEEDS = {kind: zlib.crc32(bytes([kind])) for kind in (WHOLE, FIRST, MIDDLE, LAST)}


class DamageError(ValueError):
    """Why no further records follow; the message goes on from the file's name."""


def records(path: Path, skipped: int) -> Iterator[bytes]:
    """The records of a log in order.

    Parameters
    ----------
    path : Path
        Of the log.
    skipped : int
        Bytes at the beginning of the first block that are no records.

    Raises
    ------
    DamageError
        A fragment has a wrong check sum (CRC-32), is cut off or out of place. What was yielded
        before is sound.

    Notes
    -----
    O(bytes); one block and one record in memory.
    """
    parts: list[bytes] = []
    offset = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            place = skipped if offset == 0 else 0
            while place + HEADER.size <= len(block):
                told, length, kind = HEADER.unpack_from(block, place)
                at = offset + place
                if kind == 0 and length == 0 and not any(block[place:]):
                    break  # filled up with zeros
                end = place + HEADER.size + length
                if end > len(block):
                    raise DamageError(f"is cut off at byte {at:,}, within a record")
                data = block[place + HEADER.size : end]
                if kind not in SEEDS or zlib.crc32(data, SEEDS[kind]) != told:
                    raise DamageError(f"has a wrong check sum at byte {at:,}")
                if (kind in (WHOLE, FIRST)) == bool(parts):
                    raise DamageError(f"has a part of a record out of place at byte {at:,}")
                parts.append(data)
                if kind in (WHOLE, LAST):
                    yield b"".join(parts)
                    parts = []
                place = end
            if len(block) < BLOCK and any(block[place:]):
                raise DamageError(f"is cut off at byte {offset + place:,}, within a record")
            offset += len(block)
    if parts:
        raise DamageError(f"is cut off at byte {offset:,}, within a record")
