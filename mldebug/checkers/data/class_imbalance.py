"""How rare the rarest class is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.labels import Labels

CLASS_BALANCE = Quantity(
    name="data.class_balance",
    unit="share of an even share",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The share of the rarest class divided by the share that each class would have if all were "
        "equally frequent: 1 is an even split."
    ),
    source="Wilson interval of the class's share",
    details={
        "rarest": "the rarest class",
        "rows": "its rows",
        "share": "its share of the labelled rows",
        "classes": "the number of classes",
        "even": "the share of each class in an even split",
    },
)
CLASSES_SHOWN = 12


@checker(CLASS_BALANCE)
def class_imbalance(target: Target, train_labels: Labels) -> Iterator[Measurement]:
    """The rarest class against an even split."""
    import numpy as np

    from mldebug.stats.intervals import wilson

    if target.task != "classification":
        raise Unavailable("the target is a number, which has no classes")
    counts = np.bincount(
        train_labels.values[train_labels.present], minlength=len(train_labels.classes)
    )
    total, classes = int(counts.sum()), len(counts)
    if classes < 2 or not total:
        raise Unavailable("the target has fewer than two classes")
    rarest = int(np.argmin(counts))
    rows = int(counts[rarest])
    low, high = wilson(rows, total)
    order = np.argsort(counts, kind="stable")
    shown = [*order[: CLASSES_SHOWN // 2], *order[CLASSES_SHOWN // 2 :][-CLASSES_SHOWN // 2 :]]
    yield Measurement(
        quantity=CLASS_BALANCE.name,
        subject=Subject(column=target.name),
        value=rows / total * classes,
        n=total,
        interval=(low * classes, min(high * classes, 1.0)),
        details={
            "rarest": train_labels.classes[rarest],
            "rows": rows,
            "share": rows / total,
            "classes": classes,
            "even": 1 / classes,
        },
        figure={
            "kind": "bars",
            "title": f"{train_labels.classes[rarest]} is rare",
            "description": "The share of each class of the target in train",
            "x_label": "share of labelled rows",
            "items": [
                {
                    "label": train_labels.classes[one],
                    "value": counts[one] / total,
                    "note": f"{counts[one]:,}",
                    "emphasis": bool(one == rarest),
                }
                for one in reversed(shown)
            ],
            "reference": {"value": 1 / classes, "label": "even"},
        },
    )
