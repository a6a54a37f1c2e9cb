"""Cells of one key that are different in train and in eval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table, Target, TimeColumn
from mldebug.checker import Unavailable, checker
from mldebug.columns import is_coded, numbers, readable
from mldebug.derive.same_keys import paired_codes
from mldebug.executors import threaded
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.same_keys import SameKeys

SHOWN = 10
TOLERANCE = 2.0**-20
"""Eight times the spacing of float32: what a number loses that was stored as one and worked on."""
SKEW_SHARE = Quantity(
    name="data.skew_share",
    unit="share of cells",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of a column's cells that differ between the row of train and the row of eval with "
        "the same --id. Numbers are equal up to a millionth of their size, and a missing cell equals "
        "a missing one only. Keys that repeat within a table are left out, as are the target, and "
        "with --time keys whose moments differ."
    ),
    source="Breck et al. 2019, Data Validation for Machine Learning, MLSys",
    details={
        "differing": "the number of such cells",
        "overall": "the share of all compared cells, of all columns, that differ",
        "repeated": "how many shared keys were left out because they repeat within a table",
        "key": "the column of the keys",
    },
)


@checker(SKEW_SHARE)
def training_serving_skew(
    train: Table,
    eval: Table,
    same_keys: SameKeys,
    identifier: str,
    target: Target | None = None,
    time: TimeColumn | None = None,
) -> Iterator[Measurement]:
    """The share of cells of each column that differ under one key."""
    # Further identifiers and the groups belong to the key, so these too must be the same in both.
    left_out = {identifier} | {one.name for one in (target, time) if one is not None}
    compared = [
        (mine, eval[mine.name])
        for mine in train.columns
        if mine.name in eval
        and mine.name not in left_out
        and mine.kind is eval[mine.name].kind
        and mine.kind not in (Kind.UNSUPPORTED, Kind.EMPTY)
        and is_coded(mine) == is_coded(eval[mine.name])
    ]
    if not compared:
        raise Unavailable("train and eval share no column beside the key and the target")
    found = threaded(lambda pair: _differing(*pair, same_keys), compared)
    n = len(same_keys.eval_rows)
    overall = sum(int(one.sum()) for one in found) / (n * len(compared))
    for (mine, theirs), differs in zip(compared, found, strict=True):
        count = int(differs.sum())
        yield Measurement(
            quantity=SKEW_SHARE.name,
            subject=Subject(column=mine.name),
            value=count / n,
            n=n,
            details={
                "differing": count,
                "overall": overall,
                "repeated": same_keys.repeated,
                "key": identifier,
            },
            rows=Rows.of(
                "eval", same_keys.eval_rows[differs], matches=same_keys.train_rows[differs]
            ),
            figure=_shown(train, identifier, (mine, theirs), same_keys, differs) if count else None,
        )


def _differing(mine: Column, theirs: Column, pairs: SameKeys) -> np.ndarray:
    """Which pairs differ, shape (n_pairs,), bool."""
    import numpy as np

    if mine.kind is not Kind.NUMBER:
        ours, others = paired_codes(mine, theirs)
        return np.asarray(ours[pairs.train_rows] != others[pairs.eval_rows])
    x, y = numbers(mine.data)[pairs.train_rows], numbers(theirs.data)[pairs.eval_rows]
    with np.errstate(invalid="ignore", over="ignore"):
        close = np.abs(x - y) <= TOLERANCE * np.maximum(np.abs(x), np.abs(y))
    both_missing = np.isnan(x) & np.isnan(y)
    return np.asarray(~(both_missing | (x == y) | (close & np.isfinite(x) & np.isfinite(y))))


def _shown(
    train: Table,
    identifier: str,
    columns: tuple[Column, Column],
    pairs: SameKeys,
    differs: np.ndarray,
) -> dict[str, Any]:
    import numpy as np

    mine, theirs = columns
    rows = []
    for one in np.flatnonzero(differs)[:SHOWN]:
        here, there = int(pairs.train_rows[one]), int(pairs.eval_rows[one])
        cells = (train[identifier].data[here], mine.data[here], theirs.data[there])
        rows.append([str(readable(cells[0])), *(_told(readable(cell)) for cell in cells[1:])])
    return {
        "kind": "table",
        "title": f"{mine.name} has two values under one {identifier}",
        "description": f"The first values of {identifier} whose {mine.name} differs",
        "header": [identifier, f"{mine.name} in train", f"{mine.name} in eval"],
        "rows": rows,
    }


def _told(value: Any) -> Any:
    """The value as plain data."""
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
