"""The points of a series as statistics want them: finite, in order, one a step; none thinned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Series
    from mldebug.derive.learning_curves import Curve

STEPS_PER_EPOCH = ("steps_per_epoch", "batches_per_epoch", "iterations_per_epoch")


@dataclass(frozen=True, slots=True)
class LoggedPoints:
    """The finite points of a series in the order of their steps, the last one of each step.

    ``steps`` (int64), ``values`` (float64) and ``epochs`` (float64 or None) have the shape
    ``(n_points,)``.
    """

    steps: np.ndarray
    values: np.ndarray
    epochs: np.ndarray | None


def logged_points(series: Series) -> LoggedPoints:
    """The finite points of a series, in order. O(n) if it was logged in order, else O(n log n)."""
    import numpy as np

    columns = [series.steps, series.values]
    columns += [] if series.epochs is None else [series.epochs]
    finite = np.isfinite(series.values)
    if not finite.all():
        columns = [one[finite] for one in columns]
    if not (columns[0][1:] > columns[0][:-1]).all():
        order = np.argsort(columns[0], kind="stable")
        columns = [one[order] for one in columns]
        last = np.append(np.diff(columns[0]) > 0, True)
        columns = [one[last] for one in columns]
    return LoggedPoints(columns[0], columns[1], columns[2] if len(columns) > 2 else None)


def distinct_steps(steps: np.ndarray) -> np.ndarray:
    """The steps that occur, rising; the array itself where they rise already. O(n), else a sort."""
    import numpy as np

    if (steps[1:] > steps[:-1]).all():
        return steps
    ordered = np.sort(steps)
    return np.asarray(ordered[np.append(True, ordered[1:] > ordered[:-1])])


def steps_per_epoch(points: LoggedPoints, config: Mapping[str, Any]) -> float | None:
    """How many steps an epoch has, from the epochs logged or the configuration; None if unknown."""
    import numpy as np

    if points.epochs is not None and np.isfinite(points.epochs).all() and len(points.epochs) > 1:
        changed = np.flatnonzero(np.diff(points.epochs) > 0) + 1
        # Whole epochs say when one begins only; fractions say it at each point.
        whole = bool((points.epochs == np.round(points.epochs)).all())
        ends = changed[[0, -1]] if whole and len(changed) > 1 else np.array([0, -1])
        passed = float(np.diff(points.epochs[ends])[0])
        if passed > 0:
            return float(np.diff(points.steps[ends])[0]) / passed
    for name, value in config.items():
        if name.rsplit(".", 1)[-1] in STEPS_PER_EPOCH and isinstance(value, int | float):
            return float(value) if value > 0 else None
    return None


def rate_rises(rate: Curve | None, start: float, stop: float, factor: float) -> bool:
    """Whether the learning rate grows by a factor within these steps, as at a warm restart."""
    import numpy as np

    if rate is None:
        return False
    points = logged_points(rate.series)
    first = max(int(np.searchsorted(points.steps, start)) - 1, 0)
    inside = points.values[first : int(np.searchsorted(points.steps, stop, side="right"))]
    if len(inside) < 2:
        return False
    return bool((inside[1:] > factor * np.minimum.accumulate(inside)[:-1]).any())
