"""The kind of a column, as a person would see it, and its canonical form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.adapters.raw import RawColumn, chunked, storage_of
from mldebug.adapters.words import UTC, ZONELESS, booleans, dates, numbers
from mldebug.artefacts import Column, Kind
from mldebug.columns import numbers as as_floats

if TYPE_CHECKING:
    import pyarrow as pa

GIVEN_KINDS = tuple(kind for kind in Kind if kind not in (Kind.EMPTY, Kind.UNSUPPORTED))
"""The kinds that a user may give a column."""

TEXT_SHARE, TEXT_WORDS, TEXT_LENGTH = 0.5, 5, 100
"""Free text: at least this share of the values distinct, and on average this many words or
characters in a distinct value."""

TEXT_SAMPLE = 1_000


def column(raw: RawColumn, kind: Kind | None = None, like: str = "") -> Column | None:
    """A column in canonical form, of the kind that its values have or of the kind asked for.

    Parameters
    ----------
    raw : RawColumn
        As it was read.
    kind : Kind, optional
        The kind that it must have; inferred where None.
    like : str, optional
        The note of the same column in train: dates that leave the order of day and month open are
        read in train's order.

    Returns
    -------
    Column or None
        None if the values cannot be converted to the kind asked for.

    Notes
    -----
    Numbers, dates and booleans in text are recognised from the distinct values, and only if every
    one of them parses. Cost O(n) in vectorised passes.
    """
    plain = _plain(raw)
    if kind is None:
        return _recognised(plain, raw.storage)
    return plain if plain.kind == kind else _asked(plain, kind, like)


def natural(raw: RawColumn) -> Column:
    """A column in canonical form, of the kind that its values have."""
    inferred = column(raw)
    assert inferred is not None
    return inferred


def _plain(raw: RawColumn) -> Column:
    """The column as its Arrow type tells; text is a category until it is looked into."""
    import pyarrow as pa

    data, kind, note = raw.data, raw.data.type, raw.note

    def as_kind(found: Kind, held: pa.ChunkedArray, *notes: str) -> Column:
        return Column(raw.name, found, storage, joined(*notes, note), held, raw.forms)

    nothing = chunked(pa.nulls(len(data)))
    storage = raw.storage
    if pa.types.is_dictionary(kind) and not _is_text(kind.value_type):
        storage = f"{storage}[{storage_of(kind.value_type)}]"  # category[int64] is not category
    if not raw.readable:
        return as_kind(Kind.UNSUPPORTED, nothing)
    while isinstance(kind, pa.BaseExtensionType):
        data = chunked(pa.chunked_array([part.storage for part in data.chunks], kind.storage_type))
        kind = data.type
    try:
        found, held, *notes = _by_type(data)
    except (pa.ArrowException, UnicodeError) as error:
        told = f"{raw.storage} values cannot be used ({str(error).splitlines()[0]})"
        if "UTF8" in told:
            told = "bytes that are no text in UTF-8"
        return as_kind(Kind.UNSUPPORTED, nothing, told)
    if found is not Kind.UNSUPPORTED and held.null_count == len(held):
        return as_kind(Kind.EMPTY, nothing)
    return as_kind(found, nothing if found is Kind.UNSUPPORTED else held, *notes)


def _by_type(data: pa.ChunkedArray) -> tuple[Kind, pa.ChunkedArray, str]:
    import pyarrow as pa
    from pyarrow import types

    kind = data.type
    if types.is_run_end_encoded(kind):
        from pyarrow import compute as pc

        return _by_type(chunked(pc.run_end_decode(data)))
    if types.is_null(kind):
        return Kind.EMPTY, data, ""
    if types.is_boolean(kind):
        return Kind.BOOLEAN, data, ""
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return Kind.NUMBER, _number(data), ""
    if types.is_temporal(kind) and not types.is_interval(kind):
        return _of_time(data)
    if types.is_dictionary(kind):
        return Kind.CATEGORY, _relabelled(data), ""
    if _is_text(kind):
        return Kind.CATEGORY, encoded(data), ""
    if types.is_fixed_size_binary(kind):
        return _by_type(data.cast(pa.binary()))
    if _is_bytes(kind):
        return Kind.CATEGORY, encoded(data.cast(pa.large_string())), "bytes, read as UTF-8"
    return Kind.UNSUPPORTED, data, f"holds values of the type {str(kind)[:60]}"


def _of_time(data: pa.ChunkedArray) -> tuple[Kind, pa.ChunkedArray, str]:
    import pyarrow as pa
    from pyarrow import types

    kind = data.type
    if types.is_duration(kind):
        return Kind.NUMBER, _seconds(data, kind.unit), "durations, in seconds"
    if types.is_time(kind):
        return Kind.NUMBER, _seconds(data, kind.unit), "times of day, in seconds"
    if types.is_date(kind):
        return Kind.DATE, data.cast(pa.timestamp("us")).cast(UTC()), ""
    note = ZONELESS if kind.tz is None else f"converted from {kind.tz} to UTC"
    data = data.cast(pa.timestamp("us", kind.tz), safe=False)
    return Kind.DATE, data.cast(UTC()), "" if kind.tz == "UTC" else note


def _is_text(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind))


def _number(data: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    from pyarrow import types

    kind = data.type
    if types.is_decimal(kind):
        return data.cast(pa.float64())
    if types.is_uint64(kind):
        from pyarrow import compute as pc

        largest = pc.max(data).as_py()
        fits = largest is None or largest < 2**63
        return data.cast(pa.int64()) if fits else data
    if types.is_integer(kind):
        return data
    if types.is_float16(kind):
        data = data.cast(pa.float32())
    return _without_nan(data) if _holds_nan(data) else data


def _holds_nan(data: pa.ChunkedArray) -> bool:
    """Whether a floating cell is NaN or missing."""
    import numpy as np

    return any(np.isnan(as_floats(part)).any() for part in data.chunks)


def _without_nan(data: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    from pyarrow import compute as pc

    is_nan = pc.is_nan(data)
    if pc.any(is_nan).as_py():
        return pc.if_else(is_nan, pa.nulls(len(data), data.type), data)
    return data


def _seconds(data: pa.ChunkedArray, unit: str) -> pa.ChunkedArray:
    import pyarrow as pa
    from pyarrow import compute as pc

    whole = pa.int32() if data.type.bit_width == 32 else pa.int64()
    per_second = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[unit]
    return pc.divide(data.cast(whole).cast(pa.float64(), safe=False), per_second)


def encoded(words: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text as dictionary<int32, string> in one chunk, labels in the order of first appearance."""
    import pyarrow as pa

    if pa.types.is_string_view(words.type):
        words = words.cast(pa.large_string())
    coded = words.dictionary_encode()
    if not coded.num_chunks:
        return _dictionary(pa.array([], pa.int32()), pa.array([], pa.string()))
    indices = pa.chunked_array([part.indices for part in coded.chunks]).combine_chunks()
    return _dictionary(indices, coded.chunk(coded.num_chunks - 1).dictionary)


