"""A target that stands in other rows than its features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Target
from mldebug.checker import checker
from mldebug.learners import gains, out_of_fold
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.arrangements import Arrangement
    from mldebug.derive.encoded import Encoded
    from mldebug.derive.labels import Labels
    from mldebug.learners import OutOfFold

UNLIKELY = 1e-3
"""The p-value that an arrangement's association must be below, and the given order's above."""
SHIFT_GAIN = Quantity(
    name="labels.shift_gain",
    unit="difference of skill",
    bounds=(None, 1.0),
    kind="estimate",
    meaning=(
        "How much better the target is predicted when it is moved against the rows: the out-of-fold "
        "skill of a linear model on the best arrangement less that of the better reference learner "
        "on the order as given, on the same rows. Tried are shifts by one to five rows, the reverse, "
        "and the order of a numbering column. 0 unless the linear association of features and target "
        f"has a p-value above {UNLIKELY:g} as given and below it, corrected for the number of "
        "arrangements, in another. Skill is 1 for perfect predictions and 0 for the best constant."
    ),
    source="mldebug; paired interval over rows",
    details={
        "moved": "what was done to the target, in words",
        "skill": "the skill when it is moved so",
        "identity": "the skill in the order as given",
    },
)


@checker(SHIFT_GAIN, cost="fit")
def misaligned_target(
    target: Target,
    train_labels: Labels,
    encoded: Encoded,
    arrangements: tuple[Arrangement, ...],
    reference_predictions: tuple[OutOfFold, ...],
) -> Iterator[Measurement]:
    """The gain in skill of the best arrangement of the target."""
    given, others = arrangements[0], arrangements[1:]
    best = min(others, key=lambda one: one.p)
    if given.p <= UNLIKELY or best.p * len(others) > UNLIKELY:
        yield _told(0.0, (0.0, 0.0), len(encoded.rows), "", None, None)
        return
    yield _compared(target, train_labels, encoded, best, reference_predictions[0])


def _compared(
    target: Target, labels: Labels, encoded: Encoded, best: Arrangement, reference: OutOfFold
) -> Measurement:
    import numpy as np

    from mldebug.stats.intervals import normal
    from mldebug.stats.scores import standardised

    kept = best.source >= 0
    moved = labels.values[best.source[kept]]
    task = target.task
    own = encoded.values[kept]
    predicted = reference.predicted[kept]
    if task == "classification":
        moved = np.unique(moved, return_inverse=True)[1]
        as_given = gains(predicted, own, task)
    else:
        moved, as_given = standardised(moved), gains(predicted, own, task)
    found = out_of_fold(
        encoded.matrix[kept], moved, encoded.folds[kept], task, "linear", encoded.categorical
    )
    shifted = gains(found.predicted, moved, task)
    skill, identity = float(shifted.mean()), max(float(as_given.mean()), 0.0)
    gap = skill - identity
    error = float(np.std(shifted - as_given, ddof=1) / np.sqrt(len(shifted)))
    interval = normal(gap, error, bounds=(None, 1.0))
    return _told(gap, interval, len(shifted), best.words, skill, identity)


def _told(
    gap: float,
    interval: tuple[float, float],
    n: int,
    moved: str,
    skill: float | None,
    identity: float | None,
) -> Measurement:
    figure: dict[str, Any] | None = None
    if skill is not None and identity is not None:
        items = [("as given", identity), (moved, skill)]
        figure = {
            "kind": "bars",
            "title": f"The features predict the target only when it is {moved}",
            "description": "Out-of-fold skill in the order as given and in the best arrangement",
            "x_label": "skill (1 is perfect, 0 is a constant guess)",
            "items": [{"label": label, "value": value} for label, value in items],
        }
    return Measurement(
        quantity=SHIFT_GAIN.name,
        subject=Subject(),
        value=gap,
        n=n,
        interval=interval,
        details={"moved": moved, "skill": skill, "identity": identity},
        figure=figure,
    )
