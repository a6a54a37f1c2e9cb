"""TFRecord files: records, each with its length and the check sums of both."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

BLOCK = 1 << 22
LARGEST = 1 << 30
"""No record is longer; a longer one is a length that was written over."""
SHORT = 1 << 12
"""Longer records, such as images, are checked in pieces of this length."""
POLYNOMIAL = 0x82F63B78
MASK_DELTA = 0xA282EAD8
HEAD, FOOT = 12, 4


@dataclass(frozen=True, slots=True)
class Records:
    """Records that lie in one buffer; ``fault`` says why no further ones follow, if they should."""

    buffer: bytes
    starts: np.ndarray
    lengths: np.ndarray
    fault: str = ""


def begins(head: bytes) -> bool:
    """Whether the first bytes of a file are the length of a record and the sum that belongs to it."""
    if len(head) < HEAD:
        return False
    length, told = struct.unpack_from("<QI", head)
    return bool(length <= LARGEST and masked(checksum(head[:8])) == told)


def blocks(path: Path) -> Iterator[Records]:
    """The records of a file, block by block, until its end or the first that is cut off or damaged.

    Notes
    -----
    O(bytes); a block of 4 MiB, or one record, in memory.
    """
    with path.open("rb") as file:
        held, offset = b"", 0
        while more := file.read(max(BLOCK, _wanted(held) - len(held))):
            held += more
            found = _records(held, offset)
            yield found
            if found.fault:
                return
            used = int(found.starts[-1] + found.lengths[-1]) + FOOT if len(found.starts) else 0
            held, offset = held[used:], offset + used
        if held:
            yield _nothing(f"is cut off at byte {offset:,}, within a record")


def _wanted(held: bytes) -> int:
    if len(held) < HEAD:
        return 0
    return int(struct.unpack_from("<Q", held)[0]) + HEAD + FOOT


def _nothing(fault: str) -> Records:
    import numpy as np

    return Records(b"", np.zeros(0, np.int64), np.zeros(0, np.int64), fault)


def _records(held: bytes, offset: int) -> Records:
    import numpy as np

    starts, lengths, place, size = [], [], 0, len(held)
    unpack = struct.Struct("<Q").unpack_from
    while place + HEAD <= size:
        (length,) = unpack(held, place)
        if length > LARGEST or place + HEAD + length + FOOT > size:
            break
        starts.append(place + HEAD)
        lengths.append(length)
        place += HEAD + length + FOOT
    begun, long = np.array(starts, np.int64), np.array(lengths, np.int64)
    data = np.frombuffer(held, np.uint8)
    good = _sums(data, begun - HEAD, np.full(len(begun), 8)) == _stored(data, begun - FOOT)
    known = len(good) if good.all() else int(np.argmin(good))
    begun, long = begun[:known], long[:known]
    whole = _sums(data, begun, long) == _stored(data, begun + long)
    sound = len(whole) if whole.all() else int(np.argmin(whole))
    at = known < len(good) or sound < len(whole)
    next_at = (
        int(begun[sound] - HEAD)
        if sound < len(whole)
        else (starts[known] - HEAD if known < len(starts) else place)
    )
    if not at and place + HEAD <= size and not begins(held[place : place + HEAD]):
        at = True
    fault = f"has a wrong check sum at byte {offset + next_at:,}" if at else ""
    return Records(held, begun[:sound], long[:sound], fault)


def _stored(data: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The sums that the file holds, with the mask taken off."""
    import numpy as np

    told = np.zeros(len(places), np.uint32)
    for byte in range(4):
        told |= data[places + byte].astype(np.uint32) << np.uint32(8 * byte)
    bare = told - np.uint32(MASK_DELTA)
    return (bare << np.uint32(15)) | (bare >> np.uint32(17))


def _sums(data: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The CRC32C of stretches of a buffer, those of about one length side by side."""
    import numpy as np

    sums = np.zeros(len(starts), np.uint32)
    order = np.argsort(lengths, kind="stable")
    sizes = lengths[order]
    first = int(np.searchsorted(sizes, 4))
    for place in order[:first]:
        stretch = data[starts[place] : starts[place] + lengths[place]]
        sums[place] = checksum(stretch.tobytes())
    while first < len(order) and sizes[first] <= SHORT:
        last = int(np.searchsorted(sizes, min(max(sizes[first] * 1.2, 16), SHORT), side="right"))
        part = order[first:last]
        sums[part] = _side_by_side(data, starts[part], lengths[part])
        first = last
    for place in order[first:]:
        sums[place] = _in_pieces(data[starts[place] : starts[place] + lengths[place]])
    return sums


def _side_by_side(data: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The sums of stretches of at least four bytes, filled up in front with zeros.

    Zeros in front leave a remainder of 0 as it is, so that the register may begin with 0 if the
    first four bytes are turned instead.
    """
    import numpy as np

    table = _table()
    width = int(lengths.max())
    skipped = width - lengths
    register = np.zeros(len(starts), np.uint32)
    ragged = bool(skipped.any())
    for column in range(width):
        byte = data[np.maximum(starts + column - skipped, 0)]
        if ragged or column < 4:
            inside = column - skipped
            byte = np.where(inside < 0, 0, np.where(inside < 4, byte ^ 0xFF, byte))
        register = table[(register ^ byte) & 0xFF] ^ (register >> np.uint32(8))
    return ~register


def _in_pieces(data: np.ndarray) -> int:
    """The sum of one long stretch: of its pieces side by side, then put together."""
    import numpy as np

    turned = np.concatenate([data[:4] ^ 0xFF, data[4:]])
    pieces = -(-len(turned) // SHORT)
    grid = np.concatenate([np.zeros(pieces * SHORT - len(turned), np.uint8), turned])
    grid = grid.reshape(pieces, SHORT)
    table = _table()
    register = np.zeros(pieces, np.uint32)
    for column in range(SHORT):
        register = table[(register ^ grid[:, column]) & 0xFF] ^ (register >> np.uint32(8))
    total = 0
    moved = _moved()
    for one in register.tolist():
        total = (
            moved[0][total & 0xFF]
            ^ moved[1][(total >> 8) & 0xFF]
            ^ moved[2][(total >> 16) & 0xFF]
            ^ moved[3][total >> 24]
            ^ one
        )
    return total ^ 0xFFFFFFFF


def checksum(data: bytes) -> int:
    """The CRC32C of a few bytes."""
    table = _table().tolist()
    register = 0xFFFFFFFF
    for byte in data:
        register = table[(register ^ byte) & 0xFF] ^ (register >> 8)
    return int(register ^ 0xFFFFFFFF)


def masked(crc: int) -> int:
    """A sum as TFRecord stores it."""
    return (((crc >> 15) | (crc << 17)) + MASK_DELTA) & 0xFFFFFFFF


@cache
def _table() -> np.ndarray:
    """What a byte leaves in the register, shape (256,)."""
    import numpy as np

    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(
            table & 1, (table >> np.uint32(1)) ^ np.uint32(POLYNOMIAL), table >> np.uint32(1)
        )
    return table


@cache
def _moved() -> list[list[int]]:
    """What a piece of zeros makes of each byte of the register, lowest byte first."""
    import numpy as np

    table = _table()
    made = []
    for byte in range(4):
        register = np.arange(256, dtype=np.uint32) << np.uint32(8 * byte)
        for _ in range(SHORT):
            register = table[register & 0xFF] ^ (register >> np.uint32(8))
        made.append([int(one) for one in register])
    return made
