"""TR952 unversioned-data: a record without digests of its data; tested in `test_unversioned`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.checkers.tracking.records import whole
from tests.tables import Case

if TYPE_CHECKING:
    import numpy as np

CODE = "TR952"
SIZES = (50, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Name ``dose`` data sets without a digest, or none at all."""
    held = {f"part-{place}.csv": None for place in range(round(dose))}
    bare = round(dose) == 1 and rng.random() < 0.5
    run = whole(rng, n, data={} if bare else {"train.csv": "sha256:1", **held})
    return Case("record", None, options={"run": run}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A record that pins it."""
    return Case("record", None, options={"run": whole(rng, n)}, subject={"run": "run"})
