"""The learning rates of runs, and those that are usual for their optimizers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.checkers.fit.run_lines import loss_of, training_curve

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import LearningCurves
    from mldebug.derive.run_settings import RunSettings

ADAM = frozenset(("adam", "adamw", "nadam", "nadamw", "radam", "adamax", "rmsprop"))
USUAL: Mapping[str, tuple[float, float]] = {
    "adam": (1e-5, 1e-2),
    "sgd": (1e-3, 2.0),
    "lion": (1e-6, 1e-3),
    "": (0.0, 1.0),
}
"""From the lowest to the highest rate that trains ordinary models; for gradient descent of the rate
over 1 less the momentum; of an optimizer that is not told the highest alone."""
RANGES = (
    "1e-5 to 1e-2 for Adam and its kin, 1e-3 to 2 for gradient descent (over 1 less the momentum), "
    "1e-6 to 1e-3 for Lion, at most 1 where the optimizer is not told"
)
INCIDENTAL = re.compile(r"seed|random_state|name|(^|_)id$|dir|path|time|date|host|notes?$|tags?$")


@dataclass(frozen=True, slots=True)
class Rate:
    """The highest learning rate of a run, and how it compares with what is usual.

    ``lowest`` and ``highest`` bound the usual ones for this run's optimizer and momentum; ``alike`` is
    what runs share that differ in their rate alone, empty where the settings do not name the rate;
    ``end`` is the level of training at the end.
    """

    run: str
    value: float
    optimizer: str
    lowest: float
    highest: float
    alike: str
    end: float | None


def rates(
    curves: Iterable[LearningCurves], settings: Iterable[RunSettings]
) -> dict[str, tuple[LearningCurves, Rate]]:
    """The runs that have a training curve and a learning rate, by name."""
    told = {one.run: one for one in settings}
    found = {}
    for one in curves:
        held = told[one.run]
        value = float(one.rate.values.max()) if one.rate else held.value("learning_rate")
        if value and value > 0 and training_curve(one) is not None:
            found[one.run] = (one, _rate(one, held, float(value)))
    return found


def _rate(curves: LearningCurves, settings: RunSettings, value: float) -> Rate:
    from mldebug.stats.curves import end_level

    optimizer = settings.value("optimizer") or ""
    family = "adam" if optimizer in ADAM else optimizer if optimizer in USUAL else ""
    low, high = USUAL[family]
    momentum = settings.value("momentum") or 0.0
    left = 1 - momentum if family == "sgd" and 0 <= momentum < 1 else 1.0
    own = {settings.key("learning_rate"), settings.key("seed")}
    train = training_curve(curves)
    shared = [
        f"{name}={setting}"
        for name, setting in sorted(curves.config.items())
        if name not in own and not INCIDENTAL.search(name.lower())
    ]
    alike = "\n".join([train.series.metric if train else "", *shared])
    end = end_level(loss_of(train)).value if train else None
    if not settings.key("learning_rate"):
        alike = ""
    return Rate(curves.run, value, optimizer, low * left, high * left, alike, end)
