"""What a model gains without the worse half of the features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.checker import Unavailable, checker
from mldebug.derive.held_out_importances import MOST_FEATURES, rows_shuffled, shuffled_losses
from mldebug.fold_model import fold_model, of_each_fold
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.derive.held_out_importances import HeldOutImportances
    from mldebug.stats.intervals import Interval

FEWEST = 8
FEWEST_FOLDS = 3
GAIN_OF_HALF = Quantity(
    name="features.gain_of_half",
    unit="difference of skill",
    bounds=(None, 1.0),
    kind="estimate",
    meaning=(
        "The skill in held-out rows of a model of the better half of the features less that of a "
        "model of all; features that move together at .95 are one. Which half is better is told inside "
        "the training rows of each fold: by the losses with a feature's cells shuffled in one of them, "
        "of a model of the others. Skill is the share of the target's variation that is explained: R "
        "squared, of classes with the squared errors of their probabilities. The better of boosting "
        f"and a linear model, from {FEWEST} features on, at most {MOST_FEATURES} features and 20,000 "
        "rows. Paired over rows, and widened because the folds share training rows."
    ),
    source="Nadeau & Bengio 2003, Machine Learning 52",
    details={
        "skill": "the skill of all features",
        "reduced": "the skill of the better half",
        "model": "the model in words",
        "features": "the number of features",
        "dropped": "how many of them are dropped",
        "rows_each": "the training rows of a fold for each feature",
        "left_out": "the number of features that were not looked at because there are too many",
        "undecided": "why it cannot be told; absent where it can",
    },
)


@checker(GAIN_OF_HALF, cost="refit")
def too_many_features(
    encoded: Encoded,
    held_out_importances: HeldOutImportances,
    seed: int,
    train_members: np.ndarray | None = None,
) -> Iterator[Measurement]:
    """How much better held-out rows are predicted without the worse half of the features."""
    import numpy as np

    from mldebug.stats.clusters import independent_rows

    told, folds = held_out_importances, np.unique(encoded.folds).tolist()
    if len(folds) < FEWEST_FOLDS:
        raise Unavailable("too few rows are free to be held out, so no half can be chosen")
    if len(told.clusters) < FEWEST:
        raise Unavailable(
            f"half of the features are left out where there are {FEWEST} or more that differ; "
            f"there are {len(told.clusters)}"
        )
    halves = _better_halves(encoded, told, folds, seed)
    reduced = _gains_of(halves, encoded, told, folds)
    gain, n, n_features = reduced - told.gains, len(reduced), len(told.places)
    groups = None if train_members is None else train_members[encoded.rows]
    predicts = _interval(reduced, groups)[0] > 0
    # Each fold tests 1 / (k - 1) of the rows that it is fitted on, and weighs 1 / k in the mean.
    widened = (1 + len(folds) / (len(folds) - 1)) ** 0.5
    dropped = n_features - len(halves[0])
    details: dict[str, Any] = {
        "skill": float(told.gains.mean()),
        "reduced": float(reduced.mean()),
        "model": told.model,
        "features": n_features,
        "dropped": dropped,
        "rows_each": n * (1 - 1 / len(folds)) / n_features,
        "left_out": len(encoded.names) - n_features,
    }
    if not predicts:
        details["undecided"] = "the features do not predict held-out rows, neither all nor half"
    yield Measurement(
        GAIN_OF_HALF.name,
        Subject(),
        float(gain.mean()),
        round(independent_rows(gain, groups)),
        _interval(gain, groups, widened) if predicts else None,
        details=details,
        figure=_figure(told, reduced, dropped, groups) if predicts else None,
    )


def _better_halves(
    encoded: Encoded, told: HeldOutImportances, folds: list[int], seed: int
) -> list[np.ndarray]:
    """The columns of the better half of the features, as the training rows of each fold tell it.

    The next fold is held out once more: importances in rows that a model was fitted on would prefer
    those that happen to fit.
    """
    import numpy as np

    matrix, coded = encoded.matrix[:, told.places], encoded.categorical[told.places]

    def half(outside: np.ndarray) -> np.ndarray:
        number = int(encoded.folds[outside][0])
        within = encoded.folds == folds[(folds.index(number) + 1) % len(folds)]
        fitted = ~(outside | within)
        model = fold_model(matrix[fitted], told.values[fitted], told.learner, coded, told.classes)
        rng = np.random.default_rng([seed, number])
        rows = rng.permutation(np.flatnonzero(within))[: rows_shuffled(len(told.clusters))]
        losses = shuffled_losses(model, matrix[rows], told.truth[rows], told.clusters, 1, rng)
        order = np.argsort(losses.mean(axis=0), kind="stable")
        kept = sorted(place for one in order[len(order) // 2 :] for place in told.clusters[one])
        return np.asarray(told.places[kept])

    return of_each_fold(encoded.folds, told.learner, half)


def _gains_of(
    halves: list[np.ndarray], encoded: Encoded, told: HeldOutImportances, folds: list[int]
) -> np.ndarray:
    """What each row gains, as `HeldOutImportances` has it, of models of these columns alone."""
    import numpy as np

    from mldebug.stats.explained import squared_errors, variation

    def predicted(outside: np.ndarray) -> np.ndarray:
        kept = halves[folds.index(int(encoded.folds[outside][0]))]
        matrix, coded = encoded.matrix[:, kept], encoded.categorical[kept]
        inside = ~outside
        model = fold_model(matrix[inside], told.values[inside], told.learner, coded, told.classes)
        return model.predicted(matrix[outside])

    found = np.empty(told.truth.shape)
    parts = of_each_fold(encoded.folds, told.learner, predicted)
    for number, part in zip(folds, parts, strict=True):
        found[encoded.folds == number] = part
    return np.asarray(1 - squared_errors(found, told.truth) / variation(told.truth))


def _interval(values: np.ndarray, groups: np.ndarray | None, widened: float = 1.0) -> Interval:
    """The 95 % interval of the mean over rows or their groups, its standard error multiplied."""
    import numpy as np

    from mldebug.stats.clusters import error_of_mean
    from mldebug.stats.intervals import normal

    error = error_of_mean(values, groups) * widened
    return normal(float(np.mean(values)), error, bounds=(None, 1.0))


def _figure(
    told: HeldOutImportances, reduced: np.ndarray, dropped: int, groups: np.ndarray | None
) -> dict[str, Any]:
    items = []
    for label, gains in (("all features", told.gains), ("the better half", reduced)):
        low, high = _interval(gains, groups)
        items.append({"label": label, "value": float(gains.mean()), "low": low, "high": high})
    return {
        "kind": "intervals",
        "title": f"Without {dropped} of {len(told.places)} features held-out rows are predicted better",
        "description": "How much of the target's variation is explained in held-out rows",
        "x_label": "share of the target's variation that is explained",
        "items": items,
    }
