"""A training loss that ends above its own lowest level: training that comes apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import checker
from mldebug.checkers.fit.rates import restarts
from mldebug.checkers.fit.run_lines import drawn, loss_of, training_curves
from mldebug.derive.curve_figures import curve_figure, rate_panel
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import Curve, LearningCurves

DIVERGING = Quantity(
    name="fit.divergence",
    unit="relative rise",
    bounds=(0.0, None),
    kind="estimate",
    meaning=(
        "How far the training loss ends above its lowest level, each the mean of 5% of its points "
        "(at least 3), as a share of that level or of a twentieth of its whole fall, whichever is "
        "more. Where the log goes on with values that are not finite, the end is the last value "
        "before them. Lone spikes are left out; 0 where the learning rate went up again to a height "
        "that it had had before (a restart or a cycle)."
    ),
    source="simultaneous intervals over all windows, checked by simulation",
    details={
        "metric": "the name of the training series as logged",
        "best": "the step in the middle of the lowest window",
        "breaks": "how many values that are not finite end the log",
        "restart": "whether the learning rate went up again",
    },
)


@checker(DIVERGING)
def diverging(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The rise of each run's training loss from its lowest level to its end."""
    for curves, train in training_curves(learning_curves):
        yield _measured(curves, train)


def _measured(curves: LearningCurves, train: Curve) -> Measurement:
    import numpy as np

    from mldebug.stats.curve_changes import SIMULTANEOUS, relative_scale, rise_to_end
    from mldebug.stats.curves import long_run_sd, window_of, without_spikes

    breaks = int(np.argmax(np.isfinite(train.series.values[::-1])))
    losses = loss_of(train)
    calm = losses if breaks else without_spikes(losses)
    rise = rise_to_end(calm)
    scale = relative_scale(rise.lowest, float(calm[: window_of(len(calm))].max()), rise.lowest)
    value, interval = rise.value, rise.interval
    last = float(losses[-1]) - rise.lowest
    if breaks and interval and last > value:
        spread = SIMULTANEOUS * long_run_sd(losses[: -window_of(len(losses))])
        value, interval = last, (max(last - spread, interval[0]), last + spread)
    best = float(train.steps[rise.place])
    restart = restarts(curves.rate, best)
    if restart:
        value, interval = 0.0, interval and (0.0, 0.0)
    return Measurement(
        DIVERGING.name,
        Subject(run=curves.run),
        value / scale,
        len(train),
        interval and (interval[0] / scale, interval[1] / scale),
        details={
            "metric": train.series.name,
            "best": best,
            "breaks": breaks,
            "restart": restart,
        },
        figure=curve_figure(
            "Training after its lowest loss",
            "The logged points, pale, and their moving average. A loss that climbs and stays up has "
            "left what it had learnt.",
            "step",
            train.series.metric,
            drawn(train),
            [(best, "lowest level")],
            below=rate_panel(curves.rate),
        ),
    )
