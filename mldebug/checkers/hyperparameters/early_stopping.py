"""Early stopping that cannot do what it is for: it watches, waits or keeps the wrong thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Run
from mldebug.checker import Unavailable, checker
from mldebug.checkers.fit.run_lines import course_of_training, drawn, judged_pair, loss_of
from mldebug.checkers.hyperparameters.stopping import End, ends, monitored, worsens
from mldebug.derive.curve_figures import curve_figure
from mldebug.derive.learning_curves import LearningCurves
from mldebug.derive.run_settings import RunSettings
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import Curve

WORSE, CLEARLY_WORSE = 0.01, 0.10
TOLD = ("patience", "monitor", "keep_best", "early_stopping", "epochs", "steps", "rounds")
STOPPING_FAULTS = Quantity(
    name="hyperparameters.early_stopping_faults",
    unit="faults",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "How many of these hold of a run with evaluation: what is watched is of training data; the "
        "worse direction is taken for the better; the end is kept though evaluation has become more "
        f"than {WORSE:.0%} worse, beyond noise; nothing could stop the run, nor is the best kept, "
        f"and evaluation has become more than {CLEARLY_WORSE:.0%} worse by its planned end; the "
        "patience ran out while the slopes of the last quarter (beyond noise) and of the last eighth "
        "promised more than 1% for another tenth of the run."
    ),
    source="Prechelt 1998, Early stopping - but when?",
    details={"faults": "what is wrong, in words", "patience": "the patience told, or None"},
)


@checker(STOPPING_FAULTS)
def early_stopping(
    runs: tuple[Run, ...],
    learning_curves: tuple[LearningCurves, ...],
    run_settings: tuple[RunSettings, ...],
) -> Iterator[Measurement]:
    """The faults of each run's early stopping."""
    held = {run.name: (run, told) for run, told in zip(runs, run_settings, strict=True)}
    found = [
        (curves, *held[curves.run])
        for curves in learning_curves
        if judged_pair(curves)[1] and any(name in held[curves.run][1] for name in TOLD)
    ]
    if not found:
        raise Unavailable("no run logged an evaluation and what was to stop its training")
    for curves, run, settings in found:
        train, evaluated = judged_pair(curves)
        assert evaluated is not None
        end = ends(evaluated, settings, run.tracker)
        faults = [*_of_settings(run, settings), *_of_end(end, train, evaluated)]
        yield Measurement(
            STOPPING_FAULTS.name,
            Subject(run=run.name),
            float(len(faults)),
            len(evaluated),
            details={"faults": "; ".join(faults), "patience": end.patience},
            figure=curve_figure(
                "Evaluation and where it was best",
                "Early stopping should end a run soon after the mark and keep the model of that step.",
                "step",
                evaluated.series.metric,
                drawn(evaluated),
                [(float(evaluated.steps[int(loss_of(evaluated).argmin())]), "best evaluation")],
            ),
        )


def _of_settings(run: Run, settings: RunSettings) -> Iterator[str]:
    """What is wrong with what is watched."""
    series, goal = monitored(run, settings), settings.value("goal")
    if series is not None and series.split == "train":
        yield f"it watches {series.name}, which is of training data"
    if series is not None and goal and series.direction and goal != series.direction:
        yield f"it takes the {goal} {series.name} for the better one"


def _of_end(end: End, train: Curve | None, evaluated: Curve) -> Iterator[str]:
    """What is wrong with where the run ended."""
    rise, share = worsens(evaluated)
    if share > WORSE and course_of_training(train, evaluated, rise) != "rises":
        if end.acts and end.keeps is False:
            yield f"it keeps the last model, though evaluation was {share:.0%} better before"
        elif not end.acts and not end.keeps and end.planned and share > CLEARLY_WORSE:
            held = "no early stopping is on record"
            if end.patience:
                held = f"a patience of {end.patience:.0f} is longer than the run"
            yield f"{held} and the best model is not kept, while evaluation got {share:.0%} worse"
    if end.stopped and end.still_falling:
        yield f"a patience of {end.patience:.0f} ended the run while evaluation still fell"
