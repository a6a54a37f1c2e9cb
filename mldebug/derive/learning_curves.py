"""The curves of each run on an even footing: finite points in order, thinned, with their trend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Run, Series
from mldebug.checker import Unavailable, derived

if TYPE_CHECKING:
    import numpy as np

MOST_POINTS = 2_000
"""A longer curve is averaged in cells of equally many points."""
FEWEST_POINTS = 4
SMALLEST = 1e-150
"""Curves of nothing larger are 0: the squares of their values are, and so would be every variance."""
TOTAL = frozenset({"total", "overall", "combined", "sum", "full"})
"""Words of the loss that others add up to."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One series of a run, ready for statistics.

    Parameters
    ----------
    series : Series
        As logged.
    steps : numpy.ndarray of shape (n_points,), dtype float64
        Strictly increasing; the mean of a cell.
    values : numpy.ndarray of shape (n_points,), dtype float64
        Finite; of several values at a step the last one, then the mean of a cell.
    trend : numpy.ndarray of shape (n_points,), dtype float64
        The moving average over 5 % of the points, at least three.
    noise : float
        The standard deviation of the values about a smooth curve.
    left_out : int
        Logged values that are not finite.
    """

    series: Series
    steps: np.ndarray
    values: np.ndarray
    trend: np.ndarray
    noise: float
    left_out: int

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class LearningCurves:
    """The curves of one run that most questions are about; None where it logged none such.

    Parameters
    ----------
    run : str
        The run's name.
    train, eval : Curve or None
        The loss on training and on evaluation data: of the one metric that has both, if there is
        one. Lower is better.
    train_score, eval_score : Curve or None
        The first other measure with a known direction that evaluation has, and its twin.
    rate : Curve or None
        The learning rate.
    config : mapping of str to object
        The run's hyperparameters.
    """

    run: str
    train: Curve | None
    eval: Curve | None
    train_score: Curve | None
    eval_score: Curve | None
    rate: Curve | None
    config: Mapping[str, Any]


@derived()
def learning_curves(runs: tuple[Run, ...]) -> tuple[LearningCurves, ...]:
    """The curves of every run that was logged by step.

    Notes
    -----
    O(n log n) in the points of a run.
    """
    found = tuple(_of_run(run) for run in runs if run.axis == "step")
    if not found:
        raise Unavailable("the runs given are sample-size curves, with no steps of training")
    return found


def _of_run(run: Run) -> LearningCurves:
    # A loss without a direction is one of two that contend, as in a GAN: it says nothing of progress.
    losses = tuple(one for one in run.of_role("loss") if one.direction == "lower")
    train, evaluated = _pair(losses)
    if evaluated is None:
        lower = tuple(one for one in run.of_role("score") if one.direction == "lower")
        train_lower, eval_lower = _pair(lower)
        if eval_lower is not None and (train is None or train_lower is not None):
            train, evaluated = train_lower, eval_lower
    used = {id(one.series) for one in (train, evaluated) if one is not None}
    others = tuple(one for one in run.of_role("score") if id(one) not in used)
    train_score, eval_score = _pair(others)
    rates = run.of_role("rate")
    return LearningCurves(
        run.name,
        train,
        evaluated,
        train_score,
        eval_score,
        curve(rates[0]) if rates else None,
        run.config,
    )


def _pair(among: tuple[Series, ...]) -> tuple[Curve | None, Curve | None]:
    """The longest series of train and of eval (else test), of one metric where both have it.

    Of several losses it is the whole: one called total before one called loss, before any part.
    """
    evaluated = [one for one in among if one.split == "eval"]
    evaluated = evaluated or [one for one in among if one.split == "test"]
    trained = [one for one in among if one.split == "train" and len(one.values) >= FEWEST_POINTS]
    # Beside a total of the run in one point, the series without a split is that of training.
    trained = trained or [one for one in among if not one.split]
    shared = {one.metric for one in evaluated} & {one.metric for one in trained}
    if shared:
        evaluated = [one for one in evaluated if one.metric in shared]
        trained = [one for one in trained if one.metric in shared]
        chosen = min(evaluated, key=_partial).metric
        evaluated = [one for one in evaluated if one.metric == chosen]
        trained = [one for one in trained if one.metric == chosen]
    return _longest(_whole(trained)), _longest(_whole(evaluated))


def _partial(series: Series) -> int:
    """How far a loss is from the whole of what is minimised: 0 for a total, 1 for ``loss``, else 2."""
    parts = set(series.metric.split("_"))
    if "loss" in parts and parts & TOTAL:
        return 0
    return 1 if series.metric == "loss" else 2


def _whole(among: list[Series]) -> list[Series]:
    best = min(map(_partial, among), default=0)
    return [one for one in among if _partial(one) == best]


def _longest(among: list[Series]) -> Curve | None:
    curves = [curve(one) for one in among]
    there = [one for one in curves if one is not None]
    return max(there, key=len, default=None)


def curve(series: Series) -> Curve | None:
    """A series as a curve; None with fewer than 4 finite points."""
    import numpy as np

    from mldebug.stats.curves import noise_sd, trend, window_of

    # Most logs are finite and in order: they are taken as they are, for a long one is large.
    steps, values = series.steps, series.values
    finite = np.isfinite(values)
    left_out = int(len(finite) - np.count_nonzero(finite))
    if left_out:
        steps, values = steps[finite], values[finite]
    if not (steps[1:] > steps[:-1]).all():
        order = np.argsort(steps, kind="stable")
        steps, values = steps[order], values[order]
        last = np.append(steps[1:] > steps[:-1], True)[: len(steps)]
        steps, values = steps[last], values[last]
    if len(values) < FEWEST_POINTS:
        return None
    if max(values.max(), -values.min()) < SMALLEST:
        values = np.zeros_like(values)
    if len(values) > MOST_POINTS:
        edges = np.linspace(0, len(values), MOST_POINTS + 1).astype(np.int64)
        sizes = np.diff(edges)
        # From the first step of each stretch on: the numbers stay small, and no copy of all is made.
        first = steps[edges[:-1]]
        sums = np.add.reduceat(steps, edges[:-1]) - first * sizes
        steps = first + sums / sizes
        values = np.add.reduceat(values, edges[:-1]) / sizes
    smooth = trend(values, window_of(len(values)))
    return Curve(series, steps.astype(np.float64), values, smooth, noise_sd(values), left_out)
