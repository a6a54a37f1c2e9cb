"""DA110 class-imbalance: found where a class is rare, silent where classes are about even."""

from __future__ import annotations

import numpy as np

from tests.tables import Case, base

CODE = "DA110"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give class 0 the share ``dose`` of an even share."""
    classes = int(rng.integers(2, 4))
    frame = base(rng, n, classes=classes, minority=dose / classes)
    return Case("class-imbalance", frame, target="y", subject={"column": "y"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """Classes of the same chance."""
    return Case("class-imbalance", base(rng, n, classes=int(rng.integers(2, 4))), target="y")
