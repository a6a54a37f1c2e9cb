"""Features that hold one value in nearly every row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.profile import Profile

FEWEST_ROWS = 20
"""So many rows that agree leave other values at most 14 % of the rows not seen, at a level of 5 %."""
MODE_SHARE = Quantity(
    name="features.mode_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of training rows that hold a column's most frequent value; missing is a value. Not "
        f"measured in fewer than {FEWEST_ROWS} rows, where a column that varies often holds one value "
        "by chance."
    ),
    details={
        "mode": "the most frequent value",
        "same": "the rows that hold it",
        "distinct": "the number of distinct values, missing among them",
    },
)
LONGEST_VALUE = 60


@checker(MODE_SHARE)
def constant_feature(
    train: Table, train_profile: Profile, target: Target | None = None
) -> Iterator[Measurement]:
    """The share of the most frequent value of each feature."""
    if train.n_rows < FEWEST_ROWS:
        rows = "1 row" if train.n_rows == 1 else f"{train.n_rows} rows"
        raise Unavailable(f"{rows} cannot tell whether a column varies; {FEWEST_ROWS} can")
    for column in train.columns:
        if column.kind is Kind.UNSUPPORTED or (target is not None and column.name == target.name):
            continue
        profile = train_profile.columns[column.name]
        missing_rules = profile.n_missing >= profile.mode_count
        count = profile.n_missing if missing_rules else profile.mode_count
        mode = "missing" if missing_rules else str(profile.mode)
        yield Measurement(
            quantity=MODE_SHARE.name,
            subject=Subject(column=column.name),
            value=count / train.n_rows,
            n=train.n_rows,
            details={
                "mode": mode if len(mode) <= LONGEST_VALUE else mode[:LONGEST_VALUE] + "…",
                "same": count,
                "distinct": profile.n_distinct + bool(profile.n_missing),
            },
        )
