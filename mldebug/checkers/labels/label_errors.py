"""Labels that are wrong, beyond what is random given the features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table, Target
from mldebug.checker import checker
from mldebug.derive.label_noise import DECIDED, NEARLY, STRONG
from mldebug.measurement import Measurement, Quantity, Row, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.label_noise import LabelNoise

MOST_ROWS = 1_000
SHOWN = 20
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
        "linear model (or those given), at most 20,000 rows; the interval is that of the profile "
        "likelihood. n counts the rows whose class the models are sure of at .9; where they would "
        f"be right on fewer than {DECIDED:.0%} of rows, were no label wrong, it is 0, and no more "
        f"than an upper end is told (from {NEARLY:.0%} on, if the log likelihood of wrong labels "
        f"gains less than {STRONG:g})."
    ),
    source="Northcutt et al. 2021, doi:10.1613/jair.1.12125, with a noise floor",
    details={
        "wrong": "the estimated number of wrong labels among those judged",
        "judged": "the number of labels that were judged",
        "listed": "the number of labels that are likelier wrong than right",
        "attained": "the share of rows that the models would get right, were no label wrong",
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
    order = np.argsort(noise.belief, kind="stable")
    listed = int(np.sum(noise.belief < 1 - DOUBTED)) if low > 0 else 0
    shown = order[: min(listed or SHOWN, MOST_ROWS)]
    details: dict[str, Any] = {
        "wrong": round(share * judged),
        "judged": judged,
        "listed": listed,
        "attained": noise.attained,
        "predictions": noise.source,
        "undecided": noise.undecided,
    }
    yield Measurement(
        quantity=LABEL_ERROR_SHARE.name,
        subject=Subject(),
        value=share,
        n=noise.sure if noise.decided else 0,
        interval=noise.interval,
        details=details,
        rows=Rows(
            listed or len(shown),
            tuple(
                Row("train", int(noise.rows[one]), 1 - float(noise.belief[one])) for one in shown
            ),
        ),
        figure=_listed(train, target, noise, shown[:SHOWN]) if listed else None,
    )


def _listed(train: Table, target: Target, noise: LabelNoise, shown: np.ndarray) -> dict[str, Any]:
    rows = [
        [
            train.position(int(noise.rows[one])),
            target.classes[noise.given[one]],
            target.classes[noise.suggested[one]],
            f"{noise.belief[one]:.1%}",
        ]
        for one in shown
    ]
    return {
        "kind": "table",
        "title": "These labels contradict what the features say",
        "description": "The most doubtful labels, each with the class that the features suggest",
        "header": ["row", "label", "suggested", "chance that the label is right"],
        "rows": rows,
    }
