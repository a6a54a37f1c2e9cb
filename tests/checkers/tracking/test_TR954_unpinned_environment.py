"""TR954 unpinned-environment: a record without its packages; tested in `test_unversioned`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.checkers.tracking.records import whole
from tests.tables import Case

if TYPE_CHECKING:
    import numpy as np

CODE = "TR954"
SIZES = (50, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Store no list of packages."""
    del dose
    run = whole(rng, n, environment=())
    return Case("record", None, options={"run": run}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A record that pins it."""
    return Case("record", None, options={"run": whole(rng, n)}, subject={"run": "run"})
