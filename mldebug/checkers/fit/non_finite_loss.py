"""A loss that turned into NaN or infinity and stayed so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Run, Series
from mldebug.checker import Unavailable, checker
from mldebug.derive.curve_figures import curve_figure, line
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

BROKEN_VALUES = Quantity(
    name="fit.broken_values",
    unit="values",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "How many values end the log of a loss, of training or of evaluation, that are NaN or "
        "infinite; of the run's losses the one that has the most. Those that finite values follow do "
        "not count: a step that was skipped for an overflow comes back. Nor does an end that is no "
        "longer than an earlier gap, as NaN may stand for a step at which nothing was evaluated."
    ),
    source="IEEE 754: no sum, mean or update with such a value is a number again",
    details={
        "series": "the loss, as logged",
        "step": "the step of the first of them",
        "last": "the last finite value before them; None where there is none",
    },
)


@checker(BROKEN_VALUES)
def non_finite_loss(runs: tuple[Run, ...]) -> Iterator[Measurement]:
    """The number of values that are not finite at the end of each run's losses. O(n)."""
    logs = [(run, _losses(run)) for run in runs if run.axis == "step"]
    if not any(losses for _, losses in logs):
        raise Unavailable("no run that was given logs a loss by step")
    for run, losses in logs:
        if losses:
            count, series = max(
                ((_broken(one.values), one) for one in losses), key=lambda told: told[0]
            )
            yield _measured(run, series, count)


def _losses(run: Run) -> list[Series]:
    return [one for one in (*run.of_role("loss"), *_errors(run)) if len(one.values)]


def _errors(run: Run) -> Iterator[Series]:
    """The measures of error that a run without a loss was trained by, such as a booster's."""
    if not run.of_role("loss"):
        yield from (one for one in run.of_role("score") if one.direction == "lower")


def _broken(values: np.ndarray) -> int:
    """How many values that are not finite end a series, if these are more than any before."""
    import numpy as np

    finite = np.isfinite(values)
    if finite[-1]:
        return 0
    # The stretches of the one and the other kind in turn; the log may be long, the stretches are few.
    edges = np.flatnonzero(finite[1:] != finite[:-1]) + 1
    lengths = np.diff(edges, prepend=0, append=len(values))
    end = int(lengths[-1])
    return end if end > int(lengths[:-1][-2::-2].max(initial=0)) else 0


def _measured(run: Run, series: Series, count: int) -> Measurement:
    place = len(series.values) - max(count, 1)
    last = float(series.values[place - 1]) if count and place else None
    return Measurement(
        BROKEN_VALUES.name,
        Subject(run=run.name),
        float(count),
        len(series.values),
        details={"series": series.name, "step": int(series.steps[place]), "last": last},
        figure=_figure(series, place) if count and place else None,
    )


def _figure(series: Series, place: int) -> dict[str, Any]:
    return curve_figure(
        "The loss up to where it is no number",
        "The logged points. From the mark on there are none, as the values are NaN or infinite.",
        "step",
        series.metric,
        [line(series.name, series.steps[:place], series.values[:place])],
        [(float(series.steps[place]), "NaN or infinite")],
    )
