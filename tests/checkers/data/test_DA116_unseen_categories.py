"""DA116 unseen-categories: found where eval spells a place anew, silent where it is drawn alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.tables import Case, base, split

CODE = "DA116"
SIZES = (10_000, 20_000)
"""In fewer rows the dose D1 is no more eval rows than chance may put there."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give the share ``dose`` of the eval rows a category that train never showed."""
    case = twin(rng, n)
    assert case.eval is not None
    rows = np.sort(rng.choice(len(case.eval), round(dose * len(case.eval)), replace=False))
    renamed = case.eval["x2"].copy()
    renamed.iloc[rows] = "Amber (new)"
    held = case.eval.assign(x2=renamed)
    return replace(
        case,
        eval=held,
        subject={"column": "x2"},
        rows=tuple(rows.tolist()),
        rows_table="eval",
    )


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of one table."""
    train, held = split(base(rng, n), rng)
    return Case("unseen-categories", train, held, target="y")
