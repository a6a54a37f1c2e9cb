"""A training loss that ends where it began: nothing is learnt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.checker import checker
from mldebug.checkers.fit.run_lines import (
    best_of,
    classes_of,
    drawn,
    loss_of,
    training_curves,
)
from mldebug.derive.curve_figures import curve_figure, line
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import Curve, LearningCurves

EARLY, LATE = 5, 2
"""The first fifth of the points is compared with the last half."""
ALREADY = 0.005
"""A training score that begins so near to its best possible leaves nothing to decrease."""
DECREASE = Quantity(
    name="fit.decrease",
    unit="relative decrease",
    bounds=(None, None),
    kind="estimate",
    meaning=(
        "How far the training loss falls from the mean of its first fifth to that of its last half, "
        "as a share of the first; from the first 5% of the points (at least 3), where these lie "
        "beyond noise above the first fifth. Lone spikes are left out."
    ),
    source="difference of means with the long-run noise of the curve",
    details={
        "metric": "the name of the training series as logged",
        "first": "its level at the start",
        "last": "its level in the last half",
        "chance": "the logarithm of the number of classes, if the configuration tells it, else None",
        "undecided": "why a run that does not decrease may be right",
    },
)


@checker(DECREASE)
def loss_not_decreasing(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The relative decrease of each run's training loss."""
    for curves, train in training_curves(learning_curves):
        yield _measured(curves, train)


def _measured(curves: LearningCurves, train: Curve) -> Measurement:
    from math import log

    from mldebug.stats.curve_changes import SIMULTANEOUS, decrease

    losses = loss_of(train)
    fall = decrease(losses, EARLY, LATE, SIMULTANEOUS)
    excuse = "" if fall.interval is None or fall.interval[0] > 0 else _excuse(curves, train, losses)
    classes = classes_of(curves.config)
    chance = log(classes) if classes > 1 and train.series.role == "loss" else None
    lines = list(drawn(train))
    if chance is not None:
        ends = [train.steps[0], train.steps[-1]]
        lines.append(line("guessing among the classes", ends, [chance] * 2, "reference"))
    levels = {"first": fall.first, "last": fall.last, "chance": chance}
    told = {"metric": train.series.name, **levels}
    return Measurement(
        DECREASE.name,
        Subject(run=curves.run),
        fall.value,
        len(train),
        None if excuse else fall.interval,
        details={**told, "undecided": excuse} if excuse else told,
        figure=curve_figure(
            "The loss in training",
            "The logged points, pale, and their moving average. A run that learns falls.",
            "step",
            train.series.metric,
            lines,
        ),
    )


def _excuse(curves: LearningCurves, train: Curve, losses: Any) -> str:
    """Why a loss that does not decrease may be right; empty if nothing speaks for it."""
    first, last = float(train.steps[0]), float(train.steps[-1])
    if first > (last - first) / EARLY:
        return (
            f"the log begins at step {first:,.0f}: the run goes on from an earlier one, whose fall "
            "is not in it"
        )
    score = curves.train_score
    right = losses if score is None or score.series.direction != "higher" else loss_of(score)
    if float(abs(right[: max(len(right) // EARLY, 1)]).mean()) < ALREADY * best_of(score):
        return "training is as good as it can be from the first logged points on"
    return ""
