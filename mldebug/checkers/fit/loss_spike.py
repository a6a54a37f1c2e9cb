"""How often a loss jumps far above its surroundings and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.spikes import COARSER, FEWEST, MOST_TRIED, spikes_of
from mldebug.derive.curve_figures import curve_figure, line
from mldebug.derive.learning_curves import LearningCurves
from mldebug.derive.logged_points import logged_points, rate_rises
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.artefacts import Series

DEVIATIONS, HEIGHT = 8.0, 0.5
RESTART = 1.5
MOST_MARKS = 8
LOSS_SPIKES = Quantity(
    name="fit.loss_spikes",
    unit="spikes",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        f"Places where the training loss (else that of evaluation) stands {DEVIATIONS:g} robust "
        f"standard deviations and {HEIGHT:.0%} of itself above the medians before and after, point "
        f"by point and as means of {COARSER}, {COARSER**2}, ... points. Where the learning rate "
        f"grows {RESTART:g} times, a warm restart, none is counted."
    ),
    source="median filtering, Tukey 1977",
    details={
        "step": "where the highest is; 0 if there is none",
        "height": "how far it rises, as a share of what the loss was",
        "steps": "where they are, the first eight",
    },
)


@checker(LOSS_SPIKES)
def loss_spike(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The number of spikes of each run's loss."""
    found = [one for curves in learning_curves if (one := _measured(curves)) is not None]
    if not found:
        raise Unavailable(f"no run logged {FEWEST} values of a loss")
    yield from found


def _measured(curves: LearningCurves) -> Measurement | None:
    curve = curves.train or curves.eval
    if curve is None:
        return None
    points = logged_points(curve.series)
    if len(points.values) < FEWEST:
        return None
    spikes = [
        (int(points.steps[first]), height)
        for first, last, reach, height in spikes_of(points.values, DEVIATIONS, HEIGHT)[:MOST_TRIED]
        if not rate_rises(
            curves.rate,
            points.steps[max(first - reach, 0)],
            points.steps[last],
            RESTART,
        )
    ]
    step, height = max(spikes, key=lambda one: one[1], default=(0, 0.0))
    marks = sorted(sorted(spikes, key=lambda one: -one[1])[:MOST_MARKS])
    return Measurement(
        quantity=LOSS_SPIKES.name,
        subject=Subject(run=curves.run),
        value=float(len(spikes)),
        n=len(points.values),
        details={"step": step, "height": height, "steps": [one for one, _ in spikes[:MOST_MARKS]]},
        figure=_figure(curve.series, points.steps, points.values, marks),
    )


def _figure(series: Series, steps: Any, values: Any, marks: list[tuple[int, float]]) -> Any:
    told = "Marked is where the loss stands far above what it was before and after."
    shown = [(at, "spike") for at, _ in marks]
    title = "Spikes of the loss"
    return curve_figure(
        title, told, "step", series.metric, [line(series.name, steps, values)], shown
    )
