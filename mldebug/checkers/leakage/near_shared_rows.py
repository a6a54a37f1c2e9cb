"""Evaluation rows that nearly repeat a row that the model was trained on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table
from mldebug.checker import checker
from mldebug.checkers.data.near_copy_share import DETAILS, NEARLY, near_copy_share
from mldebug.measurement import Measurement, Quantity

if TYPE_CHECKING:
    from mldebug.derive.near_copies import NearCopies

NEAR_SHARED_SHARE = Quantity(
    name="leakage.near_shared_row_share",
    unit="share of eval rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning="The share of evaluation rows whose features nearly repeat a training row's. " + NEARLY,
    source="Kapoor & Narayanan 2023, kind L1.4",
    details=DETAILS,
)


@checker(NEAR_SHARED_SHARE)
def near_shared_rows(train: Table, eval: Table, near_shared: NearCopies) -> Iterator[Measurement]:
    """The share of evaluation rows that surprisingly nearly repeat a training row."""
    yield near_copy_share(NEAR_SHARED_SHARE, near_shared, eval, train)
