"""FE301 constant-feature: found where a column hardly varies, silent where it does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.tables import Case, base

CODE = "FE301"
FLAT = {"x0": 0.0, "x2": "amber", "x3": 4, "x5": True}
"""The columns that are flattened, and the value that they are given."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give the share ``dose`` of a column one value."""
    case = twin(rng, n)
    column = str(rng.choice(list(FLAT)))
    others = case.train[column].to_numpy()
    kept = rng.permutation(np.flatnonzero(others != FLAT[column]))[: n - round(dose * n)]
    flat = case.train[column].copy()
    flat.iloc[np.setdiff1d(np.arange(n), kept)] = FLAT[column]
    return replace(case, train=case.train.assign(**{column: flat}), subject={"column": column})


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table, each column of which varies."""
    return Case("constant-feature", base(rng, n), target="y")
