"""What near-copies are measured as: their share, by what was changed, and the first pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Table
    from mldebug.derive.near_copies import NearCopies

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
    "those of random pairs of rows do, or far more pairs are as alike than ten times as many."
)


def near_copy_share(
    quantity: Quantity, found: NearCopies, table: Table, train: Table
) -> Measurement:
    """The share of a table's rows that surprisingly nearly repeat a row of train.

    Parameters
    ----------
    quantity : Quantity
        What is measured, with the details `DETAILS`.
    found : NearCopies
        Rows of the table with their near-copies in train.
    table, train : Table
        Both are train where a row repeats an earlier one.
    """
    kept = found.surprising
    rows, matches = found.rows[kept], found.matches[kept]
    return Measurement(
        quantity=quantity.name,
        subject=Subject(),
        value=len(kept) / table.n_rows,
        n=table.n_rows,
        details=_told(found, kept),
        rows=Rows.of(table.role, rows, matches=matches),
        figure=_pairs(found, kept, table, train),
    )


def _told(found: NearCopies, kept: np.ndarray) -> dict[str, Any]:
    counts = Counter(found.changes[one] for one in kept)
    words = [f"{counts[one]:,} {said}" for one, said in IN_WORDS.items() if counts[one]]
    return {
        "near": len(kept),
        "what": ", ".join(words),
        "changes": {one: counts[one] for one in IN_WORDS if counts[one]},
        "chance_copies": len(found.rows) - len(kept),
        "columns_ignored": list(found.ignored),
    }


def _pairs(
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
