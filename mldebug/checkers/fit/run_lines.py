"""What several checkers of a run's course read off its curves, and how they draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mldebug.checker import Unavailable
from mldebug.derive.curve_figures import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np

    from mldebug.artefacts import Series
    from mldebug.derive.learning_curves import Curve, LearningCurves
    from mldebug.stats.curve_changes import Rise

PERCENT = 100.0
SHARED = 0.5
"""Where training rises by this share of what evaluation rises, the run diverges."""
CLASSES = ("num_classes", "n_classes", "num_labels", "nclass", "classes")
CERTAIN = 3.0
"""Standard errors beyond which a rise of training is no accident."""


def loss_of(curve: Curve) -> np.ndarray:
    """The values of a curve such that lower is better.

    A score is turned into its shortfall from 1, or from 100 if it is told in percent; a score with
    another range changes its sign.
    """
    return as_loss(curve.series, curve.values)


def as_loss(series: Series, values: np.ndarray) -> np.ndarray:
    """Values of a series such that lower is better; see `loss_of`."""
    if series.direction != "higher":
        return values
    low, high = float(values.min()), float(values.max())
    if low < 0 or high > PERCENT:
        return -values
    if high <= 1:
        return 1 - values
    return PERCENT - values if "accuracy" in series.metric or low > 1 else -values


def judged_pair(curves: LearningCurves) -> tuple[Curve | None, Curve | None]:
    """The curves of training and of evaluation that tell how a run fits: of the loss, or a score."""
    if curves.eval is not None:
        return curves.train, curves.eval
    if curves.eval_score is not None:
        return curves.train_score or curves.train, curves.eval_score
    return curves.train, None


def training_curve(curves: LearningCurves) -> Curve | None:
    """The curve of the training loss, or of a training score where no loss was logged."""
    return curves.train or curves.train_score


def training_curves(
    learning_curves: Sequence[LearningCurves],
) -> list[tuple[LearningCurves, Curve]]:
    """The runs that logged a training curve, each with it.

    Raises
    ------
    Unavailable
        There is none.
    """
    found = [(one, curve) for one in learning_curves if (curve := training_curve(one)) is not None]
    if not found:
        raise Unavailable("no run logged a loss or a score of training data")
    return found


def evaluation_curves(
    learning_curves: Sequence[LearningCurves],
) -> list[tuple[LearningCurves, Curve | None, Curve]]:
    """The runs that logged an evaluation curve, each with the curve of training and with it.

    Raises
    ------
    Unavailable
        There is none.
    """
    pairs = [(one, *judged_pair(one)) for one in learning_curves]
    found = [(one, train, curve) for one, train, curve in pairs if curve is not None]
    if not found:
        raise Unavailable("no run logged a loss or a score of evaluation data")
    return found


def drawn(curve: Curve | None, raw: bool = True) -> Iterator[dict[str, Any]]:
    """The lines of a curve in a figure: as it was logged, and its trend."""
    if curve is None:
        return
    if raw:
        yield line(curve.series.name, curve.steps, curve.values, "raw")
    yield line(f"{curve.series.name}, trend", curve.steps, curve.trend, "trend")


def mean_between(curve: Curve, values: np.ndarray, first: float, last: float) -> tuple[float, int]:
    """The mean of the values at the steps from first to last, and of how many points.

    Where none lies there, the value in the middle between its neighbours, as of one point.
    """
    import numpy as np

    inside = (curve.steps >= first) & (curve.steps <= last)
    count = int(inside.sum())
    if count:
        return float(values[inside].mean()), count
    return float(np.interp((first + last) / 2, curve.steps, values)), 1


def course_of_training(train: Curve | None, evaluated: Curve, rise: Rise) -> str:
    """Whether the training loss rises too from evaluation's best step to its end."""
    from mldebug.stats.curve_changes import relative_scale
    from mldebug.stats.curves import long_run_sd, window_of, without_spikes

    if train is None:
        return "not logged"
    width = min(window_of(len(evaluated)), len(evaluated))
    low = max(rise.place - width // 2, 0)
    calm = without_spikes(loss_of(train))
    then, before = mean_between(
        train, calm, evaluated.steps[low], evaluated.steps[min(low + width, len(evaluated)) - 1]
    )
    now, after = mean_between(train, calm, evaluated.steps[-width], evaluated.steps[-1])
    error = long_run_sd(calm) * (1 / before + 1 / after) ** 0.5
    theirs = rise.value / relative_scale(rise.lowest, rise.lowest, rise.lowest)
    ours = (now - then) / relative_scale(then, float(calm[0]), float(calm.min()))
    return "rises" if now - then > CERTAIN * error and ours > SHARED * theirs else "falls"


def best_of(score: Curve | None) -> float:
    """The best that a score can be: 1, or 100 if it is told in percent; 1 for a loss."""
    return PERCENT if score is not None and score.values.max() > 1 else 1.0


def classes_of(config: Mapping[str, Any]) -> int:
    """The number of classes that a configuration tells; 0 if it does not."""
    for name, value in config.items():
        if name.lower().rsplit(".", 1)[-1] in CLASSES and isinstance(value, int):
            return int(value)
    return 0
