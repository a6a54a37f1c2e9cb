"""Numbers, dates and booleans that stand in a column as text, read from its distinct values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE = 100
"""Distinct values that are tried before all of them are."""

NUMBER = r"^\s*[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$"
WHOLE = r"^\s*[+-]?\d+\s*$"
PERCENT = NUMBER.removesuffix(r"\s*$") + r"\s*%\s*$"
INFINITE = r"^\s*[+-]?(?i:inf|infinity)\s*$"
CURRENCIES = "$€£¥₹"
LEADING_ZERO = r"^\s*[+-]?0\d"

ISO_DATE = r"^\s*\d{4}[-/]\d{2}[-/]\d{2}\s*$"
ISO_TIME = r"^\s*\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s*$"
ISO_ZONED = ISO_TIME.removesuffix(r"\s*$") + r"\s*(?:Z|[+-]\d{2}(?::?\d{2})?)\s*$"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = r"(?i:(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?"

FORMATS: tuple[tuple[str, str, str], ...] = (
    ("day.month.year", r"^\s*(\d{1,2})\.(\d{1,2})\.(\d{4})\s*$", r"\3-0\2-0\1"),
    ("day month year", rf"^\s*(\d{{1,2}})[ -]{MONTH}[ -](\d{{4}})\s*$", r"\3-\2-0\1"),
    ("month day, year", rf"^\s*{MONTH} (\d{{1,2}}),? (\d{{4}})\s*$", r"\3-\1-0\2"),
)
SLASHES = r"^\s*(\d{1,2})/(\d{1,2})/(\d{4})\s*$"
SLASH_ORDERS = (("month/day/year", r"\3-0\1-0\2"), ("day/month/year", r"\3-0\2-0\1"))
AS_TEXT = "dates stored as text"
ZONELESS = "no time zone, taken as UTC"
WITH_ZONE, WITHOUT_ZONE = "with a time zone", "without a time zone"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a column of text holds: the values with a note, or None where it stays text.

    ``forms`` is as in `mldebug.artefacts.Column`.
    """

    data: pa.ChunkedArray | None
    note: str
    forms: pa.ChunkedArray | None = None


def UTC() -> pa.DataType:  # noqa: N802  (it stands for a constant that would import pyarrow)
    """The Arrow type of a date: microseconds since 1970 in UTC."""
    import pyarrow as pa

    return pa.timestamp("us", "UTC")


def numbers(coded: pa.ChunkedArray) -> Parsed | None:
    """The numbers of a column of text, if every value is one and none has a leading zero.

    Thousands may be separated by commas and blanks may stand around a number; a column in which
    every value ends in % is read as percent, and one in which every value has the same sign of a
    currency as amounts. Whole numbers that fit are int64 or uint64.
    """
    from pyarrow import compute as pc

    words = _labels(coded)
    note = "numbers stored as text"
    sign = _currency(words)
    if sign:
        words = pc.replace_substring(words, sign, "", max_replacements=1)
        note = f"amounts in {sign} stored as text"
    if _all_match(words, PERCENT):
        note = "percentages stored as text, read as percent"
    elif not _all_match(words, rf"{NUMBER}|{INFINITE}"):
        return None
    if pc.any(pc.match_substring_regex(words, LEADING_ZERO)).as_py():
        return None
    bare = pc.replace_substring_regex(words, r"[\s,%+]", "")
    if not pc.any(pc.match_substring_regex(bare, r"\d")).as_py():
        return None
    values = told_apart(bare)
    return None if values is None else Parsed(_by_code(coded, values), note)


def _currency(words: pa.Array) -> str:
    """The sign of a currency that every word begins or ends with; empty where there is none."""
    first = str(words[0]) if len(words) else ""
    sign = next((one for one in CURRENCIES if one in first), "")
    quoted = re.escape(sign)
    begins_or_ends = rf"^\s*[+-]?\s*{quoted}|{quoted}\s*$"
    return sign if sign and _all_match(words, begins_or_ends) else ""


