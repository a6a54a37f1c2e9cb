"""DA101 missing-values: found where cells were emptied, silent where few are missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.tables import Case, base, with_gaps

CODE = "DA101"
COLUMNS = ("x0", "x1", "x2", "x4")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Empty the share ``dose`` of one column, at random."""
    case = twin(rng, n)
    column = str(rng.choice(COLUMNS))
    gappy = case.train.assign(**{column: with_gaps(rng, case.train[column], dose)})
    return replace(case, train=gappy, subject={"column": column})


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table in which 3 % of one column are missing."""
    return Case("missing-values", base(rng, n), target="y")
