"""Configurations that cannot be told apart from the best of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import checker
from mldebug.derive.arm_figures import arms_figure
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.arm_noise import ArmNoise
    from mldebug.derive.arms import Arms

MOST_NAMED = 5
TIED = Quantity(
    name="evaluation.tied_with_best",
    unit="configurations",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "How many other configurations have a mean score whose difference from the best lies within "
        "its 95% interval, each taken by itself: of the noise between seeds, else between folds less "
        "what makes a fold hard for all, corrected for the training rows that folds share."
    ),
    source="Student's t with the pooled variance; Nadeau & Bengio 2003 for folds",
    details={
        "compared": "the number of configurations",
        "metric": "the name of the score",
        "best": "the run or the settings with the best mean",
        "tied": f"those that cannot be told apart from it, at most {MOST_NAMED} of them",
        "needed": "the lead over a configuration that can be told, the median over all",
        "source": "'seeds' or 'folds': what the noise was told from",
    },
)


@checker(TIED)
def tied_leaderboard(arms: Arms, arm_noise: ArmNoise) -> Iterator[Measurement]:
    """The number of configurations within noise of the best one."""
    import numpy as np

    widths = arm_noise.half_widths()
    tied = np.flatnonzero(arm_noise.means[0] - arm_noise.means[1:] <= widths)
    yield Measurement(
        TIED.name,
        Subject(),
        float(len(tied)),
        arm_noise.n,
        details={
            "compared": len(arms.arms),
            "metric": arms.metric,
            "best": arms.arms[0].label,
            "tied": "; ".join(arms.arms[place + 1].label for place in tied[:MOST_NAMED].tolist()),
            "needed": float(np.median(widths)),
            "source": arm_noise.source,
        },
        figure=arms_figure(arms, arm_noise, "The best, and those that may be as good"),
    )
