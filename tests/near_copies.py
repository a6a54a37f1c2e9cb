"""Near-copies of rows, as they come about: one of five changes each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

CHANGES = ("one column", "rounding", "small differences", "case", "order of columns")
KINDS = ("normal", "skewed", "category", "count", "correlated", "boolean", "normal", "rounded")
"""The columns of the tables that near-copies are planted in: `KINDS` without the gaps, so that a row
can be rounded and its cells exchanged."""


def changed(frame: pd.DataFrame, change: str, rng: np.random.Generator) -> pd.DataFrame:
    """Each row changed in one way; the target ``y`` stays."""
    made = frame.reset_index(drop=True).copy()
    floats = [name for name in made if made[name].dtype.kind == "f" and name != "y"]
    if change == "one column":
        for row in range(len(made)):
            name = str(rng.choice(floats))
            made.loc[row, name] += made[name].std() if len(made) > 1 else 1.0
    elif change == "rounding":
        made[floats] = made[floats].round(3)
    elif change == "small differences":
        for name in floats:
            made[name] += 1e-6 * np.abs(made[name]) * rng.choice([-1, 1], len(made))
    elif change == "case":
        words = [
            name for name in made if made[name].dtype.kind in "OU" or made[name].dtype == "str"
        ]
        for name in words:
            made[name] = made[name].astype(object).map(lambda word: f"{word.upper()} ")
    else:
        first, second, third = floats[:3]
        moved = made[[second, third, first]].to_numpy()
        made[[first, second, third]] = moved
    return made
