"""A run that was ended while its loss was still falling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.rates import rate_left
from mldebug.checkers.fit.run_lines import drawn, judged_pair, loss_of
from mldebug.derive.curve_figures import curve_figure
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import Curve, LearningCurves

LAST = 0.125
"""The share of the points that the slope is fitted to."""
NEXT = 0.10
"""The share of the run's length that is looked ahead."""
FEWEST = 6
SHORTEST = 10
STILL_TO_COME = Quantity(
    name="fit.still_to_come",
    unit="relative fall",
    bounds=(None, None),
    kind="estimate",
    meaning=(
        "How far the evaluation loss (without one, the shortfall of a score; without evaluation, the "
        "training loss) would fall if the run went on for a tenth of its length: the slope of its "
        "last eighth against the logarithm of the step, relative to the level at the end or a "
        "twentieth of the whole fall, and less by as much as the learning rate at the end is below "
        "its mean over that eighth. Lone spikes are left out."
    ),
    source="least squares with the long-run noise of the curve, checked by simulation",
    details={
        "metric": "the name of the series as logged",
        "end": "its level at the end",
        "rate": "'constant', 'decayed' or 'not logged': the learning rate at the end",
    },
)


@checker(STILL_TO_COME)
def stopped_early(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The fall that the slope at the end of each run promises."""
    found = [(one, judged_pair(one)[1] or judged_pair(one)[0]) for one in learning_curves]
    if all(curve is None for _, curve in found):
        raise Unavailable("no run logged a loss or a score")
    for curves, curve in found:
        if curve is not None:
            yield _measured(curves, curve)


def _measured(curves: LearningCurves, curve: Curve) -> Measurement:
    import numpy as np

    from mldebug.stats.curve_changes import relative_scale, slope
    from mldebug.stats.curves import end_level, long_run_sd, window_of, without_spikes
    from mldebug.stats.intervals import critical_value

    calm = without_spikes(loss_of(curve))
    gone = curve.steps - curve.steps[0] + (curve.steps[1] - curve.steps[0])
    count = min(max(round(LAST * len(calm)), FEWEST), len(calm))
    fitted = slope(np.log(gone[-count:]), calm[-count:], long_run_sd(calm))
    left, course = rate_left(curves.rate, float(curve.steps[-count]))
    end = end_level(calm)
    first = float(calm[: window_of(len(calm))].max())
    ahead = left * float(np.log1p(NEXT)) / relative_scale(end.value, first, float(calm.min()))
    # The noise is estimated from few points where few are fitted: about Student's quantile.
    spread = critical_value() * (1 + 2.5 / (count - 1)) * fitted.error * ahead
    value = -fitted.value * ahead
    improving = f"{curve.series.name} still improves where the run ends"
    return Measurement(
        STILL_TO_COME.name,
        Subject(run=curves.run),
        value,
        len(curve),
        (value - spread, value + spread) if len(calm) >= SHORTEST else None,
        details={
            "metric": curve.series.name,
            "end": float(curve.trend[-1]),
            "rate": course,
        },
        figure=curve_figure(
            improving if value > spread else "The end of the run",
            "The logged points, pale, and their moving average; what is right of the mark tells how "
            "the run would go on.",
            "step",
            curve.series.metric,
            drawn(curve),
            [(float(curve.steps[-count]), "the slope is taken from here")],
        ),
    )
