"""Rows that lie farther out than the tails of the rest explain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table
from mldebug.checker import checker
from mldebug.derive.far_cells import EXPECTED, TAIL, TOGETHER
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.far_cells import FarCells

SHOWN_ROWS, NAMED_COLUMNS = 10, 3
OUTLYING_SHARE = Quantity(
    name="data.outlying_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The share of training rows that lie farther out than the tails of the rest explain, in one "
        "column of numbers or in the distance to their ten nearest neighbours, over what is usual "
        f"around these. A generalised Pareto tail is fitted to the largest {TAIL[0]:.0%} to "
        f"{TAIL[1]:.0%} of the values without the very largest; a row counts if the fit, at the upper "
        "end of its uncertainty and with a tail never lighter than exponential, brings "
        f"fewer than {EXPECTED:g} values so far out in the whole table. A value that "
        "most of these rows share is a code and does not count."
    ),
    source="Pickands 1975; Coles 2001, chapter 4; Wilson interval",
    details={
        "outlying": "the number of such rows",
        "where": "the columns in which they are far, in words",
        "columns": "the number of such rows by column; the empty name is all columns together",
    },
)


@checker(OUTLYING_SHARE)
def outlying_rows(
    train: Table, train_sample: np.ndarray, far_cells: FarCells
) -> Iterator[Measurement]:
    """The share of rows beyond the reach of a tail, the farthest first."""
    import numpy as np

    from mldebug.stats.intervals import wilson

    rows, scores, n = far_cells.rows, far_cells.scores, len(train_sample)
    names = np.array(far_cells.columns, dtype=object)
    if (names == TOGETHER).any() and len(far_cells.compared) < n:
        # Neighbours are known of a sample alone, so the rows outside of it are not counted.
        kept = np.isin(rows, far_cells.compared)
        rows, scores, names, n = rows[kept], scores[kept], names[kept], len(far_cells.compared)
    order = np.lexsort((rows, -scores))
    rows, scores, names = rows[order], scores[order], names[order]
    first = np.sort(np.unique(rows, return_index=True)[1])
    count = len(first)
    by_column = Counter(str(name) for name in names)
    yield Measurement(
        quantity=OUTLYING_SHARE.name,
        subject=Subject(),
        value=count / n,
        n=n,
        interval=wilson(count, n),
        details={
            "outlying": count,
            "where": _where(by_column),
            "columns": dict(by_column.most_common()),
        },
        rows=Rows.of("train", rows[first], scores=scores[first]),
        figure=_figure(train, rows, names, first) if count else None,
    )


def _where(by_column: Counter[str]) -> str:
    """The columns in which rows are far, as the end of a sentence."""
    named = [name for name, _ in by_column.most_common() if name != TOGETHER]
    if not named:
        return ", in no single column but in all together"
    more = len(named) - NAMED_COLUMNS
    told = ", ".join(named[:NAMED_COLUMNS]) + (f" and {more:,} more" if more > 0 else "")
    return f", most of them in {told}" if len(named) > 1 or by_column[TOGETHER] else f", in {told}"


def _figure(train: Table, rows: np.ndarray, names: np.ndarray, first: np.ndarray) -> dict[str, Any]:
    """The farthest rows: the cell that is far, beside the middle half of its column."""
    import numpy as np

    from mldebug.columns import numbers

    shown = []
    for one in first[:SHOWN_ROWS]:
        row, name = int(rows[one]), str(names[one])
        if name == TOGETHER:
            shown.append([train.position(row), "all columns together", None, None])
            continue
        values = numbers(train[name].data)
        low, high = np.nanquantile(values[np.isfinite(values)], [0.25, 0.75])
        shown.append([train.position(row), name, float(values[row]), f"{low:.4g} to {high:.4g}"])
    return {
        "kind": "table",
        "title": "The farthest rows lie well outside of the rest",
        "description": "The rows farthest out, with the column that sets them apart",
        "header": ["row", "column", "value", "middle half of the column"],
        "rows": shown,
    }
