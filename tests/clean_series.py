"""Clean controls of series whose values last for a while, split by time: no level ever changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from tests.tables import Array, Case, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT = 440
ROWS = (800, 1_500, 4_000, 8_000)
LASTING = (0.0, 0.5, 0.8, 0.9, 0.95)
"""The correlation of values that follow each other."""
LONG = 1_500
"""Rows from which on values last as long as the last of these tells."""
EXPLAINED = frozenset({"EV901"})
"""Few rows are few."""


def clean_series(seed: int = 0, first: int = 0) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases, each as its name and a function that makes it; numbered from ``first``."""
    return numbered("lasting-series", lasting_series, seed, range(first, first + COUNT))


def lasting_series(name: str, rng: np.random.Generator) -> Case:
    """Hours of stationary autoregressions, and a target of all; the last quarter is held out."""
    n, features = int(rng.choice(ROWS)), int(rng.integers(4, 10))
    lasting = LASTING if n >= LONG else LASTING[:-1]
    made = np.column_stack([series(rng, n, float(rng.choice(lasting))) for _ in range(features)])
    weights = rng.uniform(0.4, 1, features) * rng.choice((-1, 1), features)
    own = series(rng, n, float(rng.choice(lasting[:-1]))) * float(rng.choice((0, 0.5, 1)))
    y = made @ weights / np.linalg.norm(weights) + own + 0.7 * rng.normal(size=n)
    frame = pd.DataFrame({f"x{place}": _shown(rng, one) for place, one in enumerate(made.T)})
    frame.insert(0, "when", pd.date_range("2023-01-01", periods=n, freq="h"))
    words = np.array(["no", "yes"], object)
    frame["y"] = words[(y > np.median(y)).astype(int)] if rng.random() < 0.5 else y
    cut = round(0.75 * n)
    train, held = frame.iloc[:cut], frame.iloc[cut:].reset_index(drop=True)
    return Case(name, train, held, "y", {"time": "when"}, exempt=EXPLAINED)


def series(rng: np.random.Generator, n: int, lasting: float) -> Array:
    """A stationary autoregression of the first order with variance 1."""
    shocks = rng.normal(0, np.sqrt(1 - lasting**2), n)
    shocks[0] = rng.normal()
    return np.asarray(lfilter([1], [1, -lasting], shocks))


def _shown(rng: np.random.Generator, values: Array) -> Array | pd.Series:
    """The values as they are, as whole amounts or as words."""
    form = int(rng.integers(4))
    if form == 2:
        return np.round(np.exp(values) * 10)
    if form == 3:
        words = np.array(["low", "middle", "high"], object)
        return pd.Series(words[np.digitize(values, (-0.6, 0.6))])
    return values
