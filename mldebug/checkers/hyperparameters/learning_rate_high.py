"""A training loss that climbs under a learning rate that explains it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.run_lines import drawn, loss_of, training_curve
from mldebug.checkers.hyperparameters.rate_reasons import BETTER, RAISED, Known, too_high
from mldebug.checkers.hyperparameters.rates import RANGES, Rate, rates
from mldebug.derive.curve_figures import curve_figure, rate_panel
from mldebug.derive.learning_curves import LearningCurves
from mldebug.derive.run_settings import RunSettings
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import Curve

CLIMB_UNDER_RATE = Quantity(
    name="hyperparameters.climb_under_rate",
    unit="relative rise",
    bounds=(0.0, None),
    kind="estimate",
    meaning=(
        "The largest climb of the training loss from one level to a later one, each the mean of 5% of "
        "its points (at least 3), as a share of the lower or of a twentieth of its whole fall, if its "
        f"learning rate explains it: it is above the usual ({RANGES}), or a run that differs in a rate "
        f"of half as much or less ends {BETTER:.0%} lower while this one climbs beyond noise, or the "
        f"rate grew {RAISED:g} times meanwhile to where it had not been. Else 0, as where the rate "
        "comes back to where it was (a restart)."
    ),
    source="Bengio 2012, section 3.1.1; intervals over all windows, checked by simulation",
    details={
        "metric": "the training series as logged",
        "rate": "the highest learning rate",
        "optimizer": "its name in lower case; empty if it is not told",
        "reason": "what says that the rate is the cause; empty if nothing does",
        "climb": "the climb, whether the rate explains it or not",
    },
)


@checker(CLIMB_UNDER_RATE)
def learning_rate_high(
    learning_curves: tuple[LearningCurves, ...], run_settings: tuple[RunSettings, ...]
) -> Iterator[Measurement]:
    """The climb of each run's training loss that its learning rate explains."""
    known = rates(learning_curves, run_settings)
    if not known:
        raise Unavailable("no run logged both a training curve and its learning rate")
    for curves, rate in known.values():
        train = training_curve(curves)
        assert train is not None
        yield _measured(curves, train, rate, known)


def _measured(
    curves: LearningCurves, train: Curve, rate: Rate, known: Mapping[str, Known]
) -> Measurement:
    from mldebug.stats.curve_changes import relative_scale
    from mldebug.stats.curve_shapes import largest_rise
    from mldebug.stats.curves import window_of, without_spikes

    calm = without_spikes(loss_of(train))
    climb = largest_rise(calm)
    first = float(calm[: window_of(len(calm))].max())
    scale = relative_scale(climb.lowest, first, min(climb.lowest, float(calm.min())))
    reason = too_high(curves, train, rate, known, climb, scale)
    interval = climb.interval and (climb.interval[0] / scale, climb.interval[1] / scale)
    low, high = float(train.steps[climb.start]), float(train.steps[climb.stop])
    return Measurement(
        CLIMB_UNDER_RATE.name,
        Subject(run=rate.run),
        climb.value / scale if reason else 0.0,
        len(train),
        interval if reason else (0.0, 0.0),
        details={
            "metric": train.series.name,
            "rate": rate.value,
            "optimizer": rate.optimizer,
            "reason": reason,
            "climb": climb.value / scale,
        },
        figure=curve_figure(
            "The largest climb of the training loss",
            "The logged points, pale, and their moving average. Between the marks it climbs the most.",
            "step",
            train.series.metric,
            drawn(train),
            [(low, "from here"), (high, "to here")] if climb.value > 0 else [],
            below=rate_panel(curves.rate),
        ),
    )
