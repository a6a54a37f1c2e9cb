"""Features that number or name the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import checker
from mldebug.derive.identifiers import DENSE, NEAR_UNIQUE
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.identifiers import Identifier
    from mldebug.derive.profile import Profile

SHAPES = {
    "given": "you named it with --id",
    "sequence": "it counts the rows",
    "monotone": "it only rises from row to row",
    "dense": "it numbers the rows in another order",
    "named": "its name and its unique whole numbers say so",
    "token": "it holds tokens such as keys or codes",
}
IDENTIFIER_SHARE = Quantity(
    name="features.identifier_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The share of a column's values that are distinct, if the column has the shape of an "
        "identifier: a count by ones, unique integers that only rise or that fill at least "
        f"{DENSE:.0%} of their range, integers under an identifier's name, or one-word tokens with "
        f"digits; 0 if it has none of these shapes or fewer than {NEAR_UNIQUE:.0%} distinct values."
    ),
    source="Wilson interval of the share",
    details={"shape": "the shape in words", "distinct": "the number of distinct values"},
)


@checker(IDENTIFIER_SHARE)
def identifier_feature(
    train: Table,
    train_profile: Profile,
    identifiers: tuple[Identifier, ...],
    target: Target | None = None,
) -> Iterator[Measurement]:
    """The share of distinct values of each column that is shaped like an identifier."""
    from mldebug.stats.intervals import wilson

    shaped = {one.column: one for one in identifiers}
    for column in train.columns:
        profile = train_profile.columns[column.name]
        if column.kind in (Kind.UNSUPPORTED, Kind.EMPTY) or not profile.n_present:
            continue
        if target is not None and column.name == target.name:
            continue
        one = shaped.get(column.name)
        distinct = profile.n_distinct if one else 0
        yield Measurement(
            quantity=IDENTIFIER_SHARE.name,
            subject=Subject(column=column.name),
            value=distinct / profile.n_present,
            n=profile.n_present,
            interval=wilson(distinct, profile.n_present),
            details={"shape": SHAPES[one.shape] if one else "", "distinct": profile.n_distinct},
        )
