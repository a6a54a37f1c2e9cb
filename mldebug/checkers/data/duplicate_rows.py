"""Training rows that occur more than once, beyond what chance brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table
from mldebug.checker import checker
from mldebug.derive.repeats import BEYOND_CHANCE, most_surprising
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    from mldebug.derive.repeats import Repeats

DUPLICATE_SHARE = Quantity(
    name="data.duplicate_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of training rows that repeat an earlier row in every feature and the target. "
        + BEYOND_CHANCE
    ),
    details={
        "duplicates": "the number of such rows",
        "chance_repeats": "repeats that chance explains; they do not count",
        "compared": "'categories' if only categories and booleans were compared, else 'values'",
        "columns_ignored": "the columns that number or name the rows",
    },
)


@checker(DUPLICATE_SHARE)
def duplicate_rows(train: Table, repeats: Repeats) -> Iterator[Measurement]:
    """The share of rows that surprisingly repeat an earlier row."""
    import numpy as np

    kept = most_surprising(repeats, np.flatnonzero(repeats.surprising))
    yield Measurement(
        quantity=DUPLICATE_SHARE.name,
        subject=Subject(),
        value=len(kept) / train.n_rows,
        n=train.n_rows,
        details={
            "duplicates": len(kept),
            "chance_repeats": len(repeats.rows) - len(kept),
            "compared": "categories" if repeats.all_categorical else "values",
            "columns_ignored": list(repeats.ignored),
        },
        rows=Rows.of("train", repeats.rows[kept], matches=repeats.matches[kept]),
    )
