"""The target's values as codes or numbers, per table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, Target
from mldebug.checker import Unavailable, derived
from mldebug.columns import codes, is_coded, levels, numbers

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Labels:
    """The target of one table.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_rows,)
        For a classification int32 codes into ``classes``, -1 where missing; for a regression
        float64, NaN where missing.
    classes : tuple of str
        The labels: train's first, then those that only this table has; empty for a regression.
    present : numpy.ndarray of shape (n_rows,), dtype bool
        Where the target is not missing.
    """

    values: np.ndarray
    classes: tuple[str, ...]
    present: np.ndarray


@derived(per_table=True)
def labels(table: Table, target: Target) -> Labels:
    """The target's values in a table."""
    import numpy as np

    if target.name not in table:
        raise Unavailable(f"the {table.role} table has no column {target.name!r}")
    column = table[target.name]
    if target.task == "regression":
        if is_coded(column):
            raise Unavailable(f"{target.name!r} holds text in the {table.role} table, not numbers")
        values = numbers(column.data)
        return Labels(values, (), np.isfinite(values))
    if not is_coded(column):
        nothing = np.full(table.n_rows, -1, dtype=np.int32)
        return Labels(nothing, target.classes, nothing >= 0)
    mine = codes(column.data)
    return Labels(mine, tuple(levels(column.data)), mine >= 0)
