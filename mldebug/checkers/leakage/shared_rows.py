"""Evaluation rows that the model was trained on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, Target
from mldebug.checker import checker
from mldebug.columns import codes, is_coded, levels, numbers
from mldebug.derive.repeats import BEYOND_CHANCE, most_surprising
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.repeats import Repeats

SHARED_ROW_SHARE = Quantity(
    name="leakage.shared_row_share",
    unit="share of eval rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of evaluation rows whose features all occur in one training row. "
        + BEYOND_CHANCE
    ),
    source="Kapoor & Narayanan 2023, kind L1.4",
    details={
        "shared": "the number of such rows",
        "with_target": "how many of them also agree in the target",
        "chance_repeats": "shared rows that chance explains; they do not count",
        "compared": "'categories' if only categories and booleans were compared, else 'values'",
        "columns_ignored": "the columns that number or name the rows",
    },
)


@checker(SHARED_ROW_SHARE)
def shared_rows(
    train: Table, eval: Table, shared_repeats: Repeats, target: Target | None = None
) -> Iterator[Measurement]:
    """The share of evaluation rows that surprisingly occur in train."""
    import numpy as np

    found = shared_repeats
    kept = most_surprising(found, np.flatnonzero(found.surprising))
    agreeing = 0
    if target is not None and target.name in train and target.name in eval:
        mine = _labels(eval, target.name)[found.rows[kept]]
        theirs = _labels(train, target.name)[found.matches[kept]]
        agreeing = int(np.sum(mine == theirs))
    yield Measurement(
        quantity=SHARED_ROW_SHARE.name,
        subject=Subject(),
        value=len(kept) / eval.n_rows,
        n=eval.n_rows,
        details={
            "shared": len(kept),
            "with_target": agreeing,
            "chance_repeats": len(found.rows) - len(kept),
            "compared": "categories" if found.all_categorical else "values",
            "columns_ignored": list(found.ignored),
        },
        rows=Rows.of("eval", found.rows[kept], matches=found.matches[kept]),
    )


def _labels(table: Table, name: str) -> np.ndarray:
    import numpy as np

    column = table[name]
    if not is_coded(column):
        return numbers(column.data)
    words = np.array([*levels(column.data), ""], dtype=object)
    return np.asarray(words[codes(column.data)])
