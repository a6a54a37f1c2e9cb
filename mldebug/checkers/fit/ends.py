"""Where runs end: the levels of training and evaluation that are compared between runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.checkers.fit.run_lines import as_loss, loss_of

if TYPE_CHECKING:
    from mldebug.artefacts import Run, Series
    from mldebug.derive.learning_curves import Curve, LearningCurves

PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class End:
    """The end of one run, in losses or in shortfalls of a score, so that lower is better.

    Parameters
    ----------
    run : str
        The run's name.
    group : tuple of str
        What runs must share to be compared: the axis, the metric, the data as far as recorded.
    unit : {"score", "loss"}
        Whether the levels are shares (of answers that are wrong, for example) or losses.
    eval, train : float and float or None
        The levels.
    first : float
        The highest level of evaluation about its start.
    error, train_error : float
        The standard errors of the levels of evaluation and of training.
    n : int
        How many points the curve of evaluation has.
    series, steps, values : str, numpy.ndarray, numpy.ndarray
        The name and the points of evaluation as logged.
    turned : tuple of float
        A sign and what was added to the logged values times it, to make lower better.
    """

    run: str
    group: tuple[str, ...]
    unit: str
    eval: float
    train: float | None
    first: float
    error: float
    train_error: float
    n: int
    series: str
    steps: Any
    values: Any
    turned: tuple[float, float]

    def as_logged(self, level: float) -> float:
        """A level of this run in the unit in which it was logged."""
        sign, offset = self.turned
        return (level - offset) / sign


def step_end(curves: LearningCurves, data: str) -> End | None:
    """The end of a run along steps, of its score if it has one; None without evaluation."""
    from mldebug.stats.curves import end_level, window_of, without_spikes

    evaluated, train = curves.eval_score, curves.train_score
    if evaluated is None or _unit(evaluated) == "loss":
        evaluated, train = (curves.eval, curves.train) if curves.eval else (evaluated, train)
    if evaluated is None:
        return None
    unit = _unit(evaluated)
    over = PERCENT if unit == "score" and evaluated.values.max() > 1 else 1.0
    losses = loss_of(evaluated)
    level = end_level(without_spikes(losses))
    alike = train is not None and train.series.metric == evaluated.series.metric
    trained = end_level(without_spikes(loss_of(train))) if train and alike else None
    return End(
        curves.run,
        ("step", evaluated.series.metric, evaluated.series.split, data),
        unit,
        level.value / over,
        trained.value / over if trained else None,
        float(losses[: window_of(len(losses))].max()) / over,
        level.error / over,
        trained.error / over if trained else 0.0,
        len(evaluated),
        evaluated.series.name,
        evaluated.steps,
        evaluated.values,
        _turned(evaluated, losses, over),
    )


def _turned(curve: Curve, losses: Any, over: float) -> tuple[float, float]:
    """The sign and the offset by which the values became losses, after division by ``over``."""
    sign = -1.0 if curve.series.direction == "higher" else 1.0
    return sign / over, float(losses[0] - sign * curve.values[0]) / over


def _unit(curve: Curve) -> str:
    """Whether a curve is a score between 0 and 1, or 100."""
    return (
        "score"
        if curve.series.direction == "higher"
        and curve.values.min() >= 0
        and (as_loss(curve.series, curve.values).min() >= 0)
        else "loss"
    )


def size_end(run: Run, data: str) -> End | None:
    """The end of a sample-size curve: its largest size; None without training and evaluation."""
    from mldebug.derive.learning_curves import curve
    from mldebug.stats.curves import noise_sd

    sides = [
        next(
            (one for one in run.series if one.role in ("score", "loss") and one.split in split),
            None,
        )
        for split in (("test",), ("eval",), ("train",))
    ]
    tested = sides[0] or sides[1]
    found = curve(tested) if tested else None
    if tested is None or found is None:
        return None
    unit = _unit(found)
    losses = loss_of(found)
    trained = curve(sides[2]) if sides[2] else None
    scatter = _scatter(run.series, tested.split)
    error = noise_sd(found.values) if scatter is None else scatter
    return End(
        run.name,
        ("size", tested.metric, data),
        unit,
        float(losses[-1]),
        float(loss_of(trained)[-1]) if trained else None,
        float(losses[0]),
        error,
        error,
        len(found),
        tested.name,
        found.steps,
        found.values,
        _turned(found, losses, 1.0),
    )


def _scatter(series: tuple[Series, ...], split: str) -> float | None:
    """The standard error of the last point, from the deviations and repeats that were recorded."""
    spread = [
        one
        for one in series
        if one.role == "other" and one.metric.split("_")[0] in ("sd", "std") and one.split == split
    ]
    repeats = [one for one in series if one.metric in ("n", "repeats")]
    if not spread or not repeats:
        return None
    count = max(float(repeats[0].values[-1]), 1.0)
    return float(spread[0].values[-1] / count**0.5)


def ends(
    runs: tuple[Run, ...], learning_curves: tuple[LearningCurves, ...] | None
) -> Iterator[End]:
    """The ends of all runs that have an evaluation."""
    data = {run.name: _data(run.record) for run in runs}
    for curves in learning_curves or ():
        found = step_end(curves, data[curves.run])
        if found is not None:
            yield found
    for run in runs:
        found = size_end(run, data[run.name]) if run.axis == "size" else None
        if found is not None:
            yield found


def _data(record: Mapping[str, Any]) -> str:
    held = record.get("data")
    return str(sorted(map(str, held))) if isinstance(held, Mapping) else ""
