"""Features that hold infinities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.columns import numbers
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    from mldebug.artefacts import Column
    from mldebug.derive.profile import Profile

INFINITE_SHARE = Quantity(
    name="data.infinite_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of training rows in which a feature is inf or -inf. NaN counts as missing; the "
        "target is left out."
    ),
    details={
        "infinite": "the number of such rows",
        "negative": "how many of them are -inf",
    },
)


@checker(INFINITE_SHARE)
def non_finite_values(
    train: Table, train_profile: Profile, target: Target | None = None
) -> Iterator[Measurement]:
    """The share of infinite values of each feature of numbers."""
    columns = [
        column
        for column in train.of_kind(Kind.NUMBER)
        if target is None or column.name != target.name
    ]
    if not columns:
        raise Unavailable("no feature holds numbers")
    for column in columns:
        infinite = train_profile.columns[column.name].n_infinite
        yield _found(column, train) if infinite else _measured(column, train)


def _found(column: Column, train: Table) -> Measurement:
    import numpy as np

    values = numbers(column.data)
    rows = np.flatnonzero(np.isinf(values))
    negative = int(np.sum(values[rows] < 0))
    return _measured(column, train, len(rows), negative, Rows.of("train", rows))


def _measured(
    column: Column, train: Table, infinite: int = 0, negative: int = 0, rows: Rows | None = None
) -> Measurement:
    return Measurement(
        quantity=INFINITE_SHARE.name,
        subject=Subject(column=column.name),
        value=infinite / train.n_rows,
        n=train.n_rows,
        details={"infinite": infinite, "negative": negative},
        rows=rows,
    )
