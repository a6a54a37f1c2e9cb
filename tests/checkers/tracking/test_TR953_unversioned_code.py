"""TR953 unversioned-code: a record without a commit of its code; tested in `test_unversioned`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.checkers.tracking.records import whole
from tests.tables import Case

if TYPE_CHECKING:
    import numpy as np

CODE = "TR953"
SIZES = (50, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Name no commit, or one with changes beside it."""
    del dose
    lost = {"code_version": None} if rng.random() < 0.5 else {"code_dirty": True}
    run = whole(rng, n, **lost)
    return Case("record", None, options={"run": run}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A record that pins it."""
    return Case("record", None, options={"run": whole(rng, n)}, subject={"run": "run"})
