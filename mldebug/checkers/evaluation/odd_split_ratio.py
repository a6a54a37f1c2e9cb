"""Whether the rows held out are far fewer, or far more, than is usual for the size at hand."""

from __future__ import annotations

from collections.abc import Iterator

from mldebug.artefacts import Table
from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Subject

LEAST, MOST = 0.1, 0.3
ENOUGH = 5_000
"""So many evaluation rows tell scores apart to within .02, whatever share of all rows they are."""
SPLIT_EXCESS = Quantity(
    name="evaluation.split_excess",
    unit="times",
    bounds=(1.0, None),
    kind="count",
    meaning=(
        f"How many times the share of rows held out lies above {MOST:.0%} of all, or below "
        f"{LEAST:.0%} or {ENOUGH:,} rows, whichever are fewer; 1 inside."
    ),
    source="splits of 80:10:10 and 75:15:15 are common practice",
    details={
        "share": "the share of all rows that is held out",
        "held": "how many rows are held out",
        "side": "'few' or 'many'",
        "usual": "the nearest usual number of rows",
    },
)


@checker(SPLIT_EXCESS)
def odd_split_ratio(train: Table, eval: Table) -> Iterator[Measurement]:
    """How far the split is from a usual one."""
    n = train.n_rows + eval.n_rows
    fewest, most = min(LEAST * n, ENOUGH), MOST * n
    is_few = eval.n_rows < fewest
    excess = max(fewest / max(eval.n_rows, 1), eval.n_rows / most, 1.0)
    yield Measurement(
        quantity=SPLIT_EXCESS.name,
        subject=Subject(),
        value=excess,
        n=n,
        details={
            "share": eval.n_rows / n,
            "held": eval.n_rows,
            "side": "few" if is_few else "many",
            "usual": round(fewest if is_few else most),
        },
    )
