"""What eval's own rows teach of its targets, and train's do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.concept_skills import ConceptSkills

WIDER = 1.5
"""Models of other rows of the same tables would differ too: with folds whose models share rows, the
variance is (1/5 + 1/4) / (1/5) times that over rows (Nadeau and Bengio), its root is 1.5."""
FEWEST_COVERED = 0.5
FEWEST_ROWS = 40
CONCEPT_GAP = Quantity(
    name="data.concept_gap",
    unit="difference of skill",
    bounds=(None, None),
    kind="estimate",
    meaning=(
        "How much more models that were fitted on eval know of its targets than models that were "
        "fitted on as many rows of train, recalibrated to eval, on the same rows and out of fold. "
        "Train's rows are drawn to have eval's features, and eval's rows that hardly occur in train "
        "are not compared. Skill is 1 for perfect predictions and 0 for the best constant: the share "
        "of the squared error taken away. The mean of boosting and a linear model, at most 5,000 "
        "rows of eval. Rows of one group are held out together."
    ),
    source="Shimodaira 2000; Nadeau & Bengio 2003",
    details={
        "own": "the skill of the models of eval",
        "learned": "the skill of the models of train",
        "covered": "the share of eval's rows that train covers",
        "undecided": "why it cannot be told, where it cannot",
    },
)


@checker(CONCEPT_GAP, cost="fit")
def concept_shift(concept_skills: ConceptSkills) -> Iterator[Measurement]:
    """The gap between the skills of eval's own models and of train's."""
    import numpy as np

    from mldebug.stats.clusters import error_of_mean, independent_rows
    from mldebug.stats.intervals import normal

    found = concept_skills
    n = len(found.own)
    own, learned = (float(np.mean(one)) if n else 0.0 for one in (found.own, found.learned))
    judged = found.covered >= FEWEST_COVERED and n >= FEWEST_ROWS
    details: dict[str, Any] = {"own": own, "learned": learned, "covered": found.covered}
    if not judged:
        details["undecided"] = (
            f"only {found.covered:.0%} of eval's rows have features that occur in train too"
            if found.covered < FEWEST_COVERED
            else f"{n:,} rows cannot tell"
        )
    gap = own - learned
    yield Measurement(
        quantity=CONCEPT_GAP.name,
        subject=Subject(),
        value=gap,
        n=round(independent_rows(found.own - found.learned, found.groups)) if judged else 0,
        interval=normal(gap, WIDER * error_of_mean(found.own - found.learned, found.groups))
        if judged
        else None,
        details=details,
        figure=_shown(found) if judged else None,
    )


def _shown(found: ConceptSkills) -> dict[str, Any]:
    import numpy as np

    from mldebug.stats.clusters import error_of_mean
    from mldebug.stats.intervals import normal

    items = []
    for label, gains in (("fitted on eval", found.own), ("fitted on train", found.learned)):
        value = float(np.mean(gains))
        low, high = normal(value, error_of_mean(gains, found.groups), bounds=(None, 1.0))
        items.append({"label": label, "value": value, "low": low, "high": high, "series": "plain"})
    return {
        "kind": "intervals",
        "title": "Eval's own rows teach what train's do not",
        "description": "Out-of-sample skill on eval of models fitted on as many rows of either table",
        "x_label": "skill (1 is perfect, 0 is a constant guess)",
        "items": items,
    }
