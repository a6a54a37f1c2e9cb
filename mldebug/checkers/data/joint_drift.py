"""Whether a model of all features can tell eval's rows from train's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.checker import checker
from mldebug.checkers.data.domain_auc import CLASSIFIER, DETAILS, domain_auc
from mldebug.measurement import Measurement, Quantity

if TYPE_CHECKING:
    from mldebug.derive.domain_scores import DomainScores

TOLD_APART = Quantity(
    name="data.domain_auc",
    unit="AUC",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "How often a classifier of all features gives a row of eval a higher chance of being from "
        "eval than a row of train: .5 if the two are alike, 1 if it always can tell. " + CLASSIFIER
    ),
    source="Lopez-Paz & Oquab 2017, arXiv:1610.06545; DeLong 1988",
    details=DETAILS,
)


@checker(TOLD_APART, cost="fit")
def joint_drift(split_scores: DomainScores) -> Iterator[Measurement]:
    """The area under the curve of the classifier that tells eval from train."""
    yield domain_auc(TOLD_APART, split_scores, "train", "eval")
