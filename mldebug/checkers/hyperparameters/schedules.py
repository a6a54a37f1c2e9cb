"""How the learning rate of a run begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import Curve
    from mldebug.derive.run_settings import RunSettings

PEAK, HALFWAY = 0.99, 0.25


def origin(rate: Curve) -> float:
    """The learning rate at step 0, on a straight line through the first two that were logged."""
    slope = float(rate.values[1] - rate.values[0]) / float(rate.steps[1] - rate.steps[0])
    return float(rate.values[0]) - max(slope * float(rate.steps[0]), 0.0)


def even_rise(rate: Curve, settings: RunSettings) -> tuple[float, float]:
    """Where the first even rise of the rate ends, and the share of the planned run before it."""
    import numpy as np

    peak = int((rate.values >= PEAK * rate.values.max()).argmax())
    rising = rate.values[: peak + 1]
    # A search for a rate multiplies it at each step, so that it is low for most of its course.
    even = rising[len(rising) // 2] >= HALFWAY * rising[-1] if peak > 1 else True
    if not even or bool((np.diff(rising) < 0).any()):
        return float(rate.steps[0]), 0.0
    planned = max(_end_of_decay(rate), float(settings.value("steps") or 0.0))
    epochs, held = settings.value("epochs"), rate.series.epochs
    if epochs and held is not None and float(held[-1]) > 0:
        planned = max(planned, float(rate.series.steps[-1]) * float(epochs) / float(held[-1]))
    step = float(rate.steps[peak])
    return step, step / planned if planned > 0 else 0.0


def _end_of_decay(rate: Curve) -> float:
    """The step at which the rate would be at 0 if it went on as it fell last; else the last step.

    A run that was stopped before had a longer one planned, of which its warm-up was a part.
    """
    back = max(len(rate) // 20, 1)
    gone = float(rate.steps[-1] - rate.steps[-1 - back])
    fell = float(rate.values[-1 - back] - rate.values[-1])
    last = float(rate.steps[-1])
    return last + max(float(rate.values[-1]), 0.0) * gone / fell if fell > 0 else last
