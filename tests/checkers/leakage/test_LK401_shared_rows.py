"""LK401 shared-rows: found where eval repeats rows of train, silent where rows are drawn anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.tables import Case, base, split

CODE = "LK401"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Put rows of train in the place of the share ``dose`` of the eval rows."""
    case = twin(rng, n)
    assert case.eval is not None
    rows = np.sort(rng.choice(len(case.eval), max(1, round(dose * len(case.eval))), replace=False))
    held = case.eval.copy()
    copied = case.train.iloc[rng.choice(len(case.train), len(rows), replace=False)]
    held.iloc[rows] = copied.set_axis(rows, axis=0)
    return replace(case, eval=held, rows=tuple(rows.tolist()), rows_table="eval")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of one table, in which no two rows agree."""
    train, held = split(base(rng, n), rng)
    return Case("shared-rows", train, held, target="y")
