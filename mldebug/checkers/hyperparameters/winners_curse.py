"""How much too good the best score of a search is, for having been chosen among many."""

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
TINY = 1e-12
OPTIMISM = Quantity(
    name="hyperparameters.winners_optimism",
    unit="share of the score",
    bounds=(0.0, None),
    kind="estimate",
    meaning=(
        "By how much the score of the best configuration is expected to be better than it would score "
        "again, as a share of that score: the mean noise of the winner when noise is added to the "
        "configurations' true scores, which are the observed ones drawn together by as much as noise "
        "spread them. The noise is that between seeds, else that between folds."
    ),
    source="Smith & Winkler 2006; Cawley & Talbot 2010; simulated, with a chi-square interval",
    details={
        "tried": "the number of configurations",
        "metric": "the name of the score",
        "best": "the run or the settings that won",
        "score": "its mean score, as logged",
        "honest": "the score less the expected optimism",
        "source": "'seeds' or 'folds': what the noise was told from",
    },
)


@checker(OPTIMISM)
def winners_curse(arms: Arms, arm_noise: ArmNoise, seed: int) -> Iterator[Measurement]:
    """The expected optimism of the best of the configurations."""
    from mldebug.stats.selection import optimism

    if len(arms.arms) < FEWEST:
        raise Unavailable("two configurations are a comparison, not a search")
    means, errors = arm_noise.means, arm_noise.errors
    score = arms.arms[0].mean
    scale = max(abs(score), abs(float(means[0] - means[-1])) / 20) or TINY
    told = optimism(means, errors, seed, (1.0, *arm_noise.noise.factors()))
    value, low, high = (max(one / scale, 0.0) for one in told)
    yield Measurement(
        OPTIMISM.name,
        Subject(),
        value,
        arm_noise.n,
        (min(low, value), max(high, value)),
        details={
            "tried": len(arms.arms),
            "metric": arms.metric,
            "best": arms.arms[0].label,
            "score": score,
            "honest": score - told[0] if arms.higher else score + told[0],
            "source": arm_noise.source,
        },
        figure=arms_figure(arms, arm_noise, "The winner's score, and how sure it is"),
    )
