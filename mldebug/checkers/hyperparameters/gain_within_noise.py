"""The lead of the best of a search over the typical configuration, against the noise of scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import Unavailable, checker
from mldebug.derive.arm_figures import arms_figure
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.arm_noise import ArmNoise
    from mldebug.derive.arms import Arms

FEWEST = 3
"""Two configurations have no typical one."""
LARGEST = 10.0
NOISE_SHARE = Quantity(
    name="hyperparameters.noise_share_of_gain",
    unit="share of the gain",
    bounds=(0.0, LARGEST),
    kind="estimate",
    meaning=(
        "The lead that the best of as many configurations has over the median one if all are equally "
        "good and only noise differs, as a share of the lead that was found. The noise is that between "
        "seeds of one configuration; without seeds that between folds, less what makes a fold hard "
        "for all, and corrected for the training rows that folds share. 1 or more: noise explains all."
    ),
    source="Tippett 1925 (largest of several); Nadeau & Bengio 2003 (folds); chi-square interval",
    details={
        "tried": "the number of configurations",
        "metric": "the name of the score",
        "best": "the run or the settings that won",
        "lead": "by how much it is better than the median configuration",
        "luck": "the lead that noise alone would make",
        "source": "'seeds' or 'folds': what the noise was told from",
    },
)


@checker(NOISE_SHARE)
def gain_within_noise(arms: Arms, arm_noise: ArmNoise) -> Iterator[Measurement]:
    """The share of the winner's lead that noise would make alone."""
    import numpy as np

    from mldebug.stats.selection import expected_maximum

    tried = len(arms.arms)
    if tried < FEWEST:
        raise Unavailable("two configurations are a comparison, not a search")
    lead = float(arm_noise.means[0] - np.median(arm_noise.means))
    error = float(np.sqrt(np.mean(arm_noise.errors**2)))
    luck = error * expected_maximum(tried)
    share = luck / lead if lead > 0 else LARGEST if luck > 0 else 0.0
    ends = [min(share * factor, LARGEST) for factor in arm_noise.noise.factors()]
    yield Measurement(
        NOISE_SHARE.name,
        Subject(),
        min(share, LARGEST),
        arm_noise.n,
        (ends[0], ends[1]),
        details={
            "tried": tried,
            "metric": arms.metric,
            "best": arms.arms[0].label,
            "lead": lead,
            "luck": luck,
            "source": arm_noise.source,
        },
        figure=arms_figure(
            arms, arm_noise, "The winner among the best, and the noise of their scores"
        ),
    )
