"""A target that trees can predict and smooth functions cannot: like rows have unlike targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target, TimeColumn
from mldebug.checker import Unavailable, checker
from mldebug.derive.reference_predictions import scaled_gains
from mldebug.learners import gains, out_of_fold
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.derive.labels import Labels
    from mldebug.derive.neighbours import Neighbours
    from mldebug.derive.space import Space
    from mldebug.learners import OutOfFold

SMOOTH = ("neighbours", "kernel", "linear")
ROUGHNESS = Quantity(
    name="assumptions.roughness",
    unit="difference of skill",
    bounds=(None, None),
    kind="estimate",
    meaning=(
        "The out-of-fold skill of the best reference learner less that of the best smooth one: the "
        "mean or the majority of the nearest neighbours outside of the fold (of ten), a ridge "
        "regression on linear and Gaussian kernel features, and the linear reference. Skill is 1 for "
        "perfect predictions and 0 for the best constant: chance-corrected accuracy, or R squared. "
        "Five folds, at most 20,000 rows; of a larger table those whose neighbours were looked for. "
        "Trees are not told dates."
    ),
    source=(
        "paired interval over rows, or over groups where they are named; Cover & Hart 1967 for the "
        "neighbours"
    ),
    details={
        "best": "the skill of the best reference learner",
        "smooth": "the skill of the best smooth learner",
        "learner": "which smooth learner that is: neighbours, kernel or linear",
        "neighbours": "the skill of the nearest neighbours",
    },
)


@checker(ROUGHNESS, cost="fit")
def rough_target(
    train: Table,
    target: Target,
    encoded: Encoded,
    reference_predictions: tuple[OutOfFold, ...],
    smooth_predictions: np.ndarray,
    space: Space,
    neighbours: Neighbours,
    train_labels: Labels,
    train_members: np.ndarray | None = None,
    time: TimeColumn | None = None,
) -> Iterator[Measurement]:
    """How much better the best learner is than the best smooth one, on the same folds."""
    import numpy as np

    from mldebug.stats.clusters import error_of_mean, independent_rows
    from mldebug.stats.intervals import normal
    from mldebug.stats.scores import standardised

    classes = int(encoded.values.max()) + 1 if target.task == "classification" else 0
    scaled = encoded.values if classes else np.asarray(standardised(encoded.values))
    kept, near = _of_neighbours(encoded, space, neighbours, train_labels, classes)
    values = encoded.values[kept]
    by_learner = {
        one.learner: scaled_gains(one.predicted[kept], values, target.task)
        for one in reference_predictions
    }
    moments = {one.name for one in train.of_kind(Kind.DATE)} | {time.name if time else ""}
    timeless = np.array([name not in moments for name in encoded.names], dtype=bool)
    if not timeless.all():
        told = _boosting(encoded, target, scaled, timeless)
        by_learner["boosting"] = gains(told[kept], scaled[kept], target.task)
    best = max(by_learner.values(), key=lambda one: float(np.mean(one)))
    smooth = {
        "neighbours": scaled_gains(near, values, target.task),
        "kernel": gains(smooth_predictions[kept], scaled[kept], target.task),
        "linear": by_learner["linear"],
    }
    chosen = max(SMOOTH, key=lambda name: float(np.mean(smooth[name])))
    apart = best - smooth[chosen]
    groups = None if train_members is None else train_members[encoded.rows[kept]]
    value = float(np.mean(apart))
    bars = []
    for label, told in (
        ("best learner", best),
        *((f"{one}, smooth", smooth[one]) for one in SMOOTH),
    ):
        mean = float(np.mean(told))
        low, high = normal(mean, error_of_mean(told, groups), bounds=(None, 1.0))
        bars.append({"label": label, "value": mean, "low": low, "high": high, "series": "plain"})
    yield Measurement(
        quantity=ROUGHNESS.name,
        subject=Subject(),
        value=value,
        n=round(independent_rows(apart, groups)),
        interval=normal(value, error_of_mean(apart, groups)),
        details={
            "best": float(np.mean(best)),
            "smooth": float(np.mean(smooth[chosen])),
            "learner": chosen,
            "neighbours": float(np.mean(smooth["neighbours"])),
        },
        figure={
            "kind": "intervals",
            "title": "No smooth function of the columns reaches what trees do",
            "description": "Out-of-fold skill of the best learner and of three smooth ones",
            "x_label": "skill (1 is perfect, 0 is a constant guess)",
            "items": bars,
        },
    )


def _boosting(
    encoded: Encoded, target: Target, scaled: np.ndarray, timeless: np.ndarray
) -> np.ndarray:
    """What trees predict that are not told when: what lasts for a while is no jump of the target.

    Trees would look up what was true at about that time, where a smooth function of time cannot.
    """
    import numpy as np

    if not timeless.any():
        raise Unavailable("train has no feature but dates")
    matrix, coded = encoded.matrix[:, timeless], encoded.categorical[timeless]
    found = out_of_fold(matrix, scaled, encoded.folds, target.task, "boosting", coded)
    return np.asarray(found.predicted)


def _of_neighbours(
    encoded: Encoded, space: Space, neighbours: Neighbours, labels: Labels, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """The majority or the mean of the neighbours that are not of a row's own fold.

    Returns
    -------
    tuple of numpy.ndarray
        The places in the encoded rows whose neighbours are known, and what these say of each.
    """
    import numpy as np

    folds = np.full(len(labels.values), -1, dtype=np.int64)
    folds[encoded.rows] = encoded.folds
    asked = space.train_rows[neighbours.queries]
    kept = np.flatnonzero(np.isin(encoded.rows, asked))
    near = space.train_rows[neighbours.places[np.searchsorted(asked, encoded.rows[kept])]]
    counted = labels.present[near] & (folds[near] != encoded.folds[kept, None])
    values = labels.values[near]
    if classes:
        votes = np.zeros((len(near), classes))
        for code in range(classes):
            votes[:, code] = np.sum(counted & (values == code), axis=1)
        prior = np.bincount(encoded.values, minlength=classes) / len(encoded.values)
        return kept, (votes + 1e-3 * prior).argmax(axis=1)
    known = np.where(counted, values, 0.0)
    middle = float(np.mean(encoded.values / len(encoded.values))) * len(encoded.values)
    number = counted.sum(axis=1)
    means = (known / np.maximum(number, 1)[:, None]).sum(axis=1)
    return kept, np.where(number > 0, means, middle)