def _dictionary(indices: pa.Array, labels: pa.Array) -> pa.ChunkedArray:
    import pyarrow as pa

    if isinstance(indices, pa.ChunkedArray):
        indices = indices.combine_chunks()
    coded = pa.DictionaryArray.from_arrays(indices.cast(pa.int32()), labels.cast(pa.string()))
    return chunked(coded)


def _relabelled(data: pa.ChunkedArray) -> pa.ChunkedArray:
    """A dictionary of any labels in the form of `encoded`: unused labels dropped, none twice."""
    import pyarrow as pa

    parts = []
    for part in data.chunks:
        labels = labels_of(_plain(RawColumn("", chunked(part.dictionary), "")))
        parts.append(labels.combine_chunks().take(part.indices))
    return encoded(pa.chunked_array(parts, pa.string()))


def labels_of(given: Column) -> pa.ChunkedArray:
    """The values of a column as text: "1" for 1 and for 1.0, "True" for true, dates in ISO form.

    Raises
    ------
    pyarrow.ArrowInvalid
        The column's kind has no text.
    """
    import pyarrow as pa
    from pyarrow import compute as pc

    data = given.data
    if given.kind is Kind.EMPTY:
        return data.cast(pa.string())
    if given.kind is Kind.UNSUPPORTED:
        raise pa.ArrowInvalid(given.note or "no text")
    if pa.types.is_dictionary(data.type):
        return data.cast(pa.string())
    if given.kind is Kind.BOOLEAN:
        return pc.if_else(data, "True", "False")
    if given.kind is Kind.DATE:
        return pc.replace_substring_regex(
            pc.strftime(data, "%Y-%m-%dT%H:%M:%S"), r"(T00:00:00)?(\.0*)?$", ""
        )
    return pc.replace_substring_regex(data.cast(pa.string()), r"\.0$", "")


