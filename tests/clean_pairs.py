"""Clean controls of three tables: eval replays keys of train, and a reference table is drawn alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from tests.tables import KINDS, Array, Case, base, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT = 440
MORE = 240
"""So many more come last: of 220 that report, a single alarm leaves the upper end above 2 %."""
ROWS = (800, 1_200, 2_000, 3_500)
TASKS: tuple[Literal["classification", "regression"], ...] = ("classification", "regression")
REPLAYED = frozenset({"LK401", "LK402", "LK403", "LK404", "LK411", "DA106", "DA107"})
"""That eval repeats rows of train is rightly found; it is what a log of the served model is."""


def clean_pairs(
    seed: int = 0, first: int = 0, count: int = COUNT
) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases, each as its name and a function that makes it; numbered from ``first``."""
    return numbered("replayed-keys", replayed_keys, seed, range(first, first + count))


def replayed_keys(name: str, rng: np.random.Generator) -> Case:
    """One table dealt out to train, eval and a reference table.

    Half of eval's rows are rows of train as they were served: in another order, some in float32, some
    with the last digits lost. Keys are numbers or words.
    """
    task = TASKS[int(rng.integers(2))]
    n = int(rng.choice(ROWS))
    kinds = [str(one) for one in rng.choice(KINDS, int(rng.integers(4, 10)))]
    frame = base(rng, n, kinds=["normal", *kinds], task=task)
    frame.insert(0, "key", _keys(rng, n))
    parts = np.split(rng.permutation(n), [round(0.6 * n), round(0.75 * n)])
    served = rng.choice(parts[0], len(parts[1]), replace=False)
    rows = parts[0], rng.permutation(np.concatenate([parts[1], served])), parts[2]
    train, held, reference = (frame.iloc[one].reset_index(drop=True) for one in rows)
    floats = [one for one in held.select_dtypes("float").columns if one != "y"]
    if rng.random() < 0.5:
        held = held.astype(dict.fromkeys(floats, "float32"))
    elif rng.random() < 0.5:
        held = held.assign(**{one: held[one] * (1 + 1e-12) for one in floats})
    options = {"id": "key", "reference": reference}
    return Case(name, train, held, "y", options=options, exempt=REPLAYED)


def _keys(rng: np.random.Generator, n: int) -> Array:
    numbers = rng.choice(50 * n, n, replace=False)
    return numbers if rng.random() < 0.5 else np.array([f"unit-{one}" for one in numbers], object)
