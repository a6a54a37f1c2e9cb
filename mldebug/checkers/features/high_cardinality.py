"""Categories of which most rows hold a rare one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.word_counts import WordCounts

FEWEST_ROWS = 50
"""In fewer rows than this every category is rare."""
FEW_ROWS = 10
"""A category of fewer rows tells a model next to nothing about the next row that has it."""
SIZES = ((1, "1 row"), (2, "2 to 9 rows"), (FEW_ROWS, "10 to 99 rows"), (100, "100 rows or more"))
RARE_SHARE = Quantity(
    name="features.rare_category_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        f"The share of a column's rows whose category has fewer than {FEW_ROWS} training rows; missing "
        "cells are left out. Free text, the target, the column of --groups and columns that name the "
        "rows are not measured."
    ),
    details={
        "rare_rows": "the number of such rows",
        "rare": "the number of such categories",
        "categories": "the number of all categories",
    },
)


@checker(RARE_SHARE)
def high_cardinality(
    train: Table,
    train_word_counts: Mapping[str, WordCounts],
    non_features: frozenset[str],
) -> Iterator[Measurement]:
    """The share of rows in rare categories, a column each."""
    measured = [
        column.name
        for column in train.of_kind(Kind.CATEGORY)
        if column.name not in non_features and column.name in train_word_counts
    ]
    if not measured:
        raise Unavailable("no feature holds categories")
    if train.n_rows < FEWEST_ROWS:
        raise Unavailable(f"in fewer than {FEWEST_ROWS} rows every category is rare")
    for name in measured:
        counts = train_word_counts[name].counts
        yield _measured(name, counts[counts > 0])


def _measured(name: str, counts: np.ndarray) -> Measurement:
    n, rare = int(counts.sum()), counts[counts < FEW_ROWS]
    rare_rows = int(rare.sum())
    return Measurement(
        quantity=RARE_SHARE.name,
        subject=Subject(column=name),
        value=rare_rows / n if n else 0.0,
        n=n,
        details={
            "rare_rows": rare_rows,
            "rare": len(rare),
            "categories": len(counts),
        },
        figure=_figure(name, counts) if rare_rows else None,
    )


def _figure(name: str, counts: np.ndarray) -> Mapping[str, Any]:
    import numpy as np

    lows = np.array([low for low, _ in SIZES])
    held = np.bincount(np.searchsorted(lows, counts, side="right") - 1, counts, len(SIZES))
    rare = held[lows < FEW_ROWS].sum() / held.sum()
    return {
        "kind": "bars",
        "title": f"{rare:.0%} of the rows hold a category of {name} with fewer than {FEW_ROWS} rows",
        "description": f"The share of rows by the size of their category of {name}",
        "x_label": "share of rows",
        "items": [
            {"label": label, "value": float(share), "emphasis": low < FEW_ROWS}
            for (low, label), share in zip(SIZES, held / held.sum(), strict=True)
        ],
    }
