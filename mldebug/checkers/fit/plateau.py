"""How long a loss stands still before it falls on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.courses import rate_drops
from mldebug.checkers.fit.run_lines import drawn
from mldebug.derive.curve_figures import curve_figure
from mldebug.derive.learning_curves import Curve, LearningCurves
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

FEWEST = 20
MOST_POINTS = 400
LEAST_FALL, ABOVE = 0.05, 0.2
NOISY = 10.0
PLATEAU_SHARE = Quantity(
    name="fit.plateau_share",
    unit="share of the run",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The longest stretch of a run in which the moving average of the training loss (else that of "
        f"evaluation) falls by less than {LEAST_FALL:.0%} of its whole fall, while it will later fall "
        f"by {ABOVE:.0%} or more. 0 if the learning rate drops where the stretch ends, which explains "
        f"it, or if the whole fall is within {NOISY:g} standard errors of the average."
    ),
    source="Dauphin et al. 2014; block bootstrap of the residuals",
    details={"series": "the series", "start": "its first step", "stop": "its last step"},
)


@checker(PLATEAU_SHARE)
def plateau(learning_curves: tuple[LearningCurves, ...], seed: int) -> Iterator[Measurement]:
    """The longest plateau of each run's loss."""
    found = [one for curves in learning_curves if (one := _measured(curves, seed)) is not None]
    if not found:
        raise Unavailable(f"no run logged {FEWEST} values of a loss")
    yield from found


def _measured(curves: LearningCurves, seed: int) -> Measurement | None:
    import numpy as np

    from mldebug.stats.curves import bootstrap_interval, noise_sd, trend, window_of
    from mldebug.stats.plateaus import longest_wait
    from mldebug.stats.series import cell_means

    curve = curves.train or curves.eval
    if curve is None or len(curve) < FEWEST:
        return None
    cell = -(-len(curve) // MOST_POINTS)
    steps, values = cell_means(curve.steps, cell), cell_means(curve.values, cell)
    window = window_of(len(values))
    smooth = trend(values, window)

    def wait(resampled: np.ndarray) -> np.ndarray:
        return longest_wait(trend(resampled, window), LEAST_FALL, ABOVE)[0]

    told, first, last = (one[0] for one in longest_wait(smooth[None], LEAST_FALL, ABOVE))
    unclear = smooth[0] - smooth.min() < NOISY * noise_sd(values) / window**0.5
    value, interval = float(told), (0.0, 0.0)
    if unclear or rate_drops(curves.rate, float(steps[first]), float(steps[last])):
        value = 0.0
    else:
        low, high = bootstrap_interval(values, smooth, wait, seed)
        interval = (float(np.clip(low, 0, value)), float(np.clip(high, value, 1)))
    start, stop = round(float(steps[first])), round(float(steps[last]))
    return Measurement(
        quantity=PLATEAU_SHARE.name,
        subject=Subject(run=curves.run),
        value=value,
        n=len(curve),
        interval=interval,
        details={"series": curve.series.name, "start": start, "stop": stop},
        figure=_figure(curve, (start, stop) if value else None),
    )


def _figure(curve: Curve, ends: tuple[float, float] | None) -> Any:
    marks = [] if ends is None else [(ends[0], "stands still"), (ends[1], "falls on")]
    told = "Between the marks the loss hardly falls."
    return curve_figure(
        "The longest plateau", told, "step", curve.series.metric, drawn(curve), marks
    )
