"""Clean controls whose rows repeat and hardly disagree: designs that were run several times over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tests.tables import LEVELS, Case, numbered, signal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT = 440
ROWS = (300, 600, 1_200, 2_000, 3_500)
SETTINGS = (2, 3, 4, 5)
"""Levels of a factor."""
MOST_MISREAD = 0.025
"""Half of the share of labels that LB205 notes."""
EXPLAINED = frozenset({"DA106", "LK401", "LB201", "LB204"})
"""That whole rows repeat is a fact of such a design, and misread classes are errors."""


def clean_repeats(seed: int = 0, first: int = 0) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases, each as its name and a function that makes it; numbered from ``first``."""
    return numbered("repeated-design", repeated_design, seed, range(first, first + COUNT))


def repeated_design(name: str, rng: np.random.Generator) -> Case:
    """Some settings of a few factors, each run two to twelve times; the class follows the setting.

    At most 2.5 % of the classes are misread, so hardly a label is out of a model's reach: a note
    that says so would be wrong.
    """
    n, times = int(rng.choice(ROWS)), int(rng.integers(2, 13))
    factors = int(rng.integers(4, 8))
    chosen = rng.choice(SETTINGS, factors)
    once = np.column_stack([rng.integers(0, levels, n // times) for levels in chosen])
    classes = int(rng.integers(2, 5))
    score = signal(rng, pd.DataFrame(once.astype(float)))[:, 0]
    code = np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    order = rng.permutation(np.resize(np.arange(len(once)), n))
    label = code[order]
    wrong = rng.random(n) < rng.uniform(0, MOST_MISREAD)
    label[wrong] = (label[wrong] + rng.integers(1, classes, n)[wrong]) % classes
    words = rng.random(factors) < 0.5
    made = {
        f"factor{place}": np.array(LEVELS, object)[values] if word else values * 5
        for place, (values, word) in enumerate(zip(once[order].T, words, strict=True))
    }
    frame = pd.DataFrame(made).assign(y=label)
    return Case(name, frame, None, "y", exempt=EXPLAINED, silent=frozenset({"LB205"}))
