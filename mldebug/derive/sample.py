"""The seeded sample of rows that order statistics and fitted models are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.artefacts import GRID, Table
from mldebug.checker import derived

if TYPE_CHECKING:
    import numpy as np

FOR_STATISTICS = 200_000
FOR_MODELS = 20_000
AT_ONCE = 16 * GRID
"""Rows whose hashes are looked at together; the sample does not depend on it."""
CELLS_FOR_MODELS = 1_000_000
FEWEST_FOR_MODELS = 5_000


@derived(per_table=True)
def sample(table: Table, seed: int) -> np.ndarray:
    """The rows that order statistics are computed on, in rising order: all up to 200,000.

    Returns
    -------
    numpy.ndarray of shape (min(n_rows, 200000),), dtype int64
    """
    return sampled_rows(table.n_rows, seed, FOR_STATISTICS)


def rows_for_models(n_columns: int) -> int:
    """How many rows models of so many columns are fitted on: 20,000 up to 50 columns, then fewer.

    A fit costs rows times columns, so that a wide table would take minutes: beyond a million cells
    there are fewer rows, down to 5,000.
    """
    return min(FOR_MODELS, max(FEWEST_FOR_MODELS, CELLS_FOR_MODELS // max(n_columns, 1)))


def sampled_rows(n_rows: int, seed: int, size: int) -> np.ndarray:
    """The ``size`` rows with the smallest hash of seed and row number, in rising order."""
    import numpy as np

    from mldebug.stats.partial import merged
    from mldebug.stats.partial_sets import sample as partial

    if n_rows <= size:
        return np.arange(n_rows, dtype=np.int64)
    starts = range(0, n_rows, AT_ONCE)
    parts = (partial(start, min(AT_ONCE, n_rows - start), seed, size) for start in starts)
    return merged(parts).rows
