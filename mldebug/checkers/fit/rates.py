"""What the learning rate of a run says about the end of its loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mldebug.derive.learning_curves import Curve

RESTARTED = 1.1
"""Learning rates that differ by less than this factor are the same."""


def restarts(rate: Curve | None, best: float) -> bool:
    """Whether the learning rate is higher at the end than at the best step, but no news."""
    import numpy as np

    if rate is None:
        return False
    then = float(np.interp(best, rate.steps, rate.values))
    before = rate.values[rate.steps <= best]
    end = float(rate.values[-1])
    return bool(end > RESTARTED * then and len(before) and before.max() > end / RESTARTED)


def rate_left(rate: Curve | None, since: float) -> tuple[float, str]:
    """The learning rate at the end as a share of its mean since a step, at most 1."""
    import numpy as np

    if rate is None:
        return 1.0, "not logged"
    end = float(rate.values[-1])
    mean = float(np.mean(rate.values[rate.steps >= min(since, rate.steps[-1])]))
    left = min(end / mean, 1.0) if mean > 0 else 1.0
    return max(left, 0.0), "decayed" if left < 1 / RESTARTED else "constant"
