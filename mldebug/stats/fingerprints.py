"""64-bit fingerprints of values and rows, the same on every platform and array library.

All arithmetic is that of wrapping 64-bit integers in int64, since not every library computes with
uint64. Two different rows share a fingerprint with probability 2**-64: among a million rows, some
pair does by chance in 3 of 10**8 tables.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from mldebug.arrays import device_of, namespace

if TYPE_CHECKING:
    from collections.abc import Sequence


Array = Any


def _signed(constant: int) -> int:
    """A 64-bit pattern as the signed integer that has it."""
    return constant - (1 << 64) if constant >> 63 else constant


FIRST = _signed(0xBF58476D1CE4E5B9)
SECOND = _signed(0x94D049BB133111EB)
MISSING = _signed(0x6D69737365642121)
"""The hash of a missing value, in a column of any kind."""
FRACTION = _signed(0x6672616374696F6E)
LARGEST_WHOLE = 2.0**63
TEXT_BLOCK = 1 << 22
"""Bytes of text hashed at a time, which bounds the memory for it."""


def mixed(x: Array) -> Array:
    """Each 64-bit integer scrambled by a bijection.

    Parameters
    ----------
    x : array of shape (n,), int64
        Any values.

    Returns
    -------
    array of shape (n,), int64
        Different values for different inputs; each bit depends on every input bit.

    Notes
    -----
    The finaliser of SplitMix64: O(n). A logical shift to the right is an arithmetic one whose sign
    bits are masked away.

    References
    ----------
    Steele, Lea & Flood 2014, OOPSLA, doi:10.1145/2660193.2660195.
    """
    x = (x ^ ((x >> 30) & ((1 << 34) - 1))) * FIRST
    x = (x ^ ((x >> 27) & ((1 << 37) - 1))) * SECOND
    return x ^ ((x >> 31) & ((1 << 33) - 1))


def number_hashes(x: Array, missing: Array) -> Array:
    """The hash of each number.

    Parameters
    ----------
    x : array of shape (n,), a floating or an integer type
        Values; what stands at a missing place does not matter. NaN counts as missing.
    missing : array of shape (n,), bool
        Where a value is missing.

    Returns
    -------
    array of shape (n,), int64
        Equal numbers have equal hashes whatever their type: 1 and 1.0, -0.0 and 0.0. A whole number
        below 2**63 is hashed as an integer, exactly; any other by the bits of its float64, so that
        .1 as float32 is not .1 as float64, as these differ.
    """
    xp = namespace(x)
    missing_hash = xp.asarray(MISSING, dtype=xp.int64, device=device_of(x))
    if not xp.isdtype(x.dtype, "real floating"):
        return xp.where(missing, missing_hash, mixed(xp.astype(x, xp.int64)))
    x = xp.astype(x, xp.float64)
    missing = missing | xp.isnan(x)
    zero = xp.zeros_like(x)
    x = xp.where(missing, zero, x)
    whole = (xp.floor(x) == x) & (xp.abs(x) < LARGEST_WHOLE)
    integers = xp.astype(xp.where(whole, x, zero), xp.int64)
    hashed = mixed(xp.where(whole, integers, _bits(x, xp) ^ FRACTION))
    return xp.where(missing, missing_hash, hashed)


def _bits(x: Array, xp: Any) -> Array:
    """The bits of each float64 as int64, exact."""
    return x.view(xp.int64) if hasattr(x, "view") else _computed_bits(x, xp)


def _computed_bits(x: Array, xp: Any) -> Array:
    """The bits by arithmetic, for a library that cannot look at them.

    The magnitude is brought into [1, 2) by powers of two, which is exact, and their exponents are
    added up; a number below 2**-1022 is scaled by 2**-1022 only, as its stored mantissa is.
    """
    magnitude = xp.abs(x)
    infinite = xp.isinf(x)
    one = xp.ones_like(magnitude)
    magnitude = xp.where(infinite, one, magnitude)
    exponent = xp.zeros_like(magnitude, dtype=xp.int64)
    tiny = magnitude < 2.0**-1022
    scaled = xp.where(tiny, one, magnitude)
    for step in (512, 256, 128, 64, 32, 16, 8, 4, 2, 1):
        above = scaled >= 2.0**step
        scaled = xp.where(above, scaled * 2.0**-step, scaled)
        exponent = xp.where(above, exponent + step, exponent)
        below = scaled < 2.0 ** (1 - step)
        scaled = xp.where(below, scaled * 2.0**step, scaled)
        exponent = xp.where(below, exponent - step, exponent)
    normal = ((exponent + 1023) << 52) + xp.astype((scaled - 1.0) * 2.0**52, xp.int64)
    subnormal = xp.astype(
        xp.where(tiny, magnitude, xp.zeros_like(one)) * 2.0**537 * 2.0**537, xp.int64
    )
    bits = xp.where(tiny, subnormal, normal)
    bits = xp.where(infinite, xp.full_like(bits, 2047 << 52), bits)
    return xp.where(x < 0, bits ^ _signed(1 << 63), bits)


def code_hashes(codes: Array, dictionary_hashes: Array) -> Array:
    """The hash of each category, from its code and the hashes of the dictionary.

    Parameters
    ----------
    codes : array of shape (n,), an integer type
        Positions in the dictionary; a negative one is a missing value.
    dictionary_hashes : array of shape (k,), int64
        Of the dictionary's values, from `text_hashes`.

    Returns
    -------
    array of shape (n,), int64
        The same whatever the dictionary's order.
    """
    xp = namespace(codes, dictionary_hashes)
    missing_hash = xp.full((1,), MISSING, dtype=xp.int64, device=device_of(codes))
    table = xp.concat([missing_hash, dictionary_hashes])
    positions = xp.astype(codes, xp.int64) + 1
    return xp.take(table, xp.where(positions < 0, xp.zeros_like(positions), positions))


def text_hashes(strings: Sequence[str | None]) -> np.ndarray:
    """The hash of each string, on the host, from its UTF-8 bytes.

    Parameters
    ----------
    strings : sequence of str or None
        Of any length; a missing one has the hash of a missing value.

    Returns
    -------
    numpy.ndarray of shape (n,), int64

    Notes
    -----
    Words of 8 bytes, each scrambled together with its place in the string, are added up, and the
    sum is scrambled together with the length. O(bytes), in blocks.
    """
    missing = np.array([one is None for one in strings], dtype=bool)
    if missing.all():
        return np.full(len(strings), MISSING, dtype=np.int64)
    encoded = [b"" if one is None else one.encode() for one in strings]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    data = np.frombuffer(b"".join(encoded), np.uint8)
    hashes = np.empty(len(encoded), dtype=np.int64)
    start = 0
    while start < len(encoded):
        reach = np.searchsorted(offsets, offsets[start] + TEXT_BLOCK, side="right")
        stop = min(max(int(reach) - 1, start + 1), len(encoded))
        hashes[start:stop] = _hashed_block(data, offsets[start : stop + 1])
        start = stop
    return np.where(missing, np.int64(MISSING), hashes)


def _hashed_block(data: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The hashes of the strings between these offsets; each is padded with zeros to whole words."""
    lengths = np.diff(offsets)
    words = (lengths + 7) // 8
    word_ends = np.cumsum(words)
    word_starts = word_ends - words
    padded = np.zeros(int(word_ends[-1]) * 8, np.uint8)
    used = data[offsets[0] : offsets[-1]]
    shift = word_starts * 8 - (offsets[:-1] - offsets[0])
    padded[np.arange(len(used)) + np.repeat(shift, lengths)] = used
    places = np.arange(len(padded) // 8) - np.repeat(word_starts, words)
    scrambled = mixed(padded.view("<i8") ^ mixed(places + 1))
    running = np.concatenate([np.zeros(1, np.int64), np.cumsum(scrambled)])
    totals = running[word_ends] - running[word_starts]
    return np.asarray(mixed(totals ^ mixed(~lengths)))


def column_salt(name: str) -> int:
    """A number that stands for a column's name in the fingerprints of rows."""
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def row_fingerprints(column_hashes: Sequence[Array], salts: Sequence[int]) -> Array:
    """One fingerprint for each row.

    Parameters
    ----------
    column_hashes : sequence of d arrays of shape (n,), int64
        The hashes of each column's values; at least one column.
    salts : sequence of d int
        Of the columns' names, from `column_salt`.

    Returns
    -------
    array of shape (n,), int64
        Independent of the order of the columns.

    Notes
    -----
    The sum over columns of ``mixed(hash ^ salt)``, wrapping. A sum, so that the fingerprint of a
    row without column j is the fingerprint minus `column_terms` of j. O(n d).
    """
    total = column_terms(column_hashes[0], salts[0])
    for hashes, salt in zip(column_hashes[1:], salts[1:], strict=True):
        total = total + column_terms(hashes, salt)
    return total


def column_terms(hashes: Array, salt: int) -> Array:
    """What a column of hashes, shape (n,), adds to the fingerprints of the rows."""
    return mixed(hashes ^ salt)


def sample_keys(start: int, n: int, seed: int, xp: Any = np, device: Any = None) -> Array:
    """The key of each row for the bottom-k sample.

    Parameters
    ----------
    start, n : int
        The absolute number of the first row, and how many rows.
    seed : int
        Of the audit.
    xp, device
        The array namespace and its device.

    Returns
    -------
    array of shape (n,), int64
        Different for different rows of one seed, as the mixing is a bijection.
    """
    rows = xp.arange(start, start + n, dtype=xp.int64, device=device)
    return mixed(mixed(rows) ^ column_salt(f"sample {seed}"))


def positions_in(needles: Array, haystack: Array) -> Array:
    """Where each needle first stands in the haystack.

    Parameters
    ----------
    needles : array of shape (n,), int64
        What is looked for.
    haystack : array of shape (m,), int64
        Where; may be empty, need not be sorted.

    Returns
    -------
    array of shape (n,), int64
        The smallest index with an equal element, or -1. O((n + m) log m).
    """
    xp = namespace(needles, haystack)
    if haystack.shape[0] == 0:
        return xp.full_like(needles, -1, dtype=xp.int64)
    order = xp.argsort(haystack, stable=True)
    ordered = xp.take(haystack, order)
    places = xp.astype(xp.searchsorted(ordered, needles, side="left"), xp.int64)
    last = xp.full_like(places, haystack.shape[0] - 1)
    places = xp.where(places > last, last, places)
    found = xp.take(ordered, places) == needles
    positions = xp.astype(xp.take(order, places), xp.int64)
    return xp.where(found, positions, xp.full_like(positions, -1))


def first_occurrence(fingerprints: Array) -> Array:
    """For each row, shape (n,), the index of the first row with the same fingerprint."""
    return positions_in(fingerprints, fingerprints)
