"""The wire format of protocol buffers: the fields of a message by number, without its definition."""

from __future__ import annotations

import struct
from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LONGEST_VARINT = 10


class WireError(ValueError):
    """The bytes are no message."""


def varint(data: bytes, place: int) -> tuple[int, int]:
    """A number of variable length, and the place behind it."""
    number = shift = 0
    for place in range(place, min(place + LONGEST_VARINT, len(data))):  # noqa: B020, PLR1704
        byte = data[place]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & 0xFFFFFFFFFFFFFFFF, place + 1
        shift += 7
    raise WireError("a number does not end")


def signed(number: int) -> int:
    """A varint as the int64 that it stands for."""
    return number - (1 << 64) if number >> 63 else number


def zigzag(number: int) -> int:
    """A varint as the sint64 that it stands for."""
    return (number >> 1) ^ -(number & 1)


def double(held: int | bytes) -> float:
    """Eight bytes as a number."""
    return float(struct.unpack("<d", _fixed(held, 8))[0])


def single(held: int | bytes) -> float:
    """Four bytes as a number."""
    return float(struct.unpack("<f", _fixed(held, 4))[0])


def _fixed(held: int | bytes, size: int) -> bytes:
    if isinstance(held, int) or len(held) != size:
        raise WireError("a number has the wrong length")
    return held


def text(held: int | bytes) -> str:
    """Bytes as text."""
    return "" if isinstance(held, int) else held.decode("utf-8", "replace")


def fields(data: int | bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message in order: a varint as a number, all others as their bytes.

    Raises
    ------
    WireError
        The message is cut off or none.
    """
    if isinstance(data, int):
        raise WireError("a number stands where a message should")
    place, end = 0, len(data)
    while place < end:
        key = data[place]
        place += 1
        if key >= 0x80:
            key, place = varint(data, place - 1)
        kind = key & 7
        if kind == VARINT:
            number, place = varint(data, place)
            yield key >> 3, number
            continue
        if kind == BYTES:
            size, place = varint(data, place)
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            raise WireError(f"a field of the unknown kind {kind}")
        if place + size > end:
            raise WireError("a field is cut off")
        yield key >> 3, data[place : place + size]
        place += size


def first(data: int | bytes, number: int) -> int | bytes | None:
    """The first field of a number in a message; None where there is none."""
    return next((held for key, held in fields(data) if key == number), None)
