"""Labels that are wrong, beyond what is random given the features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table, Target
from mldebug.checker import checker
from mldebug.checkers.labels.doubtful_labels import SHOWN, doubtful_labels, doubtful_rows
from mldebug.derive.label_noise import CONVINCING, DECIDED, NEARLY, STRONG
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.label_noise import LabelNoise

DOUBTED = 0.5
"""A label is listed as wrong if it is likelier wrong than right."""
LABEL_ERROR_SHARE = Quantity(
    name="labels.error_share",
    unit="share of labels",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The share of labels that were exchanged for another, whatever the features say: the floor "
        "under the rate at which labels contradict out-of-sample predictions, however sure these "
        "are. Labels that are random given the features contradict sure predictions ever more "
        "rarely, and do not count. By maximum likelihood from the predictions of boosting and a "
        "linear model of at most 20,000 rows, or from those given, of which a sample of at least "
        "4,000 rows is fitted and every label judged; the interval is that of the profile "
        "likelihood, and wider where the rows of a group share their mistakes (n is then smaller by "
        "as much). n counts the rows whose class the models are sure of at .9; where they would "
        f"be right on fewer than {DECIDED:.0%} of rows, were no label wrong, it is 0, and no more "
        f"than an upper end is told (from {NEARLY:.0%} on, if the log likelihood of wrong labels "
        f"gains less than {STRONG:g}; with less than {CONVINCING:.2g}, nowhere)."
    ),
    source="Northcutt et al. 2021, doi:10.1613/jair.1.12125, with a noise floor",
    details={
        "wrong": "the estimated number of wrong labels among those judged",
        "judged": "the number of labels that were judged",
        "listed": "the number of labels that are likelier wrong than right",
        "attained": "the share of rows that the models would get right, were no label wrong",
        "contradicted": "the number of labels off the diagonal of the confident joint",
        "predictions": "whose predictions they were",
        "undecided": "why it cannot be told, where it cannot",
    },
)


@checker(LABEL_ERROR_SHARE, cost="fit")
def label_errors(train: Table, target: Target, label_noise: LabelNoise) -> Iterator[Measurement]:
    """The share of wrong labels, and the rows, the most doubtful first."""
    import numpy as np

    noise = label_noise
    judged, share = len(noise.rows), noise.floor.share
    low, _ = noise.interval
    listed = int(np.sum(noise.belief < 1 - DOUBTED)) if low > 0 else 0
    order = noise.most_doubtful(listed or SHOWN)
    details: dict[str, Any] = {
        "wrong": round(share * judged),
        "judged": judged,
        "listed": listed,
        "attained": noise.attained,
        "contradicted": noise.contradicted,
        "predictions": noise.source,
        "undecided": noise.undecided,
    }
    yield Measurement(
        quantity=LABEL_ERROR_SHARE.name,
        subject=Subject(),
        value=share,
        n=noise.independent if noise.decided else 0,
        interval=noise.interval,
        details=details,
        rows=doubtful_rows(noise, order),
        figure=doubtful_labels(
            train,
            target,
            noise,
            order[:listed],
            "These labels contradict what the features say",
            "The most doubtful labels, each with the class that the features suggest",
        ),
    )
