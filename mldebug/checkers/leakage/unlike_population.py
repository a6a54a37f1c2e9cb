"""Whether a model of all features can tell eval's rows from those of the stated population."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import checker
from mldebug.checkers.data.domain_auc import CLASSIFIER, DETAILS, domain_auc
from mldebug.measurement import Measurement, Quantity

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
        + CLASSIFIER
    ),
    source="Kapoor & Narayanan 2023, kind L3.3; Lopez-Paz & Oquab 2017, arXiv:1610.06545",
    details=DETAILS,
)


@checker(POPULATION_AUC, cost="fit")
def unlike_population(population_scores: DomainScores) -> Iterator[Measurement]:
    """The area under the curve of the classifier that tells the reference table from eval."""
    yield domain_auc(POPULATION_AUC, population_scores, "eval", "reference")
