"""Simulated sample-size curves: the error of a learner by the number of rows that it learnt from.

The error in evaluation falls towards a floor as a power of the rows; the error in training rises
towards the same floor. Each point is a mean over repeats, whose standard deviation falls with the
rows too. A fault changes the expected errors before the noise is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mldebug.adapters.runs.logged import Logged, Points
from mldebug.adapters.runs.naming import run_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mldebug.artefacts import Run

Array = np.ndarray[Any, np.dtype[Any]]

NAMES = {
    "train": "train_accuracy",
    "eval": "valid_accuracy",
    "test": "test_accuracy",
    "sd": "sd_test",
    "repeats": "n",
}
"""What the curve calls its series; a key that is not there is left out."""


@dataclass(frozen=True)
class SizeCurve:
    """The expected errors of a learner at each number of rows.

    Parameters
    ----------
    rows : array of shape (n,), dtype int64
        Increasing.
    train, test : array of shape (n,)
        Expected errors, shares; evaluation has that of test.
    sd : array of shape (n,)
        Standard deviation of a single repeat.
    repeats : int
        Behind each point.
    names : mapping of str to str
        See `NAMES`.
    config : mapping
        Of the learner.
    """

    rows: Array
    train: Array
    test: Array
    sd: Array
    repeats: int
    names: Mapping[str, str] = field(default_factory=lambda: dict(NAMES))
    config: Mapping[str, Any] = field(default_factory=dict)

    def with_(self, **changed: Any) -> SizeCurve:
        """The same curve with other fields."""
        return replace(self, **changed)


def size_curve(rng: np.random.Generator, n: int = 14, **fixed: Any) -> SizeCurve:
    """A well-behaved curve of n sizes, each 1.41 times the one before, from 16 rows on.

    ``fixed`` gives fields of `SizeCurve` their values; ``floor``, ``power`` and ``first`` (the error
    above the floor at the first size) may be fixed too, or ``gain``: what twice the rows of the last
    size would take off the error.
    """
    floor = fixed.pop("floor", float(rng.uniform(0.02, 0.25)))
    power = fixed.pop("power", float(rng.uniform(0.4, 1.0)))
    first = fixed.pop("first", float(rng.uniform(0.1, 0.4)))
    rows = np.round(16 * 2 ** (np.arange(n) / 2)).astype(np.int64)
    gain = fixed.pop("gain", None)
    if gain is not None:
        first = gain / (1 - 2.0**-power) * (rows[-1] / rows[0]) ** power
    above = first * (rows / rows[0]) ** -power
    seen = rng.uniform(0.2, 1.0)
    spread = rng.uniform(0.03, 0.1) * (rows / rows[0]) ** -0.5 + 0.002
    drawn = {
        "repeats": int(rng.choice([5, 10, 25])),
        "config": {"model": str(rng.choice(["forest", "svm", "logistic"])), "seed": 0},
    }
    test = np.minimum(floor + above, 0.95)
    train = np.maximum(floor - seen * above, 0.0)
    return SizeCurve(rows, train, test, spread, **{**drawn, **fixed})


def dip(curve: SizeCurve, depth: float, at: float = 0.5, width: float = 1.0) -> SizeCurve:
    """The curve whose error in evaluation is ``depth`` higher about one of its sizes."""
    away = (np.arange(len(curve.rows)) - at * (len(curve.rows) - 1)) / width
    return curve.with_(test=np.minimum(curve.test + depth * np.exp(-(away**2) / 2), 1.0))


def logged_sizes(rng: np.random.Generator, curve: SizeCurve, name: str = "run") -> Run:
    """The run that a sample-size curve is read as."""
    scatter = curve.sd / curve.repeats**0.5
    own = rng.normal(0, 1, (3, len(curve.rows)))
    alike = 0.8 * own[0]
    noisy = {
        "train": curve.train + scatter * own[0] / 2,
        "eval": curve.test + scatter * (alike + 0.6 * own[1]),
        "test": curve.test + scatter * (alike + 0.6 * own[2]),
    }
    columns = {key: 1 - np.clip(error, 0, 1) for key, error in noisy.items()}
    estimated = rng.chisquare(curve.repeats - 1, len(curve.rows)) / (curve.repeats - 1)
    columns["sd"] = curve.sd * np.sqrt(estimated)
    columns["repeats"] = np.full(len(curve.rows), float(curve.repeats))
    points = tuple(
        Points(curve.names[key], values, curve.rows)
        for key, values in columns.items()
        if curve.names.get(key)
    )
    return run_of(Logged(name, "simulated", "size curve", points, dict(curve.config), axis="size"))
