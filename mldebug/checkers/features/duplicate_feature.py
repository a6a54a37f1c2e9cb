"""Features that say what another says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table
from mldebug.checker import checker
from mldebug.columns import readable
from mldebug.derive.same_columns import ROWS_A_VALUE, TOLERANCE
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.same_columns import SameColumns

ORDER = ("as the same values", "on another scale", "under other names")
ROWS_SHOWN, LOOKED_AT, MOST_PAIRS = 12, 1_000, 50
COLUMNS_SHOWN = 5
DUPLICATES = Quantity(
    name="features.duplicate_features",
    unit="features",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The number of features that say what an earlier one says: numbers, dates and booleans equal "
        f"to it times a factor plus a constant (to {TOLERANCE:g} of the range), and columns that part "
        f"the rows into the same groups (of {ROWS_A_VALUE} rows or more on average), with missing "
        "cells in the same places. Constant columns, columns with infinite values, columns that name "
        "the rows and the target are not compared."
    ),
    details={
        "first": "the column that comes first",
        "others": "the columns that say the same",
        "how": "as the same values, on another scale, or under other names",
    },
)


@checker(DUPLICATES)
def duplicate_feature(train: Table, same_columns: tuple[SameColumns, ...]) -> Iterator[Measurement]:
    """One measurement for each group of features that say the same; one of 0 if there is none."""
    leader: dict[str, str] = {}
    ways: dict[str, set[str]] = defaultdict(set)
    for pair in same_columns:
        one, other = leader.get(pair.first, pair.first), leader.get(pair.other, pair.other)
        first, later = sorted((one, other), key=train.names.index)
        if first == later:
            continue  # a simpler way has shown it
        leader |= dict.fromkeys((*_led(leader, later), later, first), first)
        ways[first] |= {pair.how, *ways.pop(later, ())}
    if not leader:
        yield Measurement(
            DUPLICATES.name,
            Subject(),
            0.0,
            train.n_rows,
            details={"first": "", "others": "", "how": ""},
        )
    for first in sorted(set(leader.values()), key=train.names.index):
        yield _measurement(train, first, _led(leader, first), max(ways[first], key=ORDER.index))


def _led(leader: Mapping[str, str], first: str) -> list[str]:
    return [name for name, led_by in leader.items() if led_by == first and name != first]


def _measurement(train: Table, first: str, led: Sequence[str], how: str) -> Measurement:
    others = sorted(led, key=train.names.index)
    return Measurement(
        quantity=DUPLICATES.name,
        subject=Subject(columns=(first, *others)),
        value=float(len(others)),
        n=train.n_rows,
        details={"first": first, "others": ", ".join(others), "how": how},
        figure=_figure(train, [first, *others][:COLUMNS_SHOWN], how),
    )


def _figure(train: Table, names: Sequence[str], how: str) -> Mapping[str, Any] | None:
    """What goes with what; nothing where nearly every row has a value of its own."""
    held = [[readable(one) for one in train[name].data.slice(0, LOOKED_AT)] for name in names]
    rows = list(dict.fromkeys(zip(*held, strict=True)))
    if len(rows) > MOST_PAIRS:
        return None
    return {
        "kind": "table",
        "title": f"{names[0]} and {names[1]} say the same {how}",
        "description": f"What goes with what in the first {LOOKED_AT:,} rows.",
        "header": list(names),
        "rows": [
            ["missing" if cell is None else str(cell) for cell in row] for row in rows[:ROWS_SHOWN]
        ],
    }
