"""What the beginning of a run costs it: a warm-up that is too long, or one that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.run_lines import drawn
from mldebug.checkers.hyperparameters.schedules import PEAK, even_rise, origin
from mldebug.derive.curve_figures import curve_figure, line
from mldebug.derive.learning_curves import Curve, LearningCurves
from mldebug.derive.run_settings import RunSettings
from mldebug.measurement import Measurement, Quantity, Subject

NOTHING, STARTS_HIGH = 0.02, 0.5
EARLY, DEVIATIONS, CLIMB = 0.10, 6.0, 0.10
SHORTEST = 20
BEGINNING_COST = Quantity(
    name="hyperparameters.beginning_cost",
    unit="share of the run",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "Of a learning rate that rises evenly from nothing: the share of the planned run before it is "
        f"at {PEAK:.0%} of its highest. Of one that starts above half of its highest: the share before "
        "the training loss is back where it started, if it climbs in the first tenth of the run by "
        f"{CLIMB:.0%} and by {DEVIATIONS:g} standard deviations of its noise, and comes back. Else 0, "
        "and for cycles of the rate and searches for a rate. A rate that still falls at the end was "
        "planned to fall to 0."
    ),
    source="Goyal et al. 2017; Liu et al. 2020",
    details={
        "form": "'long' or 'missing': which of both is told; empty if neither",
        "what": "the same in words",
        "step": "where the beginning ends",
        "height": "how far the loss climbs early, as a share of where it started",
    },
)


@checker(BEGINNING_COST)
def warmup(
    learning_curves: tuple[LearningCurves, ...], run_settings: tuple[RunSettings, ...]
) -> Iterator[Measurement]:
    """The share of each run that its beginning costs."""
    told = {one.run: one for one in run_settings}
    known = [(one, one.rate) for one in learning_curves if one.rate and len(one.rate) >= SHORTEST]
    if not known:
        raise Unavailable(f"no run logged {SHORTEST} values of its learning rate")
    for curves, rate in known:
        yield _measured(curves, rate, told[curves.run])


def _measured(curves: LearningCurves, rate: Curve, settings: RunSettings) -> Measurement:
    form, share, step, height = "", 0.0, float(rate.steps[0]), 0.0
    first, highest = origin(rate), float(rate.values.max())
    if highest > 0 and "cyc" not in str(settings.value("schedule")).lower():
        if first <= NOTHING * highest:
            step, share = even_rise(rate, settings)
            form = "long" if share else ""
        elif first >= STARTS_HIGH * highest and curves.train is not None:
            step, share, height = _early_climb(curves.train)
            form = "missing" if share else ""
    what = {
        "long": f"its learning rate rises until step {step:,.0f}",
        "missing": f"without warm-up, its loss climbs by {height:.0%} and is back at step {step:,.0f}",
    }
    return Measurement(
        BEGINNING_COST.name,
        Subject(run=curves.run),
        share,
        len(rate),
        details={"form": form, "what": what.get(form, ""), "step": step, "height": height},
        figure=_figure(curves, rate, step if form else None),
    )


def _early_climb(train: Curve) -> tuple[float, float, float]:
    """Where an early climb of the loss is over, the share of the run until then, and its height."""
    from mldebug.stats.early_climb import early_climb

    found = early_climb(train.values, EARLY, DEVIATIONS, CLIMB)
    length = float(train.steps[-1] - train.steps[0])
    at = float(train.steps[found.back])
    return at, (at - float(train.steps[0])) / length if found.back else 0.0, found.height


def _figure(curves: LearningCurves, rate: Curve, step: float | None) -> Any:
    rates = [line(rate.series.name, rate.steps, rate.values)]
    return curve_figure(
        "The beginning of the run",
        "The training loss and, below it, the learning rate. Marked is where the beginning ends.",
        "step",
        curves.train.series.metric if curves.train else "learning rate",
        list(drawn(curves.train)) or rates,
        [(step, "the beginning ends")] if step is not None else [],
        below={"y": "learning rate", "lines": rates} if curves.train else None,
    )
