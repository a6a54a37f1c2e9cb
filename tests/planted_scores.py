"""Scores that predict a target just so well, and targets that scores predict just so well."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
import pandas as pd


def scores_with_area(
    rng: np.random.Generator, target: pd.Series[float], area: float
) -> pd.Series[float]:
    """Scores that predict a target with this area under the curve.

    Of a target of numbers (1 + rank correlation) / 2 is meant, of classes one against the rest.
    """
    n = len(target)
    if target.dtype.kind == "f":
        linear = 2 * np.sin(np.pi * (2 * area - 1) / 6)
        own = np.array([NormalDist().inv_cdf(one) for one in (target.rank() - 0.5) / n])
        return pd.Series(linear * own + np.sqrt(1 - linear**2) * rng.normal(0, 1, n))
    told = target == rng.choice(target.unique())
    return pd.Series(np.sqrt(2) * NormalDist().inv_cdf(area) * told + rng.normal(0, 1, n))


@cache
def strength_of(skill: float) -> float:
    """The strength at which a standard normal score tells two even classes apart with this skill.

    The best guess of a class with the log odds ``b s`` is right with the chance
    (1 + |tanh(b s / 2)|) / 2, so its skill is the mean of that hyperbolic tangent.
    """
    scores = np.array([NormalDist().inv_cdf((one + 0.5) / 2_000) for one in range(2_000)])
    low, high = 0.0, 200.0
    for _ in range(50):
        middle = (low + high) / 2
        reached = np.mean(np.abs(np.tanh(middle * scores / 2)))
        low, high = (middle, high) if reached < skill else (low, middle)
    return low
