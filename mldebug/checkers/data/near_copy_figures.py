"""What near-copies are told as: their number by what was changed, and the first pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mldebug.measurement import Row, Rows

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Table
    from mldebug.derive.near_copies import NearCopies

MOST_ROWS = 1_000
SHOWN, NAMED = 12, 6
IN_WORDS = {
    "case": "differ only in case or spaces",
    "one column": "differ in one column",
    "rounding": "are rounded",
    "small differences": "differ by less than a thousandth",
    "order of columns": "have the same cells in other columns",
}
DETAILS: Mapping[str, str] = {
    "near": "the number of such rows",
    "what": "what was changed, with the number of rows, in words",
    "changes": "the number of rows by what was changed",
    "chance_copies": "near-copies that chance explains; they do not count",
    "columns_ignored": "the columns that number or name the rows",
}
NEARLY = (
    "Nearly means equal but for case and spaces, for one column, for rounding, for differences below "
    "a thousandth of each column's spread, or for the order of the cells; equal rows are not "
    "counted. A pair counts if chance does not explain it: fewer than .05 pairs as alike are "
    "expected in the whole table, of independent columns and of columns that depend on each other as "
    "those of random pairs of rows do, or there are more such pairs than ten times that explains."
)


def told(found: NearCopies, kept: np.ndarray) -> dict[str, Any]:
    """The details of these near-copies."""
    counts = Counter(found.changes[one] for one in kept)
    words = [f"{counts[one]:,} {said}" for one, said in IN_WORDS.items() if counts[one]]
    return {
        "near": len(kept),
        "what": ", ".join(words),
        "changes": {one: counts[one] for one in IN_WORDS if counts[one]},
        "chance_copies": len(found.rows) - len(kept),
        "columns_ignored": list(found.ignored),
    }


def evidence(found: NearCopies, kept: np.ndarray, table: str) -> Rows | None:
    """The rows with their matches in train, the least expected first."""
    if not len(kept):
        return None
    items = tuple(
        Row(table, int(found.rows[one]), match=("train", int(found.matches[one])))
        for one in kept[:MOST_ROWS]
    )
    return Rows(len(kept), items)


def pairs(
    found: NearCopies, kept: np.ndarray, table: Table, train: Table
) -> Mapping[str, Any] | None:
    """The first pairs side by side, with the columns that differ; no cells, which may be secret."""
    import numpy as np

    if not len(kept):
        return None
    rows = []
    for one in kept[:SHOWN]:
        names = [found.columns[place] for place in np.flatnonzero(found.differing[one])]
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        rows.append(
            [
                table.position(int(found.rows[one])),
                train.position(int(found.matches[one])),
                found.changes[one],
                ", ".join(names[:NAMED]) + more,
            ]
        )
    return {
        "kind": "table",
        "title": f"{len(kept):,} rows {_what(table)} a row of train, but for the columns named here",
        "description": "The pairs that chance explains least: both rows, what sets them apart, and "
        "the columns that differ.",
        "header": [f"row of {table.role}", "row of train", "difference", "columns that differ"],
        "rows": rows,
    }


def _what(table: Table) -> str:
    return "repeat" if table.role == "train" else f"of {table.role} repeat"
