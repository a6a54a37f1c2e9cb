"""How far a training loss swings about its course, beyond the noise of its batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.courses import falling_course, rate_rising
from mldebug.derive.curve_figures import curve_figure, line
from mldebug.derive.learning_curves import Curve, LearningCurves
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

FEWEST, PARTS = 40, 10
SLOWEST = 0.25
SWING_AMPLITUDE = Quantity(
    name="fit.swing_amplitude",
    unit="share of the loss",
    bounds=(0.0, None),
    kind="estimate",
    meaning=(
        "The amplitude of a wave with the variance of the training loss about its course, relative "
        "to it: the falling isotonic fit and a moving average over a quarter of the run. Noise that "
        "is new at each point does not count, nor do swings of fewer than 6 points (of a run over "
        "2,000 points, cells) or stretches where the learning rate rises. The interval is over "
        f"{PARTS} parts of the run."
    ),
    source="Box & Jenkins 1976; Cohen et al. 2021",
    details={"series": "the series", "noise": "that of single points, as a share of the loss"},
)


@checker(SWING_AMPLITUDE)
def oscillating(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The swings of each run's training loss."""
    found = [one for curves in learning_curves if (one := _measured(curves)) is not None]
    if not found:
        raise Unavailable(
            f"no run logged its training loss {FEWEST} times while the learning rate did not rise"
        )
    yield from found


def _measured(curves: LearningCurves) -> Measurement | None:
    import numpy as np
    from scipy.stats import t as student

    from mldebug.stats.intervals import LEVEL
    from mldebug.stats.series import swing_products

    curve = curves.train
    if curve is None or len(curve) < FEWEST:
        return None
    kept = ~rate_rising(curves.rate, curve)
    course = falling_course(curve.values, kept, SLOWEST, FEWEST // 4)
    kept &= np.isfinite(course)
    if kept.sum() < FEWEST:
        return None
    residuals = _relative(curve, course, kept)
    told, weights = swing_products(residuals, kept, PARTS)
    variances = told[weights > 0.5]
    count = len(variances)
    if count < PARTS // 2:
        return None
    middle = float(variances.mean())
    half = float(student.ppf((1 + LEVEL) / 2, count - 1) * variances.std(ddof=1) / count**0.5)
    ends = [float(np.sqrt(2 * max(one, 0.0))) for one in (middle - half, middle, middle + half)]
    white = max(float(residuals[kept].var()) - max(middle, 0.0), 0.0)
    return Measurement(
        quantity=SWING_AMPLITUDE.name,
        subject=Subject(run=curves.run),
        value=ends[1],
        n=len(curve),
        interval=(ends[0], ends[2]),
        details={"series": curve.series.name, "noise": white**0.5},
        figure=_figure(curve, course),
    )


def _relative(curve: Curve, course: np.ndarray, kept: np.ndarray) -> np.ndarray:
    import numpy as np

    from mldebug.stats.series import relative_scale

    level = np.where(kept, course, 1.0)
    return np.where(kept, (curve.values - level) / relative_scale(level, curve.trend), 0.0)


def _figure(curve: Curve, course: np.ndarray) -> Any:
    lines = [
        line(curve.series.name, curve.steps, curve.values),
        line("its course", curve.steps, course, "trend"),
    ]
    told = "The loss, and the course about which it swings."
    return curve_figure("Swings of the training loss", told, "step", curve.series.metric, lines)
