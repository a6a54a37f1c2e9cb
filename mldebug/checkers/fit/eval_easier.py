"""How much better a run ends on evaluation data than on the data that it was trained on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.run_lines import as_loss, drawn, loss_of
from mldebug.derive.curve_figures import curve_figure
from mldebug.derive.learning_curves import Curve, LearningCurves
from mldebug.derive.logged_points import logged_points, steps_per_epoch
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

END, FEWEST = 0.1, 3
LAG = 0.5
EVALUATION_ADVANTAGE = Quantity(
    name="fit.evaluation_advantage",
    unit="share of the training loss",
    bounds=(None, None),
    kind="estimate",
    meaning=(
        f"Over the last {END:.0%} of a run's points (at least {FEWEST}): the training loss less the "
        "evaluation loss half an epoch before, since the training loss may be the mean of an epoch, "
        "as a share of the training loss or, near 0 or below, of the range of the curve. Without "
        "the losses, of 1 - score."
    ),
    source="Smith 2018",
    details={"series": "the metric", "train": "where training ends", "eval": "and evaluation"},
)


@checker(EVALUATION_ADVANTAGE)
def eval_easier(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The advantage of evaluation over training at the end of each run."""
    found = [one for curves in learning_curves if (one := _measured(curves)) is not None]
    if not found:
        raise Unavailable("no run logged one metric of both training and evaluation four times")
    yield from found


def _measured(curves: LearningCurves) -> Measurement | None:
    from mldebug.stats.intervals import critical_value
    from mldebug.stats.series import mean_and_error, relative_scale

    pair = _pair(curves)
    if pair is None:
        return None
    train, held = pair
    mine, theirs = loss_of(train), loss_of(held)
    lag = LAG * (steps_per_epoch(logged_points(train.series), curves.config) or 0.0)
    stretch = max(END * (train.steps[-1] - train.steps[0]), 1e-9)
    ours = _last(train.steps, mine, train.steps[-1] - stretch, train.steps[-1])
    before = held.steps[-1] - min(lag, (held.steps[-1] - held.steps[0]) / 2)
    other = _last(held.steps, theirs, before - stretch, before)
    (level, error), (reached, beside) = mean_and_error(ours), mean_and_error(other)
    scale = float(relative_scale(level[None], as_loss(train.series, train.trend))[0])
    value = float(level - reached) / scale
    half = critical_value() * float((error**2 + beside**2) ** 0.5) / scale
    half *= 1 + 2 / min(len(ours), len(other))
    return Measurement(
        quantity=EVALUATION_ADVANTAGE.name,
        subject=Subject(run=curves.run),
        value=value,
        n=len(train) + len(held),
        interval=(value - half, value + half),
        details={
            "series": train.series.metric,
            "train": float(ours.mean()),
            "eval": float(other.mean()),
        },
        figure=_figure(train, held),
    )


def _pair(curves: LearningCurves) -> tuple[Curve, Curve] | None:
    pairs = [(curves.train, curves.eval), (curves.train_score, curves.eval_score)]
    for train, held in pairs:
        if train and held and train.series.metric == held.series.metric:
            return train, held
    return None


def _last(steps: np.ndarray, values: np.ndarray, start: float, stop: float) -> np.ndarray:
    """The values between two steps, and at least the last few before the second."""
    import numpy as np

    high = max(int(np.searchsorted(steps, stop, side="right")), FEWEST)
    low = min(int(np.searchsorted(steps, start)), high - FEWEST)
    return values[low:high]


def _figure(train: Curve, held: Curve) -> Any:
    told = "Moving averages of the same metric on training and on evaluation data."
    lines = [*drawn(train, raw=False), *drawn(held, raw=False)]
    return curve_figure("Training and evaluation", told, "step", train.series.metric, lines)
