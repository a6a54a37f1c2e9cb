"""Evaluation that ends worse than its best while training does not: overfitting on a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import checker
from mldebug.checkers.fit.run_lines import (
    course_of_training,
    drawn,
    evaluation_curves,
    loss_of,
    mean_between,
)
from mldebug.derive.curve_figures import curve_figure, noise_band, rate_panel
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import Curve, LearningCurves

OVERFITTING = Quantity(
    name="fit.overfitting",
    unit="relative rise",
    bounds=(0.0, None),
    kind="estimate",
    meaning=(
        "How far the evaluation loss (without one, the shortfall of a score) ends above its lowest "
        "level, each the mean of 5% of its points (at least 3), as a share of that level or of a "
        "twentieth of its whole fall, whichever is more. 0 where the training loss rises by half as "
        "much over the same steps. Lone spikes are left out."
    ),
    source="Prechelt 1998; simultaneous intervals over all windows, checked by simulation",
    details={
        "metric": "the name of the evaluation series as logged",
        "best": "the step in the middle of the lowest window",
        "lowest": "the lowest level of the evaluation series, as logged",
        "end": "its level at the end",
        "train_end": "the level of the training series at the end; None if none was logged",
        "gap": "the end of evaluation less that of training, as logged; None without training",
        "train": "'falls', 'rises' or 'not logged': the training loss from the best step on",
    },
)


@checker(OVERFITTING)
def overfitting(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The rise of each run's evaluation loss from its lowest level to its end."""
    for curves, train, evaluated in evaluation_curves(learning_curves):
        yield _measured(curves, train, evaluated)


def _measured(curves: LearningCurves, train: Curve | None, evaluated: Curve) -> Measurement:
    from mldebug.stats.curve_changes import relative_scale, rise_to_end
    from mldebug.stats.curves import window_of, without_spikes

    calm = without_spikes(loss_of(evaluated))
    rise = rise_to_end(calm)
    first = float(calm[: window_of(len(calm))].max())
    scale = relative_scale(rise.lowest, first, rise.lowest)
    course = course_of_training(train, evaluated, rise)
    value, interval = rise.value / scale, rise.interval
    if course == "rises":
        value, interval = 0.0, interval and (0.0, 0.0)
    best = float(evaluated.steps[rise.place])
    width = min(window_of(len(calm)), len(calm))
    end = float(evaluated.values[-width:].mean())
    at_end = train and mean_between(train, train.values, evaluated.steps[-width], train.steps[-1])
    comparable = train is not None and train.series.metric == evaluated.series.metric
    return Measurement(
        OVERFITTING.name,
        Subject(run=curves.run),
        value,
        len(evaluated),
        interval and (interval[0] / scale, interval[1] / scale),
        details={
            "metric": evaluated.series.name,
            "best": best,
            "lowest": float(evaluated.trend[rise.place]),
            "end": end,
            "train_end": at_end[0] if at_end else None,
            "gap": end - at_end[0] if at_end and comparable else None,
            "train": course,
        },
        figure=curve_figure(
            "Evaluation after its best step",
            "The logged points, pale, and their moving average. Where evaluation turns while training "
            "goes on, what is learned no longer holds for new data.",
            "step",
            evaluated.series.metric,
            [*drawn(train if comparable else None, raw=False), *drawn(evaluated)],
            [(best, "best level of evaluation")],
            noise_band(evaluated),
            rate_panel(curves.rate),
        ),
    )
