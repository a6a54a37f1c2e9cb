"""Eval's labels exchanged for each other, as by another order of the classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Target
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.eval_predictions import EvalPredictions

NAMED = 3
SHOWN = 8
EXCHANGE_GAIN = Quantity(
    name="labels.exchange_gain",
    unit="difference of shares",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "Of the eval rows whose labels the best exchange of labels changes: the share on which models "
        "of train agree with the label after it, less the share before it. The best exchange is the "
        "one that the models agree with most; 0 where that is none. The mean of boosting and a linear "
        "model, at most 10,000 rows of either table; the low end stands for the search through all "
        "exchanges."
    ),
    source="Kuhn 1955 (the Hungarian method); McNemar 1947",
    details={
        "mapping": "what the exchanged labels mean, in words, at most three",
        "agreed": "the share of these rows on which the models agree with the label",
        "would_agree": "that after the exchange",
        "judged": "the number of eval rows that were judged",
    },
)


@checker(EXCHANGE_GAIN, cost="fit")
def swapped_label_mapping(
    target: Target, eval_predictions: EvalPredictions, eval_members: np.ndarray | None = None
) -> Iterator[Measurement]:
    """The gain of the best exchange of eval's labels."""
    import numpy as np

    from mldebug.stats.clusters import independent_rows
    from mldebug.stats.exchanged_labels import exchange

    classes = len(target.classes)
    if classes < 2:
        raise Unavailable("the target has fewer than two classes")
    predicted = eval_predictions.probabilities.argmax(axis=1)
    confusion = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(confusion, (eval_predictions.labels, predicted), 1)
    n = worth = len(eval_predictions.labels)
    if eval_members is not None:
        agreed = (predicted == eval_predictions.labels).astype(np.float64)
        worth = round(independent_rows(agreed, eval_members[eval_predictions.rows]))
    found = exchange(confusion if worth == n else np.rint(confusion * (worth / n)))
    words = [
        f"{target.classes[label]} means {target.classes[meant]}"
        for label, meant in found.meant.items()
    ]
    more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
    yield Measurement(
        quantity=EXCHANGE_GAIN.name,
        subject=Subject(),
        value=found.gain,
        n=worth,
        interval=found.interval,
        details={
            "mapping": ", ".join(words[:NAMED]) + more,
            "agreed": found.agreed,
            "would_agree": found.would_agree,
            "judged": n,
        },
        figure=_shown(target, confusion, list(found.meant)) if found.meant else None,
    )


def _shown(target: Target, confusion: np.ndarray, exchanged: list[int]) -> dict[str, Any]:
    others = [one for one in range(len(confusion)) if one not in exchanged]
    shown = [*exchanged, *others][:SHOWN]
    return {
        "kind": "table",
        "title": "The model takes one label for another",
        "description": "Eval rows by their label and by the class that a model of train predicts",
        "header": ["label in eval", *(f"predicted {target.classes[one]}" for one in shown)],
        "rows": [
            [target.classes[one], *(int(confusion[one, other]) for other in shown)] for one in shown
        ],
    }
