"""EV901 small-eval-set: found where few rows are held out, silent where the score is known well."""

from __future__ import annotations

import math

import numpy as np

from tests.tables import Case, base, split

CODE = "EV901"
TASKS = {"classification": 0.5, "regression": math.sqrt(0.5)}
"""The spread of one row's part in the score, by task."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Hold out as few rows as leave the score uncertain by ``dose``."""
    task = str(rng.choice(list(TASKS)))
    # At n = 500, half a score point more than the rung takes more rows than there are.
    rows = min(math.ceil((1.96 * TASKS[task] / dose) ** 2), n // 2)
    frame = base(rng, n, task=task)
    train, held = split(frame, rng, rows / n)
    return Case("small-eval-set", train, held, target="y")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A quarter of the rows of a classification, held out at random."""
    train, held = split(base(rng, n), rng)
    return Case("small-eval-set", train, held, target="y")
