"""A target that trees can predict and smooth functions cannot: like rows have unlike targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import checker
from mldebug.derive.reference_predictions import scaled_gains
from mldebug.learners import gains
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
        "Five folds, at most 20,000 rows; of a larger table those whose neighbours were looked for."
    ),
    source="paired interval over rows; Cover & Hart 1967 for the neighbours",
    details={
        "best": "the skill of the best reference learner",
        "smooth": "the skill of the best smooth learner",
        "learner": "which smooth learner that is: neighbours, kernel or linear",
        "neighbours": "the skill of the nearest neighbours",
    },
)


@checker(ROUGHNESS, cost="fit")
def rough_target(
    target: Target,
    encoded: Encoded,
    reference_predictions: tuple[OutOfFold, ...],
    smooth_predictions: np.ndarray,
    space: Space,
    neighbours: Neighbours,
    train_labels: Labels,
) -> Iterator[Measurement]:
    """How much better the best learner is than the best smooth one, on the same folds."""
    import numpy as np

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
    best = by_learner[reference_predictions[0].learner]
    smooth = {
        "neighbours": scaled_gains(near, values, target.task),
        "kernel": gains(smooth_predictions[kept], scaled[kept], target.task),
        "linear": by_learner["linear"],
    }
    chosen = max(SMOOTH, key=lambda name: float(np.mean(smooth[name])))
    apart = best - smooth[chosen]
    n = len(apart)
    error = float(np.std(apart, ddof=1) / np.sqrt(n))
    value = float(np.mean(apart))
    bars = []
    for label, told in (
        ("best learner", best),
        *((f"{one}, smooth", smooth[one]) for one in SMOOTH),
    ):
        spread = float(np.std(told, ddof=1) / np.sqrt(n))
        mean = float(np.mean(told))
        low, high = normal(mean, spread, bounds=(None, 1.0))
        bars.append({"label": label, "value": mean, "low": low, "high": high, "series": "plain"})
    yield Measurement(
        quantity=ROUGHNESS.name,
        subject=Subject(),
        value=value,
        n=n,
        interval=normal(value, error),
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
