"""The figure of compared configurations: their mean scores with the noise of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mldebug.derive.arm_noise import ArmNoise
    from mldebug.derive.arms import Arms

MOST = 12


def arms_figure(arms: Arms, arm_noise: ArmNoise, title: str) -> dict[str, Any]:
    """The best configurations, each with the 95% interval of its mean, for a drawing.

    Parameters
    ----------
    arms, arm_noise
        As derived.
    title : str
        What is seen.
    """
    reach = arm_noise.noise.quantile() * arm_noise.errors
    items = [
        {
            "label": arm.label,
            "value": arm.mean,
            "low": arm.mean - float(half),
            "high": arm.mean + float(half),
            "series": "eval" if place else "train",
        }
        for place, (arm, half) in enumerate(zip(arms.arms[:MOST], reach[:MOST], strict=True))
    ]
    of = f"{arm_noise.source} of one configuration" if arm_noise.source == "seeds" else "folds"
    return {
        "kind": "intervals",
        "title": title,
        "description": (
            f"The mean score of the {len(items)} best configurations, the winner first, with the 95 % "
            f"interval that the noise between {of} gives it."
        ),
        "x_label": arms.metric,
        "items": items,
    }
