"""Evaluation rows of groups that the model was trained on."""

from __future__ import annotations

from collections.abc import Iterator

from mldebug.arrays import Device
from mldebug.artefacts import Kind, Table
from mldebug.checker import Unavailable, checker
from mldebug.columns import codes, is_coded, numbers
from mldebug.derive.fingerprints import terms
from mldebug.measurement import Measurement, Quantity, Rows, Subject

SHARED_GROUP_SHARE = Quantity(
    name="leakage.shared_group_share",
    unit="share of eval rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of evaluation rows whose group, as --groups names it, has rows in train. A row "
        "without a group shares none."
    ),
    source="Kapoor & Narayanan 2023, kind L3.2",
    details={
        "shared": "the number of such rows",
        "groups": "the number of groups that are on both sides",
        "eval_groups": "the number of groups in eval",
    },
)


@checker(SHARED_GROUP_SHARE)
def shared_groups(train: Table, eval: Table, groups: str, device: Device) -> Iterator[Measurement]:
    """The share of eval rows whose group occurs in train. O(n log n)."""
    import numpy as np

    from mldebug.stats.fingerprints import positions_in

    if groups not in eval:
        raise Unavailable(f"eval has no column {groups!r}, which names the groups")
    mine, theirs = train[groups], eval[groups]
    if {Kind.EMPTY, Kind.UNSUPPORTED} & {mine.kind, theirs.kind}:
        raise Unavailable(f"{groups!r}, which names the groups, has no values to compare")
    if is_coded(mine) != is_coded(theirs):
        raise Unavailable(f"{groups!r}, which names the groups, is text in one table alone")
    known = terms([mine], train.n_rows, device)
    asked = terms([theirs], eval.n_rows, device)
    found = np.asarray(positions_in(asked, known))
    named = codes(theirs.data) >= 0 if is_coded(theirs) else ~np.isnan(numbers(theirs.data))
    rows = np.flatnonzero((found >= 0) & named)
    yield Measurement(
        quantity=SHARED_GROUP_SHARE.name,
        subject=Subject(column=groups),
        value=len(rows) / eval.n_rows,
        n=eval.n_rows,
        details={
            "shared": len(rows),
            "groups": len(np.unique(found[rows])),
            "eval_groups": len(np.unique(asked[named])),
        },
        rows=Rows.of("eval", rows, matches=found[rows]),
    )
