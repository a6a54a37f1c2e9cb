"""Features that move together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table
from mldebug.checker import checker
from mldebug.derive.associated_pairs import CLOSE, MOST_CATEGORIES, MOST_NUMBERS
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.associated_pairs import AssociatedPairs
    from mldebug.derive.same_columns import SameColumns
    from mldebug.stats.intervals import Estimate

Pair = tuple[str, str, "Estimate", str]
PAIRS_SHOWN = 12
NAMED = 6
"""Of a larger group the message names so many columns."""
ASSOCIATION = Quantity(
    name="features.association",
    unit="association",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The closest association of two features of a group: the absolute rank correlation of "
        "numbers, the correlation ratio of ranks for a number and a category, and Theil's U, the "
        "larger of both directions, for two categories, each on the rows in which both are present. "
        f"Groups are linked by pairs of {CLOSE:g} or more; without any, the closest pair is told. "
        "Pairs that say the same on another scale count only where the group holds no other pair. "
        f"At most 20,000 rows, {MOST_NUMBERS:,} numbers and {MOST_CATEGORIES} categories; dates, the "
        "target, and columns that name the rows are not compared."
    ),
    source="Fisher's transformation; Bonett & Wright 2000",
    details={
        "first": "one column of the closest pair",
        "second": "the other",
        "measure": "the measure of their association, in words",
        "with": "the further columns of the group in words, or nothing",
        "pairs": "the number of close pairs in the group",
        "left_out": "the number of features that were not compared",
    },
)


@checker(ASSOCIATION)
def correlated_features(
    train: Table,
    associated_pairs: AssociatedPairs,
    same_columns: tuple[SameColumns, ...] | None = None,
) -> Iterator[Measurement]:
    """One measurement for each group of features that move together, or for the closest pair."""
    close = [pair for pair in associated_pairs.pairs if pair[2].value >= CLOSE]
    if not close:
        for pair in associated_pairs.pairs[:1]:
            yield _measurement(train, associated_pairs, [pair], pair)
        return
    copies = _copies(same_columns or ())
    for pairs in _groups(close):
        told = [one for one in pairs if copies.get(one[0], one[0]) != copies.get(one[1], one[1])]
        yield _measurement(train, associated_pairs, pairs, (told or pairs)[0])


def _copies(same: Sequence[SameColumns]) -> Mapping[str, str]:
    """The first column that says what each copy says; that of the first is itself."""
    leader: dict[str, str] = {}
    for one in same:
        first = leader.get(one.first, one.first)
        leader |= {one.first: first, one.other: first}
    return leader


def _groups(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """The pairs by the groups that they link, the group of the closest pair first."""
    of: dict[str, str] = {}

    def root(name: str) -> str:
        while of.setdefault(name, name) != name:
            of[name] = of[of[name]]
            name = of[name]
        return name

    for one, other, *_ in pairs:
        of[root(one)] = root(other)
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(root(pair[0]), []).append(pair)
    return list(found.values())


def _measurement(
    train: Table, compared: AssociatedPairs, pairs: Sequence[Pair], told: Pair
) -> Measurement:
    one, other, found, way = told
    members = sorted({name for pair in pairs for name in pair[:2]}, key=train.names.index)
    further = [name for name in members if name not in (one, other)]
    named = ", ".join(further[:NAMED]) + (
        f" and {len(further) - NAMED} more" if len(further) > NAMED else ""
    )
    return Measurement(
        quantity=ASSOCIATION.name,
        subject=Subject(columns=tuple(members)),
        value=found.value,
        n=min(train.n_rows, 20_000),
        interval=found.interval,
        details={
            "first": one,
            "second": other,
            "measure": way,
            "with": f", and with them {named}" if further else "",
            "pairs": len(pairs),
            "left_out": compared.left_out,
        },
        figure=_figure(pairs),
    )


def _figure(pairs: Sequence[Pair]) -> Mapping[str, Any]:
    one, other, found, _ = pairs[0]
    return {
        "kind": "table",
        "title": f"{one} and {other} are associated at {found.value:.3f}",
        "description": "The closest pairs of the group, with the measure of each",
        "header": ["column", "column", "association", "measure"],
        "rows": [
            [first, second, f"{told.value:.3f}", way]
            for first, second, told, way in pairs[:PAIRS_SHOWN]
        ],
    }
