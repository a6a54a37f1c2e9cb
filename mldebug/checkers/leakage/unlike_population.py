"""Whether a model of all features can tell eval's rows from those of the stated population."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.domain_scores import DomainScores

POPULATION_AUC = Quantity(
    name="leakage.population_auc",
    unit="AUC",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "How often a classifier of all features gives a row of the reference table a higher chance "
        "of being from there than a row of eval: .5 if the two are alike, 1 if it always can tell. "
        "Out-of-fold scores of boosting and a linear model, averaged and ranked within each of five "
        "folds; at most 10,000 rows of each. Dates, identifiers, the groups and the target are left "
        "out."
    ),
    source="Kapoor & Narayanan 2023, kind L3.3; Lopez-Paz & Oquab 2017, arXiv:1610.06545",
    details={"columns": "the columns that the classifier's scores go with, at most three"},
)


@checker(POPULATION_AUC, cost="fit")
def unlike_population(population_scores: DomainScores) -> Iterator[Measurement]:
    """The area under the curve of the classifier that tells the reference table from eval."""
    from mldebug.derive.told_apart import area, scores_drawn, used_columns

    value, interval = area(population_scores)
    yield Measurement(
        quantity=POPULATION_AUC.name,
        subject=Subject(),
        value=value,
        n=len(population_scores.first) + len(population_scores.second),
        interval=interval,
        details={"columns": used_columns(population_scores)},
        figure=scores_drawn(population_scores, "eval", "reference"),
    )
