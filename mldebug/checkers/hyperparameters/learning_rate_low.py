"""A training loss that falls as straight at the end as at the beginning, for its rate is too low."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.run_lines import drawn, loss_of, training_curve
from mldebug.checkers.hyperparameters.rate_reasons import BETTER, Known, summed_rate, too_low
from mldebug.checkers.hyperparameters.rates import RANGES, Rate, rates
from mldebug.derive.curve_figures import curve_figure
from mldebug.derive.learning_curves import LearningCurves
from mldebug.derive.run_settings import RunSettings
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import Curve

FAR = 0.1
STRAIGHTNESS = Quantity(
    name="hyperparameters.straightness",
    unit="ratio of slopes",
    bounds=(0.0, None),
    kind="estimate",
    meaning=(
        "The fall of the training loss over the second half of the run over that of the first, each "
        "for a unit of the summed learning rate (of steps, where it was not logged), if its rate "
        f"explains it: it is at or below the lowest usual one ({RANGES}), or a run that differs in a "
        f"rate of twice as much or more ends {BETTER:.0%} lower. Else 0. A loss that does not fall at "
        "all counts as 1 under a tenth of the lowest usual rate, else 0."
    ),
    source="Bengio 2012, section 3.1.1; delta method, checked by simulation",
    details={
        "metric": "the training series as logged",
        "rate": "the highest learning rate",
        "optimizer": "its name in lower case; empty if it is not told",
        "course": "how the loss falls, in words",
        "reason": "what says that the rate is the cause; empty if nothing does",
    },
)


@checker(STRAIGHTNESS)
def learning_rate_low(
    learning_curves: tuple[LearningCurves, ...], run_settings: tuple[RunSettings, ...]
) -> Iterator[Measurement]:
    """How straight each run's training loss falls under a rate that is low."""
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
    from mldebug.stats.curve_shapes import straightness
    from mldebug.stats.curves import without_spikes

    calm = without_spikes(loss_of(train))
    shape = straightness(summed_rate(curves, train), calm)
    reason = too_low(rate, known, max(abs(float(calm[0])), float(calm.max() - calm.min())))
    value, interval = shape.value, shape.interval
    course = f"falls {value:.0%} as fast in its second half as in its first"
    if not shape.fell:
        course = "does not fall"
    if not shape.fell and interval is not None and rate.value <= FAR * rate.lowest:
        value, interval = 1.0, (1.0, 1.0)
    return Measurement(
        STRAIGHTNESS.name,
        Subject(run=rate.run),
        value if reason else 0.0,
        len(train),
        interval if reason else (0.0, 0.0),
        details={
            "metric": train.series.name,
            "rate": rate.value,
            "optimizer": rate.optimizer,
            "course": course,
            "reason": reason,
        },
        figure=curve_figure(
            "How the training loss falls",
            "The logged points, pale, and their moving average. A loss that falls along a straight "
            "line is far from where it could be.",
            "step",
            train.series.metric,
            drawn(train),
        ),
    )
