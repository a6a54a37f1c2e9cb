"""LB204 conflicting-labels: found where a row's like has another class, silent otherwise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tests.tables import Case, base

CODE = "LB204"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Copy rows with the other class, so that the share ``dose`` stands in such pairs."""
    copies = max(1, round(dose * n / 2))
    case = twin(rng, n - copies)
    copied = rng.choice(n - copies, copies, replace=False)
    opposite = case.train.iloc[copied].assign(y=lambda frame: 1 - frame["y"])
    order = rng.permutation(n)
    frame = pd.concat([case.train, opposite]).iloc[order].reset_index(drop=True)
    origin = np.concatenate([np.arange(n - copies), copied])[order]
    rows = np.flatnonzero(np.isin(origin, copied))
    return replace(case, train=frame, rows=tuple(rows.tolist()))


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with noisy classes, in which no two rows agree in every feature."""
    return Case("conflicting-labels", base(rng, n), target="y")
