"""DA117 schema-mismatch: found where eval's columns were changed, silent where they are train's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tests.tables import Case, base, split

CODE = "DA117"
DOSES = {"D1": 1, "D2": 2}
"""Numbers of columns. One is changed in any of the four ways, two in a way that is an error."""

WARNINGS, ERRORS = ("extra", "reordered"), ("missing", "retyped")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Change ``dose`` columns of eval: left out, stored as text, added or moved."""
    case = twin(rng, n)
    assert case.eval is not None
    change = str(rng.choice(ERRORS if dose > 1 else WARNINGS + ERRORS))
    numeric = [name for name in case.eval if name not in ("x2", "x5", "y")]
    columns = [str(name) for name in rng.permutation(numeric)[: round(dose)]]
    held, columns = changed(case.eval, change, columns)
    return replace(case, eval=held, subject={"columns": tuple(columns)})


def changed(frame: pd.DataFrame, change: str, columns: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """The frame with these columns changed, and the columns that the change is about."""
    if change == "missing":
        return frame.drop(columns=columns), columns
    if change == "retyped":
        return frame.assign(**{name: frame[name].astype(str) for name in columns}), columns
    if change == "extra":
        added = [f"{name}_again" for name in columns]
        return frame.assign(
            **{new: frame[old] for new, old in zip(added, columns, strict=True)}
        ), added
    places = list(frame)
    for name in columns:
        there = places.index(name)
        places.remove(name)
        # At least two places on, or one could as well say that a neighbour moved.
        places.insert((there + len(places) // 2) % len(places), name)
    return frame[places], columns


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of one table."""
    train, held = split(base(rng, n), rng)
    return Case("schema-mismatch", train, held, target="y")
