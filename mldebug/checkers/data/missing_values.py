"""How much of each column is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.profile import Profile

MISSING_SHARE = Quantity(
    name="data.missing_share",
    unit="share",
    bounds=(0.0, 1.0),
    kind="count",
    meaning="The share of a training column's cells that are missing. The target is left out, "
    "and so are columns of values that mldebug cannot read.",
    details={"missing": "the number of missing cells"},
)
COLUMNS_SHOWN = 8


@checker(MISSING_SHARE)
def missing_values(
    train: Table, train_profile: Profile, target: Target | None = None
) -> Iterator[Measurement]:
    """The share of missing cells of each column."""
    shares = {
        column.name: train_profile.columns[column.name].n_missing / train.n_rows
        for column in train.columns
        if column.kind is not Kind.UNSUPPORTED and (target is None or column.name != target.name)
    }
    most = sorted((name for name in shares if shares[name]), key=lambda name: -shares[name])
    for name, share in shares.items():
        shown = [name, *(other for other in most[:COLUMNS_SHOWN] if other != name)]
        yield Measurement(
            quantity=MISSING_SHARE.name,
            subject=Subject(column=name),
            value=share,
            n=train.n_rows,
            details={"missing": train_profile.columns[name].n_missing},
            figure={
                "kind": "bars",
                "axis": "quantity",
                "title": f"{share:.1%} of {name} is missing",
                "description": "The share of missing cells, this column and those that lack most",
                "x_label": "share of cells missing",
                "items": [
                    {"label": one, "value": shares[one], "emphasis": one == name}
                    for one in sorted(shown, key=lambda other: -shares[other])
                ],
            }
            if share
            else None,
        )
