"""The noise of the scores of compared configurations, told from their seeds or their folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mldebug.checker import Unavailable, derived
from mldebug.derive.arms import Arms

if TYPE_CHECKING:
    import numpy as np

    from mldebug.stats.selection import Noise

NOT_REPEATED = (
    "no configuration was run with a second seed, and the scores of single folds were not logged, so "
    "the noise of a score cannot be told"
)


@dataclass(frozen=True, slots=True)
class ArmNoise:
    """The noise of a score, and how well it averages out in each configuration.

    Parameters
    ----------
    noise : Noise
        Of one repeat.
    source : {"seeds", "folds"}
        What was repeated.
    means : numpy.ndarray of shape (n_arms,), dtype float64
        Of the configurations, turned so that more is better; the best first.
    repeats : numpy.ndarray of shape (n_arms,), dtype float64
        Behind each mean.
    """

    noise: Noise
    source: Literal["seeds", "folds"]
    means: np.ndarray
    repeats: np.ndarray

    @property
    def n(self) -> int:
        """All scores that were repeated."""
        return int(self.repeats.sum())

    @property
    def errors(self) -> np.ndarray:
        """The standard error of each mean."""
        import numpy as np

        return np.array([self.noise.of_mean(one) for one in self.repeats.tolist()])

    def half_widths(self) -> np.ndarray:
        """Of the 95 % intervals of the differences from the best, each by itself."""
        import numpy as np

        best, *others = self.repeats.tolist()
        apart = [self.noise.of_difference(best, one) for one in others]
        return self.noise.quantile() * np.array(apart)


@derived()
def arm_noise(arms: Arms) -> ArmNoise:
    """The noise of the configurations' scores: between seeds, or else between folds.

    Notes
    -----
    Seeds are pooled over all configurations, those that were run once included in none of it. Folds
    are used where each configuration was scored on equally many.
    """
    import numpy as np

    from mldebug.stats.selection import noise_of_folds, noise_of_seeds

    if len(arms.arms) < 2:
        raise Unavailable("all runs have one configuration, so there is nothing to compare")
    sign = 1.0 if arms.higher else -1.0
    means = np.array([sign * arm.mean for arm in arms.arms])
    noise = noise_of_seeds([[one.value for one in arm.trials] for arm in arms.arms])
    if noise is not None:
        repeats = np.array([float(len(arm.trials)) for arm in arms.arms])
        return ArmNoise(noise, "seeds", means, repeats)
    folds = [arm.trials[0].folds for arm in arms.arms]
    counts = {len(one) for one in folds}
    if counts == {0} or 0 in counts:
        raise Unavailable(NOT_REPEATED)
    if len(counts) > 1 or min(counts) < 2:
        raise Unavailable("the configurations were not scored on the same number of folds")
    told = noise_of_folds(np.asarray(folds, np.float64))
    assert told is not None
    return ArmNoise(told, "folds", means, np.full(len(folds), float(min(counts))))
