"""Categories that are one category, spelt in several ways."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.derive.word_counts import rows_of
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    from mldebug.artefacts import Column
    from mldebug.derive.identifiers import Identifier
    from mldebug.derive.word_counts import WordCounts

SPELLINGS_SHOWN = 8
LONGEST_SHOWN = 40
FREQUENT = 2
"""A column whose categories have fewer rows than this on average names its rows: case and
punctuation may be what tells its keys apart."""
SEPARATOR = r"[\s.,;:_/\-\u2010-\u2015\u2212]"
BETWEEN = re.compile(rf"(?<=[^\W\d_]){SEPARATOR}+(?=[^\W_])|(?<=[^\W_]){SEPARATOR}+(?=[^\W\d_])")
"""Separators between letters, or between a letter and a digit: 1-2 and 1.2 are no variants."""
AROUND = re.compile(r"^[\s_]+|[\s_.,;:]+$")
"""What may stand around a word. Not a sign: A+ and A- are two blood groups, C and C# languages."""
BLANKS = re.compile(r"\s+")
DROPPED = dict.fromkeys(
    code for code in range(0x3001) if chr(code).isspace() or re.match(SEPARATOR, chr(code))
)
VARIANT_SHARE = Quantity(
    name="data.variant_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of a column's rows whose category is a rarer spelling of a more frequent one: both "
        "are equal once compatible Unicode forms, case, blanks around and within, closing "
        "punctuation, and the separators . , ; : _ - / beside a letter are levelled. Signs such as + "
        "and #, accents, and separators between digits tell categories apart. Free text and columns "
        "that name the rows are not measured."
    ),
    details={
        "variants": "the number of such rows",
        "spellings": "the most frequent groups of spellings, in words",
        "groups": "how many categories have several spellings",
    },
)


@checker(VARIANT_SHARE)
def variant_categories(
    train: Table,
    train_word_counts: Mapping[str, WordCounts],
    identifiers: tuple[Identifier, ...],
    target: Target | None = None,
) -> Iterator[Measurement]:
    """The share of rows in the rarer spellings of each column's categories, the target's too."""
    left_out = {one.column for one in identifiers}
    labels = target.name if target and target.task == "classification" else None
    columns = [
        column
        for column in train.columns
        if column.name not in left_out
        and column.name in train_word_counts
        and (column.kind is Kind.CATEGORY or column.name == labels)
    ]
    if not columns:
        raise Unavailable("no column holds categories")
    for column in columns:
        yield _measured(column, train_word_counts[column.name], train.n_rows)


def levelled(word: str) -> str:
    """A word without what spellings differ in: levelled words are equal if they are variants."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    plain = AROUND.sub("", plain) or plain
    return BLANKS.sub(" ", BETWEEN.sub(" ", plain))


def bare(word: str) -> str:
    """A word without any separator: what is cheap to make, and equal where levelled words are."""
    plain = word if word.isascii() else unicodedata.normalize("NFKC", word)
    return plain.casefold().translate(DROPPED)


def _measured(column: Column, held: WordCounts, n: int) -> Measurement:
    groups = _groups(held)
    rarer = [code for codes in groups for code in codes[1:]]
    variants = int(held.counts[rarer].sum()) if rarer else 0
    rows = Rows.of("train", rows_of(column, rarer)) if variants else None
    return Measurement(
        quantity=VARIANT_SHARE.name,
        subject=Subject(column=column.name),
        value=variants / n,
        n=n,
        details={
            "variants": variants,
            "spellings": "; ".join(_spelt(codes, held) for codes in groups[:3]),
            "groups": len(groups),
        },
        rows=rows,
        figure=_figure(column.name, groups, held) if variants else None,
    )


def _groups(held: WordCounts) -> list[list[int]]:
    """Codes that say the same, the most frequent spelling first; most rows in variants first."""
    there = held.present
    if len(there) * FREQUENT > held.n_present:
        return []
    alike = _by_key(there.items(), bare)
    same = [
        codes
        for group in alike
        for codes in _by_key(((held.words[code], code) for code in group), levelled)
    ]
    groups = [
        sorted(codes, key=lambda code: (-held.counts[code], held.words[code])) for codes in same
    ]
    return sorted(groups, key=lambda codes: -held.counts[codes[1:]].sum())


def _by_key(words: Iterable[tuple[str, int]], key: Callable[[str], str]) -> list[list[int]]:
    """The codes of words with one key, two or more each."""
    groups: dict[str, list[int]] = defaultdict(list)
    for word, code in words:
        groups[key(word)].append(code)
    return [codes for codes in groups.values() if len(codes) > 1]


def _spelt(codes: list[int], held: WordCounts) -> str:
    return " = ".join(_quoted(held.words[code]) for code in codes[:SPELLINGS_SHOWN])


def _quoted(word: str) -> str:
    """A word in quotes, so that blanks around it are seen."""
    return repr(word if len(word) <= LONGEST_SHOWN else word[:LONGEST_SHOWN] + "…")


def _figure(name: str, groups: list[list[int]], held: WordCounts) -> Mapping[str, Any]:
    rows = [
        [
            _quoted(held.words[codes[0]]),
            f"{held.counts[codes[0]]:,}",
            ", ".join(f"{_quoted(held.words[code])} ({held.counts[code]:,})" for code in codes[1:]),
        ]
        for codes in groups[:20]
    ]
    several = "1 category" if len(groups) == 1 else f"{len(groups):,} categories"
    return {
        "kind": "table",
        "title": f"{several} of {name} stand in several spellings",
        "description": "The most frequent spelling of each, and the others with their rows.",
        "header": ["category", "rows", "other spellings (rows)"],
        "rows": rows,
    }
