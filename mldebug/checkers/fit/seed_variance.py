"""The lead of the best of several configurations against what another seed changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import Unavailable, checker
from mldebug.derive.arm_figures import arms_figure
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.arm_noise import ArmNoise
    from mldebug.derive.arms import Arms

MOST_COMPARED = 5
"""More configurations are a search, in which neighbours are alike by nature."""
LARGEST = 100.0
SEEDS_TO_LEAD = Quantity(
    name="fit.seed_noise_to_lead",
    unit="times the lead",
    bounds=(0.0, LARGEST),
    kind="count",
    meaning=(
        "The half-width of the 95% interval of the difference between the two best configurations, "
        "by the spread between seeds of one configuration (pooled over all), over that difference. "
        f"Above 1 the interval holds 0. At most {LARGEST:g}."
    ),
    source="Student's t with the pooled variance; Bouthillier et al. 2021",
    details={
        "compared": f"'few' for up to {MOST_COMPARED} configurations, else 'many'",
        "metric": "the name of the score",
        "best": "the run or the settings with the best mean",
        "second": "those with the second-best",
        "lead": "the difference of their means",
        "noise": "the half-width of its 95% interval",
        "sd": "the standard deviation between seeds",
        "seeds": "the runs of the two configurations",
    },
)


@checker(SEEDS_TO_LEAD)
def seed_variance(arms: Arms, arm_noise: ArmNoise) -> Iterator[Measurement]:
    """What seeds make of the difference between the two best configurations."""
    if arm_noise.source != "seeds":
        raise Unavailable("no configuration was run with a second seed")
    best, second = arms.arms[:2]
    lead = float(arm_noise.means[0] - arm_noise.means[1])
    noise = float(arm_noise.half_widths()[0])
    ratio = noise / lead if lead > 0 else LARGEST if noise > 0 else 0.0
    yield Measurement(
        SEEDS_TO_LEAD.name,
        Subject(),
        min(ratio, LARGEST),
        arm_noise.n,
        details={
            "compared": "few" if len(arms.arms) <= MOST_COMPARED else "many",
            "metric": arms.metric,
            "best": best.label,
            "second": second.label,
            "lead": lead,
            "noise": noise,
            "sd": arm_noise.noise.sd,
            "seeds": len(best.trials) + len(second.trials),
        },
        figure=arms_figure(arms, arm_noise, "The two best, and what another seed changes"),
    )
