"""Values that storing or transport has damaged: keys as floats, text cut short, wrong characters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mldebug.artefacts import Column, Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.columns import LARGEST_WHOLE, numbers
from mldebug.derive.damaged_text import cut_short, garbled
from mldebug.derive.identifiers import NAMED, NEAR_UNIQUE
from mldebug.derive.word_counts import rows_of
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.profile import ColumnProfile, Profile
    from mldebug.derive.word_counts import WordCounts

LARGEST_KEY = 2.0**64
SAME_LENGTH = 0.99
SHOWN, LONGEST = 2, 40
INEXACT_SHARE = Quantity(
    name="data.inexact_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of training rows in which a column's value was damaged when it was stored: whole "
        "numbers beyond 2**53 as floating ones, in a column that is named as an identifier, or of "
        f"which {NEAR_UNIQUE:.0%} are distinct and {SAME_LENGTH:.0%} have as many digits; text that "
        "ends at the length on which far more values end than on the lengths just below; characters "
        "that come of reading UTF-8 as another encoding, and U+FFFD."
    ),
    details={
        "inexact": "the number of such rows",
        "what": "what is wrong with them, in words",
    },
)


@checker(INEXACT_SHARE)
def inexact_numbers(
    train: Table,
    train_profile: Profile,
    train_word_counts: Mapping[str, WordCounts],
    target: Target | None = None,
) -> Iterator[Measurement]:
    """The share of rows with a damaged value, for each column of floats and of text."""
    measured = False
    for column in train.columns:
        if target is not None and column.name == target.name:
            continue
        if column.name in train_word_counts:
            faults = _of_text(column, train_word_counts[column.name])
        elif column.kind is Kind.NUMBER:
            faults = _of_numbers(column, train_profile.columns[column.name])
        else:
            continue
        measured = True
        yield _measured(column, [one for one in faults if len(one[1])], train.n_rows)
    if not measured:
        raise Unavailable("no feature holds numbers or text")


def _measured(column: Column, faults: list[tuple[str, np.ndarray]], n: int) -> Measurement:
    import numpy as np

    rows = np.unique(np.concatenate([where for _, where in faults])) if faults else np.zeros(0, int)
    return Measurement(
        quantity=INEXACT_SHARE.name,
        subject=Subject(column=column.name),
        value=len(rows) / n,
        n=n,
        details={
            "inexact": len(rows),
            "what": "; ".join(f"{len(where):,} {what}" for what, where in faults),
        },
        rows=Rows.of("train", rows),
    )


def _of_text(column: Column, held: WordCounts) -> Iterator[tuple[str, np.ndarray]]:
    import numpy as np

    there = held.counts > 0
    wrong = np.flatnonzero(garbled(column) & there)
    examples = ", ".join(repr(held.words[one][:LONGEST]) for one in wrong[:SHOWN])
    yield f"with characters of another encoding ({examples})", rows_of(column, wrong)
    length, cut = cut_short(column, held)
    yield f"cut at {length} characters", rows_of(column, np.flatnonzero(cut))


def _of_numbers(column: Column, profile: ColumnProfile) -> Iterator[tuple[str, np.ndarray]]:
    import numpy as np
    import pyarrow as pa

    ends = profile.low, profile.high
    beyond = any(end is not None and abs(end) > LARGEST_WHOLE for end in ends)
    if not beyond or not pa.types.is_floating(column.data.type):
        return
    values = numbers(column.data)
    there = values[~np.isnan(values)]
    if np.abs(there).max() >= LARGEST_KEY or not np.array_equal(there, np.floor(there)):
        return
    named = bool(NAMED.search(column.name) or NAMED.search(column.name.lower()))
    unique = profile.n_distinct >= NEAR_UNIQUE * profile.n_present
    digits = np.floor(np.log10(np.maximum(np.abs(there), 1)))
    alike = np.mean(digits == np.median(digits)) >= SAME_LENGTH
    if named or (unique and alike):
        yield "beyond 2**53 as floating numbers", np.flatnonzero(np.abs(values) > LARGEST_WHOLE)
