"""The stretch at the end of a run in which evaluation no longer changes: time spent for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import checker
from mldebug.checkers.fit.run_lines import drawn, evaluation_curves, loss_of
from mldebug.derive.curve_figures import curve_figure
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import Curve, LearningCurves

SAME = 0.01
"""Levels whose range is below this share of the loss count as the same."""
IDLE = Quantity(
    name="fit.idle_share",
    unit="share of the run",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The longest stretch up to the end of the run, as a share of its points, over which the "
        "evaluation loss (without one, the shortfall of a score) neither gains nor loses: the means "
        f"of its four quarters lie within {SAME:.0%} of the loss at the end, or of a twentieth of "
        "its whole fall. Stretches of at least 8 points count; lone spikes are left out."
    ),
    source="ranges of means with the long-run noise of the curve, checked by simulation",
    details={
        "metric": "the name of the evaluation series as logged",
        "since": "the step from which on nothing changes",
        "level": "the level of the series from there on",
    },
)


@checker(IDLE)
def overtraining(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The share of each run that lies in an evaluation loss which no longer changes."""
    for curves, _, evaluated in evaluation_curves(learning_curves):
        yield _measured(curves.run, evaluated)


def _measured(run: str, evaluated: Curve) -> Measurement:
    from mldebug.stats.curve_changes import flat_end, relative_scale
    from mldebug.stats.curves import end_level, window_of, without_spikes

    calm = without_spikes(loss_of(evaluated))
    first = float(calm[: window_of(len(calm))].max())
    end = end_level(calm)
    flat = flat_end(calm, SAME * relative_scale(end.value, first, float(calm.min())))
    n = len(calm)
    points = max(round(flat.value * n), 1)
    since = float(evaluated.steps[-points])
    return Measurement(
        IDLE.name,
        Subject(run=run),
        flat.value,
        n,
        flat.interval,
        details={
            "metric": evaluated.series.name,
            "since": since,
            "level": float(evaluated.values[-points:].mean()),
        },
        figure=curve_figure(
            "The part of the run that changes nothing",
            "The logged points, pale, and their moving average. From the mark on, evaluation stays "
            "where it is.",
            "step",
            evaluated.series.metric,
            drawn(evaluated),
            [(since, "no change from here on")] if flat.value else (),
        ),
    )
