"""Evaluation rows that were made of training rows: interpolated, or copied within a class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    from mldebug.derive.interpolated import Interpolated

SHOWN = 20
RESAMPLED_SHARE = Quantity(
    name="leakage.resampled_share",
    unit="share of eval rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of evaluation rows that lie on the segment between two of the 30 training rows of "
        "their class that are nearest, in all columns of fine numbers at once, more exactly than the "
        "angles between neighbours let chance explain; and of rows that equal a training row of their "
        "class, where such rows are nearly all of one class. At least three such columns are needed; "
        "of more than 5,000 evaluation rows a sample is looked at."
    ),
    source="Chawla, Bowyer, Hall & Kegelmeyer 2002 (SMOTE), doi:10.1613/jair.953",
    details={
        "made": "the number of such rows",
        "between": "how many lie between two training rows",
        "copies": "how many are copies within one class",
        "classes": "the classes that they belong to, in words",
        "by_class": "the number of such rows by class",
    },
)


@checker(RESAMPLED_SHARE)
def resampling_before_split(target: Target, interpolated: Interpolated) -> Iterator[Measurement]:
    """The share of eval rows that were made of rows of train."""
    import numpy as np

    found = interpolated
    made = np.concatenate([found.rows, found.copies])
    names, counts = np.unique([found.classes[one] for one in made], return_counts=True)
    by_class = dict(zip(names.tolist(), counts.tolist(), strict=True))
    made_of = np.concatenate([found.ends[:, 0], found.originals])
    yield Measurement(
        quantity=RESAMPLED_SHARE.name,
        subject=Subject(),
        value=len(made) / len(found.looked_at),
        n=len(found.looked_at),
        details={
            "made": len(made),
            "between": len(found.rows),
            "copies": len(found.copies),
            "classes": ", ".join(by_class),
            "by_class": by_class,
        },
        rows=Rows.of("eval", made, matches=made_of),
        figure=_by_class(found, by_class, target.classes) if len(made) else None,
    )


def _by_class(
    found: Interpolated, by_class: dict[str, int], classes: tuple[str, ...]
) -> dict[str, object]:
    """Rows of each class that were made, and that were looked at, as a table."""
    asked = [found.classes[row] for row in found.looked_at]
    ordered = sorted(classes, key=lambda name: -by_class.get(name, 0))[:SHOWN]
    return {
        "kind": "table",
        "title": f"{sum(by_class.values()):,} evaluation rows are made of training rows of their class",
        "description": "For each class the evaluation rows that were looked at, and those that lie "
        "between two training rows or copy one.",
        "header": ["class", "rows looked at", "made of training rows"],
        "rows": [[name, asked.count(name), by_class.get(name, 0)] for name in ordered],
    }
