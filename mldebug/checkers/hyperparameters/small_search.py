"""Configurations tried for each setting that a search varied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.arms import Arms

FEWEST = 3
"""Two configurations are a comparison, not a search."""
TRIALS_PER_SETTING = Quantity(
    name="hyperparameters.trials_per_setting",
    unit="configurations",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The configurations that were tried, over the settings that differ among them. Settings that "
        "always change together are one, repeats with another seed are one configuration. Not told "
        f"of fewer than {FEWEST} configurations."
    ),
    source="Loeppky, Sacks & Welch 2009: ten for each dimension",
    details={
        "tried": "the number of configurations",
        "settings": "the number of settings that were varied",
        "names": "their names",
    },
)


@checker(TRIALS_PER_SETTING)
def small_search(arms: Arms) -> Iterator[Measurement]:
    """How many configurations were tried for each setting that varies."""
    tried, varied = len(arms.arms), len(arms.varying)
    if tried < FEWEST:
        told = "one configuration" if tried == 1 else f"{tried} configurations"
        raise Unavailable(f"the runs have {told}, which is no search")
    if not varied:
        raise Unavailable("no setting was logged that differs between the runs")
    yield Measurement(
        TRIALS_PER_SETTING.name,
        Subject(),
        tried / varied,
        arms.n_trials,
        details={
            "tried": tried,
            "settings": varied,
            "names": ", ".join(" with ".join(group) for group in arms.varying),
        },
    )
