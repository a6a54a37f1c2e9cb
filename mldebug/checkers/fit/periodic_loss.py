"""How alike the training loss is in one epoch and in another, apart from its trend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.checker import Unavailable, checker
from mldebug.derive.curve_figures import curve_figure, line
from mldebug.derive.epoch_profiles import (
    FEWEST_EPOCHS,
    FEWEST_POINTS,
    MOST_PARTS,
    cycles,
    epoch_profiles,
)
from mldebug.derive.learning_curves import LearningCurves
from mldebug.derive.logged_points import logged_points, steps_per_epoch
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

EPOCH_CORRELATION = Quantity(
    name="fit.epoch_correlation",
    unit="correlation",
    bounds=(-1.0, 1.0),
    kind="estimate",
    meaning=(
        "The mean correlation, over all pairs of epochs, of the training loss within the one and "
        "within the other, less the moving average over one epoch: the autocorrelation at an "
        f"epoch's length. An epoch of over {MOST_PARTS} points is averaged in that many parts; the "
        "interval is by the jackknife over epochs."
    ),
    source="Box & Jenkins 1976; Efron & Stein 1981",
    details={
        "series": "the series",
        "epochs": "how many whole epochs were compared",
        "undecided": "why it cannot be told",
    },
)


@checker(EPOCH_CORRELATION)
def periodic_loss(learning_curves: tuple[LearningCurves, ...]) -> Iterator[Measurement]:
    """The correlation between epochs of each run whose epochs are known."""
    found = [one for curves in learning_curves if (one := _measured(curves)) is not None]
    if not found:
        raise Unavailable(
            f"no run logged its training loss {FEWEST_POINTS} times an epoch for "
            f"{FEWEST_EPOCHS + 1} epochs, and how long an epoch is"
        )
    yield from found


def _measured(curves: LearningCurves) -> Measurement | None:
    from mldebug.stats.intervals import critical_value
    from mldebug.stats.series import repeated_correlation

    if curves.train is None:
        return None
    points = logged_points(curves.train.series)
    length = steps_per_epoch(points, curves.config)
    profiles = None if length is None else epoch_profiles(points, length)
    if profiles is None:
        return None
    details: dict[str, Any] = {"series": curves.train.series.name, "epochs": len(profiles)}
    value, error = (float(one) for one in repeated_correlation(profiles))
    # The jackknife of few epochs may be low by chance; it is joined with the error of mere noise.
    epochs, parts = profiles.shape
    error = (error**2 + 2 / (epochs * (epochs - 1) * (parts - 1))) ** 0.5
    half = critical_value() * error * (1 + 1.6 / (epochs - 1))
    interval = (max(value - half, -1.0), min(value + half, 1.0))
    cycling = cycles(curves)
    if cycling:
        details["undecided"] = "the learning rate rises and falls as well, and so may the loss"
    return Measurement(
        quantity=EPOCH_CORRELATION.name,
        subject=Subject(run=curves.run),
        value=value,
        n=len(points.values),
        interval=None if cycling else interval,
        details=details,
        figure=_figure(profiles),
    )


def _figure(profiles: np.ndarray) -> Any:
    import numpy as np

    along = (np.arange(profiles.shape[1]) + 0.5) / profiles.shape[1]
    half = len(profiles) // 2
    lines = [
        line("first half of the epochs", along, profiles[:half].mean(axis=0), "raw"),
        line("second half of the epochs", along, profiles[half:].mean(axis=0), "trend"),
    ]
    told = "The loss within an epoch, less its trend, averaged over epochs. Like lines repeat."
    return curve_figure("Within an epoch", told, "epoch", "loss less its trend", lines)
