"""What says that a learning rate is too high or too low for what the loss did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from mldebug.checkers.hyperparameters.rates import Rate
from mldebug.derive.learning_curves import LearningCurves

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.learning_curves import Curve
    from mldebug.stats.curve_shapes import LargestRise

APART = 2.0
"""Two runs differ in their rate by this factor at least."""
BETTER = 0.05
"""And the better ends lower by this share."""
RAISED, NEWS = 1.5, 1.1
Known: TypeAlias = tuple[LearningCurves, Rate]


def too_high(
    curves: LearningCurves,
    train: Curve,
    rate: Rate,
    known: Mapping[str, Known],
    climb: LargestRise,
    scale: float,
) -> str:
    """What says that the learning rate is the cause; empty if nothing does."""
    import numpy as np

    raised = False
    if curves.rate is not None:
        held, steps = curves.rate.values, curves.rate.steps
        then, now = np.interp(train.steps[[climb.start, climb.stop]], steps, held)
        before = float(held[steps <= train.steps[climb.start]].max(initial=0.0))
        if now > NEWS * then and now < NEWS * before:
            return ""
        # A search for a rate raises it to the end, until the loss explodes: that is its purpose.
        raised = bool(now > RAISED * then and held.argmax() < len(held) - 1)
    if rate.value > rate.highest:
        return f"{rate.optimizer or 'training'} seldom stands more than {rate.highest:.2g}"
    certain = climb.interval is not None and climb.interval[0] > 0
    other = rival(rate, known, scale, higher=False) if certain else None
    if other is not None:
        return f"{other.run}, with {other.value:.2g} and all else the same, ends lower"
    return "it climbs while the rate does" if raised else ""


def too_low(rate: Rate, known: Mapping[str, Known], scale: float) -> str:
    """What says that the learning rate is too low; empty if nothing does."""
    if rate.value <= rate.lowest:
        return f"{rate.optimizer} seldom needs less than {rate.lowest:.2g}"
    other = rival(rate, known, scale, higher=True)
    if other is not None:
        return f"{other.run}, with {other.value:.2g} and all else the same, ends lower"
    return ""


def rival(rate: Rate, among: Mapping[str, Known], scale: float, *, higher: bool) -> Rate | None:
    """The run that differs in a higher (or a lower) rate alone and ends clearly lower, the best one."""
    others = [
        other
        for _, other in among.values()
        if rate.alike
        and other.alike == rate.alike
        and (other.value >= APART * rate.value if higher else other.value <= rate.value / APART)
        and other.end is not None
        and rate.end is not None
        and rate.end - other.end > BETTER * scale
    ]
    return min(others, key=_end, default=None)


def _end(rate: Rate) -> float:
    return rate.end or 0.0


def summed_rate(curves: LearningCurves, train: Curve) -> np.ndarray:
    """The learning rate summed up to each point of the curve; the steps where it was not logged."""
    import numpy as np

    if curves.rate is None or not (curves.rate.values >= 0).all():
        return train.steps
    rate = np.interp(train.steps, curves.rate.steps, curves.rate.values)
    passed = np.diff(train.steps) * (rate[1:] + rate[:-1]) / 2
    summed = np.concatenate([np.zeros(1), np.cumsum(passed)])
    return np.asarray(summed) if summed[-1] > 0 else train.steps
