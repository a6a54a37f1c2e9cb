"""Models chosen by the score that is also reported, without another set of data to report on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.arms import Arms

CHOSEN_BY = Quantity(
    name="leakage.chosen_by_reported_score",
    unit="configurations",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The configurations among which one can be chosen by a score, where no run logged a score on "
        "data that took no part in the choice. Runs that differ in the seed alone are one. 0 where a "
        "score on test data was logged beside that of evaluation."
    ),
    source="Dwork et al. 2015; Cawley & Talbot 2010",
    details={
        "metric": "the name of the score",
        "kind": "'runs', or 'trials' of a search, whose tool keeps no other score",
        "where": "the data that the score was computed on",
        "best": "the run or the settings with the best score",
        "optimism": "the expected lead of the luckiest of so many, in standard deviations of noise",
    },
)


@checker(CHOSEN_BY)
def reused_eval_set(arms: Arms) -> Iterator[Measurement]:
    """How many configurations were compared by the very score that is reported."""
    from mldebug.stats.selection import expected_maximum

    where = {"eval": "evaluation data", "test": "test data"}.get(arms.split, "its own folds")
    yield Measurement(
        CHOSEN_BY.name,
        Subject(),
        0 if arms.tested else len(arms.arms),
        arms.n_trials,
        details={
            "metric": arms.metric,
            "kind": "runs" if arms.split else "trials",
            "where": where,
            "best": arms.arms[0].label,
            "optimism": expected_maximum(len(arms.arms)),
        },
    )
