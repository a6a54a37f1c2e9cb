"""Whether the evaluation loss improves while the score gets worse, or the reverse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mldebug.checker import Unavailable, checker
from mldebug.derive.curve_figures import curve_figure
from mldebug.derive.learning_curves import Curve, LearningCurves
from mldebug.measurement import Measurement, Quantity, Subject

FEWEST = 16
WINDOW = 0.1
SINCE = (0.25, 0.5, 0.75)
METRIC_DISAGREEMENT = Quantity(
    name="fit.metric_disagreement",
    unit="share of the range",
    bounds=(-1.0, 1.0),
    kind="estimate",
    meaning=(
        "By how much one of the evaluation loss and the evaluation score improves and the other gets "
        "worse, each as a share of the range of its moving average: the smaller of the two, from a "
        "quarter, a half or three quarters of the run (whichever is clearest) to its end, as means "
        f"over {WINDOW:.0%} of the points. Below 0 if they agree. The interval allows for the choice."
    ),
    source="Guo et al. 2017",
    details={
        "step": "from where on",
        "better": "the series that improves",
        "worse": "the series that gets worse",
    },
)


@checker(METRIC_DISAGREEMENT)
def loss_metric_disagree(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The disagreement of loss and score of each run."""
    found = [one for curves in learning_curves if (one := _measured(curves)) is not None]
    if not found:
        raise Unavailable(f"no run logged an evaluation loss and a score {FEWEST} times each")
    yield from found


def _measured(curves: LearningCurves) -> Measurement | None:
    loss, score = curves.eval, curves.eval_score
    if loss is None or score is None or min(len(loss), len(score)) < FEWEST:
        return None
    tried = []
    for since in SINCE:
        (a, error), (b, beside) = (_gain(one, since) for one in (loss, score))
        for which, sign in ((score, 1.0), (loss, -1.0)):
            low = min(-sign * a - error, sign * b - beside)
            high = min(-sign * a + error, sign * b + beside)
            tried.append((low, high, min(-sign * a, sign * b), since, which))
    low, high, value, since, better = max(tried, key=lambda one: one[0])
    worse = loss if better is score else score
    step = round(loss.steps[round(since * (len(loss) - 1))])
    return Measurement(
        quantity=METRIC_DISAGREEMENT.name,
        subject=Subject(run=curves.run),
        value=max(min(value, 1.0), -1.0),
        n=min(len(loss), len(score)),
        interval=(max(low, -1.0), min(high, 1.0)),
        details={"step": step, "better": better.series.name, "worse": worse.series.name},
        figure=_figure(loss, score, step),
    )


def _gain(curve: Curve, since: float) -> tuple[float, float]:
    """How much better the end is, as a share of the range, and the half-width of its interval."""
    from mldebug.stats.intervals import LEVEL, critical_value
    from mldebug.stats.series import mean_and_error

    n = len(curve)
    width = max(round(WINDOW * n), 4)
    middle = min(max(round(since * (n - 1)), width // 2), n - 2 * width + width // 2)
    (before, error), (end, beside) = (
        mean_and_error(curve.values[start : start + width])
        for start in (middle - width // 2, n - width)
    )
    span = float(curve.trend.max() - curve.trend.min()) or 1.0
    sign = 1.0 if curve.series.direction == "higher" else -1.0
    z = critical_value(1 - (1 - LEVEL) / len(SINCE)) * (1 + 2 / width)
    return sign * float(end - before) / span, z * float((error**2 + beside**2) ** 0.5) / span


def _figure(loss: Curve, score: Curve, step: float) -> Any:
    lines = []
    for one, style in ((loss, "trend"), (score, "reference")):
        low, high = float(one.trend.min()), float(one.trend.max())
        scaled = (one.trend - low) / ((high - low) or 1.0)
        lines.append({"name": one.series.name, "x": one.steps, "y": scaled, "style": style})
    told = "Moving averages, each drawn from its lowest to its highest value."
    marks = [(step, "from here on")]
    return curve_figure("Loss and score", told, "step", "share of the range", lines, marks)
