"""Training rows that nearly repeat an earlier row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table
from mldebug.checker import checker
from mldebug.checkers.data.near_copy_share import DETAILS, NEARLY, near_copy_share
from mldebug.measurement import Measurement, Quantity

if TYPE_CHECKING:
    from mldebug.derive.near_copies import NearCopies

NEAR_DUPLICATE_SHARE = Quantity(
    name="data.near_duplicate_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning="The share of training rows whose features nearly repeat an earlier row's. " + NEARLY,
    source="the tail of pairwise likeness, as in Takens 1985, doi:10.1007/BFb0075636",
    details=DETAILS,
)


@checker(NEAR_DUPLICATE_SHARE)
def near_duplicate_rows(train: Table, near_repeats: NearCopies) -> Iterator[Measurement]:
    """The share of rows that surprisingly nearly repeat an earlier row."""
    yield near_copy_share(NEAR_DUPLICATE_SHARE, near_repeats, train, train)
