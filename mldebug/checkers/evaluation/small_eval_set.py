"""How finely the evaluation set can tell scores apart."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, sqrt
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.labels import Labels

AIM = 0.05
SCORE_HALF_WIDTH = Quantity(
    name="evaluation.score_half_width",
    unit="score",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The half-width of the 95% interval that a score on the labelled evaluation rows can have "
        "at most: for an accuracy, where half of the predictions are right, 1.96 sqrt(.25 / n); for a "
        "regression, that of the root mean squared error, as a share of it, 1.96 / sqrt(2 n)."
    ),
    source="normal approximation",
    details={
        "score": "accuracy, or root mean squared error relative to itself",
        "resolves": "the smallest difference of two models' scores that stands out, sqrt(2) wider",
        "rows_needed": f"evaluation rows for a half-width of {AIM:g}",
    },
)


@checker(SCORE_HALF_WIDTH)
def small_eval_set(target: Target, eval_labels: Labels) -> Iterator[Measurement]:
    """The half-width of the interval of a score on the evaluation set."""
    from mldebug.stats.intervals import critical_value

    n = int(eval_labels.present.sum())
    if not n:
        raise Unavailable("no evaluation row has a target")
    per_row = 0.5 if target.task == "classification" else sqrt(0.5)
    half = critical_value() * per_row / sqrt(n)
    yield Measurement(
        quantity=SCORE_HALF_WIDTH.name,
        subject=Subject(),
        value=half,
        n=n,
        details={
            "score": "accuracy" if target.task == "classification" else "relative error",
            "resolves": half * sqrt(2),
            "rows_needed": ceil((critical_value() * per_row / AIM) ** 2),
        },
    )
