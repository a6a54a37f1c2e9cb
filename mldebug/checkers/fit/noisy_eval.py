"""How much an evaluation swings from one time to the next by chance."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import Any

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.run_lines import PERCENT, drawn
from mldebug.derive.curve_figures import curve_figure
from mldebug.derive.learning_curves import Curve, LearningCurves
from mldebug.derive.logged_points import logged_points
from mldebug.measurement import Measurement, Quantity, Subject

FEWEST = 8
EVALUATION_NOISE = Quantity(
    name="fit.evaluation_noise",
    unit="score, or share of the loss",
    bounds=(0.0, None),
    kind="estimate",
    meaning=(
        "The standard deviation, over the second half of a run's evaluations (at least "
        f"{FEWEST}), of what no smooth curve explains: by second differences. Of a score between 0 "
        "and 1 (or an accuracy in percent) in units of 1; without one, of the loss, as a share of "
        "its level or of its whole fall, whichever is larger."
    ),
    source="Gasser, Sroka & Jennen-Steinmetz 1986",
    details={
        "series": "the series",
        "resolves": "the difference of two evaluations that chance rarely exceeds (5%)",
        "rows": "for an accuracy-like score: how many rows would swing so much by themselves",
    },
)


@checker(EVALUATION_NOISE)
def noisy_eval(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The noise of each run's evaluations."""
    found = [one for curves in learning_curves if (one := _measured(curves)) is not None]
    if not found:
        raise Unavailable(f"no run logged {2 * FEWEST - 1} evaluations")
    yield from found


def _measured(curves: LearningCurves) -> Measurement | None:
    from scipy.stats import chi2

    from mldebug.stats.intervals import LEVEL, critical_value
    from mldebug.stats.series import fast_noise

    score, loss = curves.eval_score, curves.eval
    curve = score if score is not None and _whole(score) else loss or score
    if curve is None:
        return None
    points = logged_points(curve.series)
    later = points.values[len(points.values) // 2 :]
    if len(later) < FEWEST:
        return None
    sd, freedom = fast_noise(later)
    whole = _whole(curve)
    fall = float(curve.trend.max() - curve.trend.min())
    scale = whole or max(abs(float(later.mean())), fall) or 1.0
    value = float(sd) / scale
    upper, lower = (float(chi2.ppf(one, freedom)) for one in ((1 + LEVEL) / 2, (1 - LEVEL) / 2))
    middle = float(later.mean()) / scale
    details = {"series": curve.series.name, "resolves": critical_value() * sqrt(2) * value}
    if whole and value > 0:
        details["rows"] = round(max(middle * (1 - middle), 0.0) / value**2)
    return Measurement(
        quantity=EVALUATION_NOISE.name,
        subject=Subject(run=curves.run),
        value=value,
        n=len(points.values),
        interval=(value * sqrt(freedom / upper), value * sqrt(freedom / lower)),
        details=details,
        figure=_figure(curve, float(sd)),
    )


def _whole(curve: Curve) -> float:
    """What a perfect score is, 1 or 100; 0 if it has no such bounds."""
    low, high = float(curve.values.min()), float(curve.values.max())
    if curve.series.direction != "higher" or low < 0 or high > PERCENT:
        return 0.0
    if high <= 1:
        return 1.0
    return PERCENT if "accuracy" in curve.series.metric else 0.0


def _figure(curve: Curve, sd: float) -> Any:
    from mldebug.stats.intervals import critical_value

    half = critical_value() * sd
    band = {"x": curve.steps, "low": curve.trend - half, "high": curve.trend + half}
    told = "Within the band one evaluation differs from the next by chance."
    return curve_figure(
        "Noise of the evaluation", told, "step", curve.series.metric, drawn(curve), band=band
    )
