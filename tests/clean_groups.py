"""Clean controls that were split by group: no group lies on both sides, and no row tells its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from tests.tables import KINDS, Array, Case, base, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT = 440
ROWS = (600, 800, 1_200, 2_000)
LARGEST, SMALLEST = 60, 12
"""Rows of a group."""
TASKS: tuple[Literal["classification", "regression"], ...] = ("classification", "regression")


def clean_groups(seed: int = 0, first: int = 0) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases, each as its name and a function that makes it; numbered from ``first``."""
    return numbered("split-by-group", split_by_group, seed, range(first, first + COUNT))


def split_by_group(name: str, rng: np.random.Generator) -> Case:
    """Independent rows, dealt out to groups that are numbers or words, a quarter of them held out.

    Classes are dealt out evenly enough for both sides, and regressions get the larger tables.
    """
    task = TASKS[int(rng.integers(2))]
    n = int(rng.choice(ROWS[2:] if task == "regression" else ROWS))
    kinds = [str(one) for one in rng.choice(KINDS, 6)]
    frame = base(rng, n, kinds=kinds, task=task)
    sizes = rng.integers(SMALLEST, LARGEST, n)
    group = np.repeat(np.arange(n), sizes)[:n]
    rng.shuffle(group)
    names = np.unique(group)
    numbers = rng.choice(10_000, len(names), replace=False)
    held_out = np.isin(group, rng.permutation(names)[: round(0.27 * len(names))])
    frame = frame.assign(unit=_named(rng, numbers[np.searchsorted(names, group)]))
    train, held = (frame[rows].reset_index(drop=True) for rows in (~held_out, held_out))
    return Case(name, train, held, "y", options={"groups": "unit"})


def _named(rng: np.random.Generator, numbers: Array) -> Array | pd.Series:
    if rng.random() < 0.5:
        return numbers
    return pd.Series([f"unit {one}" for one in numbers])
