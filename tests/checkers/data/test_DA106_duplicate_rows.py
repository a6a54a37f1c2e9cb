"""DA106 duplicate-rows: found where rows were copied, silent where chance repeats them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tests.tables import Case, base

CODE = "DA106"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Copy rows to random places, so that the share ``dose`` repeats an earlier row."""
    copies = max(1, round(dose * n))
    case = twin(rng, n - copies)
    copied = rng.choice(n - copies, copies, replace=False)
    origin = rng.permutation(np.concatenate([np.arange(n - copies), copied]))
    frame = case.train.iloc[origin].reset_index(drop=True)
    repeats = np.flatnonzero(pd.Series(origin).duplicated())
    return replace(case, train=frame, rows=tuple(repeats.tolist()))


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table, the rows of which were drawn one by one."""
    return Case("duplicate-rows", base(rng, n), target="y")
