"""LK406 target-proxy: found where a column was made of the target, silent beside good features."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from tests.tables import Case, base

CODE = "LK406"
FEATURES = 5
WRONG = 0.01
"""Of a proxy of classes: this share of its rows tells the wrong one."""
NOISE = 0.1
"""Of a proxy of numbers: its noise against the target's spread."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Add a proxy of the target to features whose skill falls short of the proxy's by ``dose``."""
    features = rng.normal(0, 1, (n, FEATURES))
    score = features @ rng.permutation([0.8, 0.5, 0.3, 0.1, 0.1])
    score /= score.std()
    name, kind = rng.choice([("total", "number"), ("code", "words"), ("level", "classes")])
    if kind == "number":
        own = 1 - NOISE**2 / (1 + NOISE**2)
        skill = own - dose
        y: Any = np.sqrt(skill) * score + np.sqrt(1 - skill) * rng.normal(0, 1, n)
        proxy: Any = 100 + 7 * (y + NOISE * rng.normal(0, 1, n))
    else:
        skill = 1 - 2 * WRONG - dose
        y = (strength_of(skill) * score + rng.logistic(0, 1, n) > 0).astype(int)
        told = np.where(rng.random(n) < WRONG, 1 - y, y)
        proxy = np.array(["open", "closed"], object)[told]
        proxy = 10 * told + rng.normal(0, 1, n) if kind == "classes" else proxy
    frame = pd.DataFrame({f"x{one}": features[:, one] for one in range(FEATURES)})
    frame.insert(int(rng.integers(0, FEATURES)), name, proxy)
    return Case("target-proxy", frame.assign(y=y), target="y", subject={"column": str(name)})


def strength_of(skill: float) -> float:
    """The strength at which a standard normal score tells two even classes apart with this skill.

    The best guess of a class with the log odds ``b s`` is right with the chance
    (1 + |tanh(b s / 2)|) / 2, so its skill is the mean of that hyperbolic tangent.
    """
    scores = np.array([NormalDist().inv_cdf((one + 0.5) / 2_000) for one in range(2_000)])
    low, high = 0.0, 100.0
    for _ in range(50):
        middle = (low + high) / 2
        reached = np.mean(np.abs(np.tanh(middle * scores / 2)))
        low, high = (middle, high) if reached < skill else (low, middle)
    return low


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table, in which every column helps and none knows it all."""
    task = rng.choice(["classification", "regression"])
    return Case("target-proxy", base(rng, n, task=task), target="y")
