"""Tables whose rows the best classifier tells from others with a given area under the curve."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from tests.tables import base

if TYPE_CHECKING:
    import pandas as pd

FARTHEST = 0.9999
"""An area of 1 would need tables that are infinitely far apart."""


def moved(rng: np.random.Generator, frame: pd.DataFrame, area: float) -> pd.DataFrame:
    """Rows of `even` in which all normal columns are moved a little, each up or down.

    Normal samples d standard deviations apart have the area F(d / sqrt(2)).
    """
    apart = np.sqrt(2) * NormalDist().inv_cdf(min(area, FARTHEST))
    names = [name for name in frame if str(name).startswith("z")]
    shift = apart / np.sqrt(len(names))
    return frame.assign(**{name: frame[name] + shift * rng.choice([-1, 1]) for name in names})


def turned(frame: pd.DataFrame, area: float) -> pd.DataFrame:
    """Rows of `even` in which z0 and z1 go against each other as much as they went together."""
    return frame.assign(z1=-frame["z1"]) if area > 0.5 else frame


def even(rng: np.random.Generator, n: int, related: float = 0.0) -> pd.DataFrame:
    """A clean table with four more normal columns; z0 and z1 have this correlation."""
    normals = rng.normal(0, 1, (n, 4))
    normals[:, 1] = related * normals[:, 0] + np.sqrt(1 - related**2) * normals[:, 1]
    return base(rng, n, columns=6).assign(**{f"z{one}": normals[:, one] for one in range(4)})


@cache
def correlation_of(area: float) -> float:
    """The correlation r at which r and -r are told apart with this area.

    The likelihood ratio of both rises with x y, so the area is the chance that x y is larger where
    the correlation is r than where it is -r; found by bisection over 100,000 drawn pairs.
    """
    one, other, third, fourth = np.random.default_rng(0).normal(0, 1, (4, 100_000))
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        rest = np.sqrt(1 - middle**2)
        here = one * (middle * one + rest * other)
        there = third * (-middle * third + rest * fourth)
        low, high = (middle, high) if np.mean(here > there) < min(area, FARTHEST) else (low, middle)
    return low
