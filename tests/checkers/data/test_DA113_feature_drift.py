"""DA113 feature-drift: found where eval was shifted, silent where both were drawn alike."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pandas as pd

from tests.tables import Case, base, split

CODE = "DA113"
SPREAD = {"x0": 1.5, "x1": 0.6}
"""The standard deviations with which `base` draws x0, and the logarithm of x1."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Move one column of eval to the distance ``dose`` from train's."""
    case = twin(rng, n)
    assert case.eval is not None
    column = str(rng.choice(["x0", "x1", "x2", "x5"]))
    moved = _moved(rng, case.eval[column], dose)
    return replace(case, eval=case.eval.assign(**{column: moved}), subject={"column": column})


def _moved(rng: np.random.Generator, values: pd.Series, distance: float) -> pd.Series:
    """The values at this Kolmogorov-Smirnov, or total variation, distance from what they were."""
    if values.name in SPREAD:
        # Two normal curves of one width, d standard deviations apart, differ by 2 F(d / 2) - 1.
        shift = 2 * NormalDist().inv_cdf((1 + distance) / 2) * SPREAD[str(values.name)]
        return values + shift if values.name == "x0" else values * np.exp(shift)
    into = values.dtype.type(True) if values.dtype == bool else values.value_counts().index[-1]
    others = np.flatnonzero(values != into)
    changed = values.copy()
    changed.iloc[rng.choice(others, round(distance * len(values)), replace=False)] = into
    return changed


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of one table."""
    train, held = split(base(rng, n), rng)
    return Case("feature-drift", train, held, target="y")
