"""Whether a model of all features can tell eval's rows from train's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.domain_scores import DomainScores

TOLD_APART = Quantity(
    name="data.domain_auc",
    unit="AUC",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "How often a classifier of all features gives a row of eval a higher chance of being from "
        "eval than a row of train: .5 if the two are alike, 1 if it always can tell. Out-of-fold "
        "scores of boosting and a linear model, averaged and ranked within each of five folds; at "
        "most 10,000 rows of each. Dates, identifiers, the groups and the target are left out."
    ),
    source="Lopez-Paz & Oquab 2017, arXiv:1610.06545; DeLong 1988",
    details={"columns": "the columns that the classifier's scores go with, at most three"},
)


@checker(TOLD_APART, cost="fit")
def joint_drift(split_scores: DomainScores) -> Iterator[Measurement]:
    """The area under the curve of the classifier that tells eval from train."""
    from mldebug.derive.told_apart import area, scores_drawn, used_columns

    value, interval = area(split_scores)
    yield Measurement(
        quantity=TOLD_APART.name,
        subject=Subject(),
        value=value,
        n=len(split_scores.first) + len(split_scores.second),
        interval=interval,
        details={"columns": used_columns(split_scores)},
        figure=scores_drawn(split_scores, "train", "eval"),
    )
