"""Values that stand for missing ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from mldebug.artefacts import Column, Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.checkers.data.atom_figures import piled
from mldebug.columns import numbers
from mldebug.derive.atoms import calendar_ends
from mldebug.derive.missing_words import missing_words
from mldebug.derive.word_counts import rows_of
from mldebug.measurement import Measurement, Quantity, Rows, Subject
from mldebug.stats.atom_limits import FAR_FROM_ZERO, NEAR_CONTINUOUS, PILED

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.atoms import Atoms
    from mldebug.derive.identifiers import Identifier
    from mldebug.derive.word_counts import WordCounts

SHOWN = 5
WHY = {
    "word": "a word for a missing value",
    "code": "a customary code, apart from all other values",
    "outside": "farther from all other values than these are from each other",
    "zero": "far below all other values",
    "date": "the first or last day of a calendar, apart from all other dates",
}
DISGUISED_SHARE = Quantity(
    name="data.disguised_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of training rows in which a column holds a value that stands for a missing one: a "
        "word such as ?, n/a or unknown; a number such as -999, 99 or 2**31 - 1 in two rows or more "
        "that is farther from the rest than the rest is wide, or a negative code below a rest that is "
        f"nowhere negative; any number that far outside in {PILED} rows or more; 0 beside "
        f"{NEAR_CONTINUOUS} or more positive values whose median is over {FAR_FROM_ZERO:g} standard "
        "deviations away; a date such as 1900-01-01 apart from the rest. Cells that are missing "
        "already do not count, and columns that name the rows are not measured. Equal "
        "numbers of a named group are one row until they are known to stand for missing ones."
    ),
    details={
        "disguised": "the number of such rows",
        "stand_ins": "the values, the most frequent first, with what gave the first away",
    },
)


class StandIn(NamedTuple):
    """A value as it is stored (a word's code, a date's microseconds), as it is shown, its rows."""

    value: float
    shown: str
    held: int
    reason: str


@checker(DISGUISED_SHARE)
def disguised_missing(
    train: Table,
    train_atoms: Mapping[str, Atoms],
    train_word_counts: Mapping[str, WordCounts],
    identifiers: tuple[Identifier, ...],
    target: Target | None = None,
) -> Iterator[Measurement]:
    """The share of rows in disguise, a column each; of targets only numbers are looked at."""
    left_out = {one.column for one in identifiers}
    if target is not None and target.task == "classification":
        left_out.add(target.name)
    measured = False
    for column in train.columns:
        if column.name in left_out:
            continue
        if column.name in train_word_counts:
            found = _words(train_word_counts[column.name])
        elif column.name in train_atoms:
            atoms = train_atoms[column.name].stand_ins
            found = [
                StandIn(one.value, f"{one.value:.10g}", one.count, one.reason) for one in atoms
            ]
        elif column.kind is Kind.DATE:
            found = [StandIn(*one, "date") for one in calendar_ends(column)]
        else:
            continue
        measured = True
        yield _measured(column, sorted(found, key=lambda one: -one.held), train.n_rows)
    if not measured:
        raise Unavailable("no column holds numbers, dates, categories or text")


def _words(held: WordCounts) -> list[StandIn]:
    codes = held.present
    found = missing_words(codes)
    return [
        StandIn(codes[word], repr(word), int(held.counts[codes[word]]), "word") for word in found
    ]


def _measured(column: Column, found: list[StandIn], n: int) -> Measurement:
    disguised = sum(one.held for one in found)
    rows = Rows.of("train", _places(column, found)) if found else None
    return Measurement(
        quantity=DISGUISED_SHARE.name,
        subject=Subject(column=column.name),
        value=disguised / n,
        n=n,
        details={
            "disguised": disguised,
            "stand_ins": _told(found) if found else "",
        },
        rows=rows,
        figure=_figure(column, found) if found else None,
    )


def _places(column: Column, found: list[StandIn]) -> np.ndarray:
    import numpy as np

    values = [one.value for one in found]
    if found[0].reason == "word":
        return rows_of(column, [int(value) for value in values])
    return np.flatnonzero(np.isin(numbers(column.data), values))


def _told(found: list[StandIn]) -> str:
    shown = ", ".join(one.shown for one in found[:SHOWN])
    return f"{shown} ({WHY[found[0].reason]})"


def _figure(column: Column, found: list[StandIn]) -> Mapping[str, Any] | None:
    if found[0].reason in ("word", "date"):
        return {
            "kind": "table",
            "title": f"{column.name} holds values that stand for missing ones",
            "description": "Each such value with the number of its rows.",
            "header": ["value", "rows"],
            "rows": [[one.shown, f"{one.held:,}"] for one in found],
        }
    title = f"{found[0].shown} stands apart from the other values of {column.name}"
    return piled(column, [one.value for one in found], title)
