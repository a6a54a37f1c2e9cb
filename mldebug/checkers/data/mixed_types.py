"""Columns in which values of another type stand among the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from mldebug.artefacts import Column, Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.columns import codes, is_coded, levels
from mldebug.derive.missing_words import missing_words
from mldebug.derive.word_counts import rows_of
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from mldebug.derive.word_counts import WordCounts

SHOWN, LONGEST = 3, 30
FIGURE = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+"
NUMBER = rf"^\s*[+-]?(?:{FIGURE})(?:[eE][+-]?\d+)?\s*%?\s*$"
DECIMAL = r"^\s*[+-]?\d*\.\d*[1-9]\d*\s*$"
QUALIFIED = rf"^\s*(?:[<>~≤≥$€£±]\s*[+-]?(?:{FIGURE})|[+-]?(?:{FIGURE})\s+[^\W\d_]+[²³]?)\s*$"
"""A number with a sign before it or a unit after a blank: <5, $12, 12 kg; 12B is a code."""
DATE = r"^\s*(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})(?:[T ].*)?$"
MEASURED = 20
"""Different whole numbers of a measurement; fewer are levels, among which K or XL may stand."""
DECIMALS = 0.1
CODES = 0.05
"""Of the rows with text, the share with a digit from which on numbers are codes like the others."""
ROWS_A_WORD = 2
MIXED_SHARE = Quantity(
    name="data.mixed_type_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of training rows whose value is of another type than most of the column's: number, "
        "text, date or boolean, as the objects of a frame tell and as the words read. Words for "
        "missing values do not count. By the words alone: text without digits or a number with a unit "
        f"among numbers that have decimals or {MEASURED} different values; anything among dates; "
        f"numbers and dates among categories of {ROWS_A_WORD} rows or more on average, unless "
        f"{CODES:.0%} of these hold digits as well, as codes do."
    ),
    details={
        "rarer": "the number of such rows",
        "most": "the type of most values",
        "others": "the types of the others with examples",
    },
)


class Stray(NamedTuple):
    """The type of most values, those of the others with examples, and the rows of the others."""

    most: str
    others: str
    rows: np.ndarray


@checker(MIXED_SHARE)
def mixed_types(
    train: Table, train_word_counts: Mapping[str, WordCounts], target: Target | None = None
) -> Iterator[Measurement]:
    """The share of rows of another type than most, a column each."""
    measured = False
    for column in train.columns:
        if column.kind in (Kind.UNSUPPORTED, Kind.EMPTY):
            continue
        if target is not None and column.name == target.name:
            continue
        measured = True
        found = []
        if column.forms is not None and column.kind is not Kind.DATE:
            found.append(_by_form(column, column.forms))
        if column.kind is Kind.CATEGORY:
            found.append(_by_words(column, train_word_counts[column.name]))
        yield _measured(column, found, train.n_rows)
    if not measured:
        raise Unavailable("there is no feature to look at")


def _measured(column: Column, found: list[Stray], n: int) -> Measurement:
    import numpy as np

    rows = np.zeros(0, dtype=np.int64)
    told: list[Stray] = []
    for one in found:
        if len(np.setdiff1d(one.rows, rows)):
            rows = np.union1d(rows, one.rows)
            told.append(one)
    rarer = len(rows)
    return Measurement(
        quantity=MIXED_SHARE.name,
        subject=Subject(column=column.name),
        value=rarer / n,
        n=n,
        details={
            "rarer": rarer,
            "most": told[0].most if told else "",
            "others": " and text that reads as ".join(one.others for one in told),
        },
        rows=Rows.of("train", rows),
    )


def _by_form(column: Column, forms: pa.ChunkedArray) -> Stray:
    """By the types of the objects; a word for a missing value has none."""
    import numpy as np

    names, form = levels(forms), codes(forms).copy()
    if is_coded(column):
        words = levels(column.data)
        form[rows_of(column, [words.index(word) for word in missing_words(words)])] = -1
    counts = np.bincount(form[form >= 0], minlength=len(names))
    most = int(np.argmax(counts))
    rows = np.flatnonzero((form >= 0) & (form != most))
    others = [name for name, count in zip(names, counts, strict=True) if count]
    told = ", ".join(sorted(name for name in others if name != names[most]))
    return Stray(names[most], told, rows)


def _by_words(column: Column, held: WordCounts) -> Stray:
    """By what the words of a column of text can be read as."""
    import numpy as np

    codes_of = held.present
    there = held.counts > 0
    there[[codes_of[word] for word in missing_words(codes_of)]] = False
    number = _matching(column, NUMBER) & there
    date = _matching(column, DATE) & there & ~number
    text = there & ~number & ~date
    rows = {
        name: int(held.counts[which].sum())
        for name, which in (("number", number), ("date", date), ("text", text))
    }
    most = max(rows, key=lambda name: rows[name])
    digits = _matching(column, r"\d")
    if most == "number":
        decimals = int(held.counts[_matching(column, DECIMAL) & there].sum())
        measured = decimals > DECIMALS * rows["number"] or int(number.sum()) >= MEASURED
        stray = date | (text & (~digits | _matching(column, QUALIFIED)))
        stray &= measured
    elif most == "date":
        stray = number | text
    else:
        are_codes = int(held.counts[text & digits].sum()) > CODES * rows["text"]
        repeated = rows["text"] >= ROWS_A_WORD * int(text.sum())
        stray = (number | date) & (repeated and not are_codes)
    told = [
        f"{name} ({', '.join(_shown(held, which & stray))})"
        for name, which in (("number", number), ("date", date), ("text", text))
        if (which & stray).any()
    ]
    return Stray(most, ", ".join(told), rows_of(column, np.flatnonzero(stray)))


def _matching(column: Column, pattern: str) -> np.ndarray:
    """Which words of a column's dictionary match, dtype bool."""
    import numpy as np
    import pyarrow.compute as pc

    words = column.data.chunk(0).dictionary
    return np.array(pc.match_substring_regex(words, pattern).to_pylist(), dtype=bool)


def _shown(held: WordCounts, which: np.ndarray) -> list[str]:
    """The most frequent of these words, in quotes."""
    import numpy as np

    places = sorted(np.flatnonzero(which), key=lambda one: (-held.counts[one], held.words[one]))
    return [repr(held.words[one][:LONGEST]) for one in places[:SHOWN]]
