"""Training rows that nearly repeat an earlier row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table
from mldebug.checker import checker
from mldebug.checkers.data.near_copy_figures import DETAILS, NEARLY, evidence, pairs, told
from mldebug.measurement import Measurement, Quantity, Subject

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
    kept = near_repeats.surprising
    yield Measurement(
        quantity=NEAR_DUPLICATE_SHARE.name,
        subject=Subject(),
        value=len(kept) / train.n_rows,
        n=train.n_rows,
        details=told(near_repeats, kept),
        rows=evidence(near_repeats, kept, "train"),
        figure=pairs(near_repeats, kept, train, train),
    )