def whole_numbers(data: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Floating numbers as int64 if all of them are whole and fit, otherwise None."""
    import pyarrow as pa

    try:
        return data.cast(pa.int64())
    except pa.ArrowInvalid:
        return None


def joined(*notes: str) -> str:
    """Notes in one line, each once, empty ones left out."""
    return "; ".join(dict.fromkeys(note for note in notes if note))


def _recognised(plain: Column, storage: str) -> Column:
    """A category whose words are numbers, dates or booleans, or free text, as what it is."""
    if plain.kind is not Kind.CATEGORY or storage == "category":
        return plain
    for kind, parse in (
        (Kind.BOOLEAN, booleans),
        (Kind.NUMBER, numbers),
        (Kind.DATE, dates),
    ):
        parsed = parse(plain.data)
        if parsed is not None and parsed.data is not None:
            return _with(plain, kind, parsed.data, parsed.note, parsed.forms)
        if parsed is not None:
            plain = _with(plain, plain.kind, plain.data, parsed.note)
    if _is_free_text(plain.data):
        return _with(plain, Kind.TEXT, plain.data)
    return plain


def _with(
    given: Column,
    kind: Kind,
    data: pa.ChunkedArray,
    note: str = "",
    forms: pa.ChunkedArray | None = None,
) -> Column:
    forms = given.forms if forms is None else forms
    return Column(given.name, kind, given.storage, joined(given.note, note), data, forms)


def _is_free_text(coded: pa.ChunkedArray) -> bool:
    from pyarrow import compute as pc

    words = coded.chunk(0).dictionary
    there = len(coded) - coded.null_count
    if len(words) < TEXT_SHARE * there:
        return False
    # a sample spread evenly over the distinct values tells the average well enough
    some = words.take(list(range(0, len(words), -(-len(words) // TEXT_SAMPLE))))
    mean_words = 1 + pc.mean(pc.count_substring_regex(some, r"\S\s+\S")).as_py()
    return bool(mean_words >= TEXT_WORDS or pc.mean(pc.utf8_length(some)).as_py() >= TEXT_LENGTH)


def _asked(plain: Column, kind: Kind, like: str) -> Column | None:
    """The column as the kind asked for, or None."""
    if plain.kind is Kind.EMPTY:
        return _all_missing(plain, kind)
    if plain.kind is Kind.UNSUPPORTED or kind in (Kind.EMPTY, Kind.UNSUPPORTED):
        return None
    if kind in (Kind.CATEGORY, Kind.TEXT, Kind.IDENTIFIER):
        return _as_labels(plain, kind)
    if plain.kind is Kind.CATEGORY:
        parse = {Kind.NUMBER: numbers, Kind.BOOLEAN: booleans}
        parsed = dates(plain.data, like) if kind is Kind.DATE else parse[kind](plain.data)
        if parsed is None or parsed.data is None:
            return None
        return _with(plain, kind, parsed.data, parsed.note, parsed.forms)
    return _zero_and_one(plain, kind)


def _all_missing(plain: Column, kind: Kind) -> Column:
    import pyarrow as pa

    types = {
        Kind.NUMBER: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.DATE: UTC(),
        Kind.UNSUPPORTED: pa.null(),
    }
    labels = pa.dictionary(pa.int32(), pa.string())
    return _with(plain, kind, plain.data.cast(types.get(kind, labels)))


def _as_labels(plain: Column, kind: Kind) -> Column:
    import pyarrow as pa

    data = plain.data
    if pa.types.is_dictionary(data.type):
        return _with(plain, kind, data)
    if kind is Kind.IDENTIFIER and plain.kind is Kind.NUMBER:
        whole = data if pa.types.is_integer(data.type) else whole_numbers(data)
        if whole is not None:
            return _with(plain, kind, whole)
    return _with(plain, kind, encoded(labels_of(plain)))


def _zero_and_one(plain: Column, kind: Kind) -> Column | None:
    """Booleans as numbers, and the numbers 0 and 1 as booleans."""
    import pyarrow as pa
    from pyarrow import compute as pc

    data = plain.data
    if kind is Kind.NUMBER and plain.kind is Kind.BOOLEAN:
        return _with(plain, kind, data.cast(pa.int8()), "booleans, read as 0 and 1")
    if kind is not Kind.BOOLEAN or plain.kind is not Kind.NUMBER:
        return None
    known = pc.or_kleene(pc.equal(data, 0), pc.equal(data, 1))
    if not pc.all(known).as_py():
        return None
    return _with(plain, kind, data.cast(pa.bool_()), "0 and 1, read as booleans")
