"""Columns of numbers that were cut off at a largest or a smallest value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mldebug.artefacts import Column, Kind, Table
from mldebug.checker import Unavailable, checker
from mldebug.checkers.data.atom_figures import piled
from mldebug.columns import numbers
from mldebug.measurement import Measurement, Quantity, Rows, Subject
from mldebug.stats.atom_limits import LEAST_DISTINCT, WINDOW_DISTINCT, WINDOW_ROWS, WINDOW_SHARE

if TYPE_CHECKING:
    from mldebug.derive.atoms import Atoms
    from mldebug.stats.atoms import Pile

LEVEL = 0.05
"""Rows are named where the pile is surprising at this level."""
CLIPPED_SHARE = Quantity(
    name="data.clipped_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The share of a column's rows that hold just its largest or its smallest value, beyond the "
        f"mean number of rows of the values beside it (those of the nearest {WINDOW_SHARE:.0%} of the "
        f"rows, {WINDOW_ROWS} at least). Columns of at most {LEAST_DISTINCT} distinct values are not "
        "measured. An end far from its neighbours, one with fewer than "
        f"{WINDOW_DISTINCT} values beside it, and a smallest value of 0, where amounts begin by "
        "nature (or any smallest value of a column whose mean is 0, as after centring), count as "
        "none. Equal cells of a named group count as one."
    ),
    source="Wilson interval of the share",
    null="the end is no more frequent than the most frequent of the values beside it (Poisson)",
    details={
        "side": "largest or smallest",
        "bound": "the value itself",
        "held": "the rows that hold it",
        "expected": "the mean number of rows of the values beside it",
    },
)


@checker(CLIPPED_SHARE)
def clipped_values(train: Table, train_atoms: Mapping[str, Atoms]) -> Iterator[Measurement]:
    """The share of rows piled up at an end of each near-continuous column."""
    measured = False
    for column in train.of_kind(Kind.NUMBER):
        found = train_atoms.get(column.name)
        if found is not None and found.pile is not None:
            measured = True
            yield _measured(column, found.pile, found.n_present)
    if not measured:
        raise Unavailable(f"no column of numbers has more than {LEAST_DISTINCT} distinct values")


def _measured(column: Column, pile: Pile, n: int) -> Measurement:
    import numpy as np

    from mldebug.stats.intervals import wilson

    beyond = max(pile.count - pile.expected, 0.0)
    rows = figure = None
    if beyond > 0 and pile.p < LEVEL:
        places = np.flatnonzero(numbers(column.data) == pile.value)
        rows = Rows.of("train", places)
        title = f"{pile.count:,} rows hold just the {pile.side} value of {column.name}"
        figure = piled(column, [pile.value], title)
    return Measurement(
        quantity=CLIPPED_SHARE.name,
        subject=Subject(column=column.name),
        value=beyond / n,
        n=n,
        interval=wilson(beyond, n),
        p=pile.p,
        details={
            "side": pile.side,
            "bound": f"{pile.value:.8g}",
            "held": pile.count,
            "expected": pile.expected,
        },
        rows=rows,
        figure=figure,
    )
