"""A run that ends far below what another run reaches, on its training data too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.ends import End, ends
from mldebug.derive.curve_figures import curve_figure, line
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.artefacts import Run
    from mldebug.derive.learning_curves import LearningCurves

ALIKE = 0.05
"""Training and evaluation that end within this of each other are alike."""
MANY = 5
"""More other runs than this are a search, in which most runs are meant to be worse than the best."""
ALONE = (
    "a flat curve alone cannot show whether a better learner would do better; give the run of one "
    "beside it"
)
SHORTFALL = Quantity(
    name="fit.shortfall",
    unit="shortfall",
    bounds=(0.0, None),
    kind="estimate",
    meaning=(
        "How far the evaluation score of a run ends below that of the best other run with the same "
        "metric, each the mean of the last 5% of its points (of a sample-size curve, the largest "
        "size); of losses, relative to the better one. 0 where training ends more than "
        f"{ALIKE:.2f} better than evaluation: that is no underfitting."
    ),
    source="difference of means; normal interval",
    details={
        "metric": "the name of the evaluation series as logged",
        "end": "the last level of evaluation as logged",
        "best": "the name of the best other run",
        "best_end": "that run's last level",
        "gap": "how much better training ends than evaluation; None if it was not logged",
        "worse": "by how much it ends worse, in words",
        "unit": "'score', 'loss', or 'search' where more than five other runs are compared",
        "undecided": "why a single run cannot be judged",
    },
)


@checker(SHORTFALL)
def underfitting(
    runs: tuple[Run, ...], learning_curves: tuple[LearningCurves, ...] | None = None
) -> Iterator[Measurement]:
    """The shortfall of each run against the best other run with the same metric."""
    found = list(ends(runs, learning_curves))
    if not found:
        raise Unavailable("no run logged a loss or a score of evaluation data")
    for one in found:
        others = [other for other in found if other is not one and other.group == one.group]
        best = min(others, key=lambda other: other.eval, default=None)
        yield _alone(one) if best is None else _compared(one, best, len(others))


def _details(one: End, best: End | None) -> dict[str, Any]:
    return {
        "metric": one.series,
        "end": float(one.values[-1]),
        "best": best.run if best else "",
        "best_end": float(best.values[-1]) if best else None,
        "gap": None if one.train is None else one.eval - one.train,
        "unit": one.unit,
    }


def _alone(one: End) -> Measurement:
    details = {**_details(one, None), "undecided": ALONE}
    return Measurement(SHORTFALL.name, Subject(run=one.run), 0.0, 0, None, details=details)


def _compared(one: End, best: End, others: int) -> Measurement:
    from mldebug.stats.curve_changes import relative_scale
    from mldebug.stats.intervals import normal

    score = one.unit == best.unit == "score"
    scale = 1.0 if score else relative_scale(best.eval, 0.0, 0.0)
    value = max((one.eval - best.eval) / scale, 0.0)
    interval = normal(value, (one.error**2 + best.error**2) ** 0.5 / scale, bounds=(0.0, None))
    if one.train is not None and (one.eval - one.train) / scale > ALIKE:
        value, interval = 0.0, (0.0, 0.0)
    figure = curve_figure(
        "This run beside the best other one",
        "Evaluation as it was logged. A run that stays below another from early on lacks the means "
        "to learn what is there.",
        "training rows" if one.group[0] == "size" else "step",
        one.series,
        [line(end.run, end.steps, end.values) for end in (one, best)],
    )
    unit = "search" if others > MANY else "score" if score else "loss"
    worse = f"{100 * value:.1f} points" if score else f"{value:.1%}"
    details = {**_details(one, best), "unit": unit, "worse": worse}
    subject = Subject(run=one.run)
    return Measurement(SHORTFALL.name, subject, value, one.n, interval, None, details, None, figure)
