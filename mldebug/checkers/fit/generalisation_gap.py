"""How much better training ends than evaluation: what was learnt by heart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.ends import End, ends
from mldebug.derive.curve_figures import curve_figure, line
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.artefacts import Run
    from mldebug.derive.learning_curves import LearningCurves

GAP = Quantity(
    name="fit.generalisation_gap",
    unit="gap",
    bounds=(None, None),
    kind="estimate",
    meaning=(
        "How much better the training score ends than that of evaluation, each the mean of the last "
        "5% of its points (of a sample-size curve, the largest size); of losses, as a share of the "
        "evaluation loss."
    ),
    source="difference of means; normal interval",
    details={
        "metric": "the name of the evaluation series as logged",
        "trained": "the level of training at the end, in the metric's own unit",
        "evaluated": "the level of evaluation at the end, in the metric's own unit",
        "unit": "'score' or 'loss'",
        "axis": "'step' or 'size'",
    },
)


@checker(GAP)
def generalisation_gap(
    runs: tuple[Run, ...], learning_curves: tuple[LearningCurves, ...] | None = None
) -> Iterator[Measurement]:
    """The gap between training and evaluation at the end of each run."""
    found = [one for one in ends(runs, learning_curves) if one.train is not None]
    if not found:
        raise Unavailable("no run logged one metric of both training and evaluation data")
    for one in found:
        yield _measured(one)


def _measured(one: End) -> Measurement:
    from mldebug.stats.curve_changes import relative_scale
    from mldebug.stats.intervals import normal

    assert one.train is not None
    scale = 1.0 if one.unit == "score" else relative_scale(one.eval, one.first, one.eval)
    value = (one.eval - one.train) / scale
    trained, evaluated = (one.as_logged(level) for level in (one.train, one.eval))
    ends_of = [float(one.steps[0]), float(one.steps[-1])]
    return Measurement(
        GAP.name,
        Subject(run=one.run),
        value,
        one.n,
        normal(value, (one.error**2 + one.train_error**2) ** 0.5 / scale),
        details={
            "metric": one.series,
            "trained": trained,
            "evaluated": evaluated,
            "unit": one.unit,
            "axis": one.group[0],
        },
        figure=curve_figure(
            "Evaluation beside where training ends",
            "What lies between the curve and the line is known of the training data alone.",
            "training rows" if one.group[0] == "size" else "step",
            one.group[1],
            [
                line(one.series, one.steps, one.values),
                line("training at the end", ends_of, [trained] * 2, "reference"),
            ],
        ),
    )
