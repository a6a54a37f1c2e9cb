"""Clean controls whose rows have a time and are split by it; what they say does not change with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tests.tables import KINDS, Case, base, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT = 440
ROWS = (1_200, 2_000, 3_500, 6_000, 16_000)
REGRESSIONS = 0.8
SCHEMES = ("shuffled:5", "time:5", "5")


def clean_times(seed: int = 0, first: int = 0) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases, each as its name and a function that makes it; numbered from ``first``."""
    return numbered("split-by-time", split_by_time, seed, range(first, first + COUNT))


def split_by_time(name: str, rng: np.random.Generator) -> Case:
    """Independent rows with a moment each, of which the last quarter is held out."""
    n = int(rng.choice(ROWS))
    task: Any = "regression" if rng.random() < REGRESSIONS else "classification"
    kinds = [str(one) for one in rng.choice(KINDS, int(rng.integers(4, 9)))]
    frame = base(rng, n, kinds=kinds, task=task, strength=float(rng.uniform(1, 3)))
    seconds = np.sort(rng.choice(730 * 86_400, n, replace=False))
    moments = pd.Timestamp("2022-01-01") + pd.to_timedelta(seconds, unit="s")
    frame.insert(0, "when", moments)
    cut = round(0.75 * n)
    train = frame.iloc[rng.permutation(cut)].reset_index(drop=True)
    held = frame.iloc[cut:].reset_index(drop=True)
    options = {"time": "when", "cv": str(rng.choice(SCHEMES))}
    return Case(name, train, held, "y", options=options)