def told_apart(words: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray | None:
    """Text as int64, uint64 or float64, the first that holds all of it.

    None where whole numbers of more than 64 bits would become the same float though they differ:
    such digits name something.

    Raises
    ------
    pyarrow.ArrowInvalid
        Something in it is no number.
    """
    import pyarrow as pa
    from pyarrow import compute as pc

    for kind in (pa.int64(), pa.uint64()):
        try:
            return words.cast(kind)
        except pa.ArrowInvalid:
            continue
    values = words.cast(pa.float64())
    there = words.drop_null()
    if not _all_match(there, WHOLE):
        return values
    distinct = pc.count_distinct(there).as_py()
    return values if pc.count_distinct(values).as_py() == distinct else None


def booleans(coded: pa.ChunkedArray) -> Parsed | None:
    """The booleans of a column of text in which every value is true or false, in any case.

    Yes and no stay a category: to a person they are two answers, not two truth values.
    """
    from pyarrow import compute as pc

    words = _labels(coded)
    if len(words) > 16 or not _all_match(words, r"^\s*(?i:true|false)\s*$"):
        return None
    values = pc.match_substring_regex(words, r"(?i:true)")
    return Parsed(_by_code(coded, values), "booleans stored as text")


def dates(coded: pa.ChunkedArray, like: str = "") -> Parsed | None:
    """The dates of a column of text, if every value is one in the same unambiguous format.

    ISO 8601 dates and times, with or without a zone; day.month.year; day and month by name; with
    slashes only where the values leave one order of day and month, or where ``like`` names one of
    them; otherwise the column stays text with a note.
    """
    from pyarrow import compute as pc

    words = _labels(coded)
    if _all_match(words, rf"{ISO_DATE}|{ISO_TIME}|{ISO_ZONED}"):
        return _iso(coded, words)
    for format_name, pattern, to_iso in FORMATS:
        if _all_match(words, pattern):
            lower = _with_month_numbers(pc.replace_substring_regex(words, pattern, to_iso))
            values = _days(lower)
            return values and Parsed(_by_code(coded, values), f"{AS_TEXT} ({format_name})")
    if not _all_match(words, SLASHES):
        return None
    read = {
        order: _days(pc.replace_substring_regex(words, SLASHES, to_iso))
        for order, to_iso in SLASH_ORDERS
    }
    fitting = [order for order, values in read.items() if values is not None]
    fitting = [order for order in fitting if order in like] or fitting
    if len(fitting) == 2:
        return Parsed(None, "dates with slashes whose order of day and month cannot be told")
    if not fitting:
        return None
    values = read[fitting[0]]
    return Parsed(_by_code(coded, values), f"{AS_TEXT} ({fitting[0]})")


def _labels(coded: pa.ChunkedArray) -> pa.Array:
    return coded.chunk(0).dictionary


def _by_code(coded: pa.ChunkedArray, values: pa.Array) -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.chunked_array([values.take(coded.chunk(0).indices)])


def _all_match(words: pa.Array, pattern: str) -> bool:
    """Whether every word matches; a few are tried first, so that most columns cost nothing."""
    from pyarrow import compute as pc

    if not len(words):
        return False
    few = words.slice(0, SAMPLE)
    return bool(
        pc.all(pc.match_substring_regex(few, pattern)).as_py()
        and (
            len(words) <= SAMPLE
            or pc.all(pc.match_substring_regex(words.slice(SAMPLE), pattern)).as_py()
        )
    )


def _with_month_numbers(words: pa.Array) -> pa.Array:
    from pyarrow import compute as pc

    words = pc.utf8_lower(words)
    for number, month in enumerate(MONTHS, start=1):
        words = pc.replace_substring(words, month, f"{number:02d}")
    return words


def _days(words: pa.Array) -> pa.Array | None:
    """Words such as 2024-011-05, day and month with a zero too many, as dates."""
    from pyarrow import compute as pc

    return _instants(pc.replace_substring_regex(words, r"-0(\d\d)", r"-\1"), zoned=False)


def _iso(coded: pa.ChunkedArray, words: pa.Array) -> Parsed | None:
    from pyarrow import compute as pc

    zoned = pc.match_substring_regex(words, ISO_ZONED)
    day = pc.match_substring_regex(words, ISO_DATE)
    bare = pc.replace_substring_regex(words, r"^\s+|\s+$", "")
    bare = pc.replace_substring_regex(bare, r"^(\d{4})/(\d{2})/(\d{2})", r"\1-\2-\3")
    bare = pc.replace_substring_regex(bare, r"[.,](\d{1,6})\d*", r".\1")
    bare = pc.replace_substring_regex(bare, r"\s+(Z|[+-])", r"\1")
    # one cast for all: a time without a zone is taken as UTC
    naive = pc.and_not(pc.invert(zoned), day)
    bare = pc.if_else(day, pc.binary_join_element_wise(bare, "00:00Z", " "), bare)
    bare = pc.if_else(naive, pc.binary_join_element_wise(bare, "Z", ""), bare)
    values = _instants(bare, zoned=True)
    if values is None:
        return None
    note = f"{AS_TEXT}; {ZONELESS}" if pc.any(naive).as_py() else AS_TEXT
    forms = None
    if pc.any(zoned).as_py() and pc.any(naive).as_py():
        told = pc.if_else(zoned, WITH_ZONE, WITHOUT_ZONE)
        forms = _by_code(coded, told).dictionary_encode()
    return Parsed(_by_code(coded, values), note, forms)


def _instants(words: pa.Array, *, zoned: bool) -> pa.Array | None:
    import pyarrow as pa

    try:
        return words.cast(UTC() if zoned else pa.timestamp("us")).cast(UTC())
    except pa.ArrowInvalid:
        return None
