"""FE305 identifier-feature: found where a column names the rows, silent where it says something."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.tables import Case, base

CODE = "FE305"
DOSES = {"D1": 1.0}
"""Only some of the shapes have repeated values; in all of them each row may have its own."""

SHAPES = ("sequence", "monotone", "dense", "named", "token")
REPEATABLE = ("named", "token")
LETTERS = np.array(list("abcdefghjkmnpqrstuvwxyz"))


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Add a column that names the rows, the share ``dose`` of whose values are distinct."""
    case = twin(rng, n)
    shape = str(rng.choice(SHAPES if dose == 1 else REPEATABLE))
    column, values = naming(rng, n, dose, shape)
    frame = case.train.copy()
    frame.insert(int(rng.integers(0, 9)), column, values)
    return replace(case, train=frame, subject={"column": column})


def naming(rng: np.random.Generator, n: int, share: float, shape: str) -> tuple[str, Any]:
    """The name and the values of a column of this shape."""
    if shape == "sequence":
        return "line", np.arange(1, n + 1)
    if shape == "monotone":
        return "ticket", 40_000 + np.cumsum(rng.integers(1, 50, n))
    if shape == "dense":
        return "place", rng.permutation(2 * n)[:n] + 1_000
    count = round(share * n)
    of_row = rng.permutation(np.concatenate([np.arange(count), rng.integers(0, count, n - count)]))
    if shape == "named":
        return "customer_id", rng.choice(10**9, count, replace=False)[of_row]
    words = np.array(
        ["".join(rng.choice(LETTERS, 3)) + f"-{one:06d}" for one in range(count)], object
    )
    return "reference", words[of_row]


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table, in which measurements are nearly unique and name nothing."""
    return Case("identifier-feature", base(rng, n), target="y")
