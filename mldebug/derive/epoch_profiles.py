"""What a series does within each epoch, and whether the learning rate goes round and round."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.learning_curves import LearningCurves
    from mldebug.derive.logged_points import LoggedPoints

FEWEST_POINTS, FEWEST_EPOCHS = 4, 7
MOST_PARTS = 64
CYCLES, NO_CHANGE = 3, 1e-4


def epoch_profiles(points: LoggedPoints, length: float) -> np.ndarray | None:
    """What a series does within each epoch, apart from its trend.

    Parameters
    ----------
    points : LoggedPoints
        Of the series.
    length : float
        Steps per epoch.

    Returns
    -------
    numpy.ndarray of shape (n_epochs, n_parts), dtype float64, or None
        The points less the moving average over one epoch, as means of at most `MOST_PARTS` parts;
        None with too few epochs or too few points in one. The first epoch is left out. O(n).
    """
    import numpy as np

    from mldebug.stats.curves import trend

    n = len(points.values)
    place = (points.steps - points.steps[0]) / length
    an_epoch = n / (place[-1] + place[-1] / max(n - 1, 1)) if n > 1 and place[-1] > 0 else 0.0
    if an_epoch < FEWEST_POINTS or place[-1] < FEWEST_EPOCHS:
        return None
    window = 2 * round(an_epoch / 2) + 1
    # At the ends the average is over less than an epoch; in the first one the loss falls too fast.
    kept = slice(window // 2 + round(an_epoch), n - window // 2)
    residuals = (points.values - trend(points.values, window))[kept]
    place = place[kept] - place[kept][0]
    parts = int(min(an_epoch, MOST_PARTS))
    cell = np.floor(place * parts + 1e-6).astype(np.int64)
    epochs = int((cell[-1] + 1) // parts)
    if epochs < FEWEST_EPOCHS - 2:
        return None
    inside = cell < epochs * parts
    counts = np.bincount(cell[inside], minlength=epochs * parts)
    sums = np.bincount(cell[inside], residuals[inside], epochs * parts)
    return np.asarray((sums / np.maximum(counts, 1)).reshape(epochs, parts))


def cycles(curves: LearningCurves) -> bool:
    """Whether the learning rate rises again and again."""
    import numpy as np

    if curves.rate is None:
        return False
    rate = curves.rate.values
    changes = np.diff(rate)
    directions = np.sign(changes[np.abs(changes) > NO_CHANGE * rate.max()])
    return int(((directions[1:] > 0) & (directions[:-1] < 0)).sum()) >= CYCLES
