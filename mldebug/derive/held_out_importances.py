"""What each feature is worth to the better reference learner on rows that it was not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import derived
from mldebug.derive.associated_pairs import CLOSE
from mldebug.fold_model import FoldModel, of_each_fold
from mldebug.learners import fold_models

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.associated_pairs import AssociatedPairs
    from mldebug.derive.encoded import Encoded
    from mldebug.derive.reference_models import ReferenceModels
    from mldebug.learners import OutOfFold

MOST_FEATURES = 500
"""Of more features a seeded choice of so many is looked at, and the model is fitted on these."""
MOST_SHUFFLES = 4
MOST_PREDICTED = 200_000
"""So many rows with shuffled cells are predicted a fold; of large tables fewer rows are shuffled."""
FEWEST_PREDICTED = 20
ORDERED_BY = 4
"""The order of the clusters takes one of so many of these rows: training rows tell it easily."""
STEPS = 16
"""The least important clusters are shuffled together in so many steps, up to all of them."""


@dataclass(frozen=True, slots=True)
class HeldOutImportances:
    """What the model loses in held-out rows when cells are shuffled among them.

    A row's gain is 1 less its squared error, of the probabilities of the classes or of the number,
    as a share of what the best constant gets wrong on average; the mean gain is the model's skill.

    Parameters
    ----------
    learner : {"boosting", "linear"}
        The better one on all features.
    classes : int
        The number of classes; 0 for a regression.
    places : numpy.ndarray of shape (n_features,), dtype int64
        The columns of `mldebug.derive.encoded.Encoded` that were looked at.
    clusters : tuple of tuple of int
        Places in ``places`` of features that move together; most are alone.
    values : numpy.ndarray of shape (n_rows,)
        The target as the model was fitted to it: class codes, or standardised numbers.
    truth : numpy.ndarray of shape (n_rows, n_outputs), dtype float64
        The target as errors are measured: 1 in the column of a row's class, or the number.
    gains : numpy.ndarray of shape (n_rows,), dtype float64
        Of each row of `Encoded`, predicted without its fold.
    rows : numpy.ndarray of shape (n_shuffled,), dtype int64
        The rows of `Encoded` among which cells were shuffled.
    losses : numpy.ndarray of shape (n_shuffled, n_clusters), dtype float64
        How much less each of these gains with a cluster shuffled; the mean is its importance.
    sizes : tuple of int
        Numbers of clusters, rising.
    together : numpy.ndarray of shape (n_shuffled, n_sizes), dtype float64
        The losses with so many of the least important clusters shuffled at once.
    order : numpy.ndarray of shape (n_folds, n_clusters), dtype int64
        The clusters from the least to the most important, as the rows *outside* of each fold, which
        its model was fitted on, tell it.
    """

    learner: str
    classes: int
    places: np.ndarray
    clusters: tuple[tuple[int, ...], ...]
    values: np.ndarray
    truth: np.ndarray
    gains: np.ndarray
    rows: np.ndarray
    losses: np.ndarray
    sizes: tuple[int, ...]
    together: np.ndarray
    order: np.ndarray

    @property
    def model(self) -> str:
        """The learner in words."""
        return "boosting" if self.learner == "boosting" else "a linear model"


@derived()
def held_out_importances(
    encoded: Encoded,
    target: Target,
    reference_models: ReferenceModels,
    reference_predictions: tuple[OutOfFold, ...],
    seed: int,
    associated_pairs: AssociatedPairs | None = None,
) -> HeldOutImportances:
    """The importances of the features by permutation, in the folds of `Encoded`.

    Notes
    -----
    The models are the reference learner's own; of more than 500 features, one fit a fold. The cells
    of a cluster are dealt out anew among the held-out rows of its fold, up to four times. The order
    in which clusters are shuffled together comes from the training rows, so nothing is chosen by the
    rows that it is measured on.

    References
    ----------
    Breiman 2001, Random forests, Machine Learning 45; Fisher, Rudin & Dominici 2019, All models are
    wrong, but many are useful, JMLR 20.
    """
    import numpy as np

    from mldebug.stats.explained import indicators, squared_errors, variation

    learner = reference_predictions[0].learner
    places = _chosen(len(encoded.names), seed)
    clusters = clusters_of([encoded.names[place] for place in places], associated_pairs)
    sizes = sorted({-(-len(clusters) * step // STEPS) for step in range(1, STEPS + 1)})
    classes = int(encoded.values.max()) + 1 if target.task == "classification" else 0
    values = reference_models.values
    truth = indicators(values, classes) if classes else values[:, None]
    matrix, categorical = encoded.matrix[:, places], encoded.categorical[places]

    models = reference_models.by_learner[learner]
    if len(places) < len(encoded.names):
        models = fold_models(matrix, values, encoded.folds, target.task, learner, categorical)

    def told(outside: np.ndarray) -> _Fold:
        fold = int(encoded.folds[outside][0])
        model, rng = models[fold], np.random.default_rng([seed, fold])
        return _fold(model, matrix, truth, outside, clusters, sizes, rng)

    scale = float(variation(truth))
    parts = of_each_fold(encoded.folds, learner, told)
    predicted = np.empty(truth.shape)
    for one in parts:
        predicted[one.outside] = one.predicted
    return HeldOutImportances(
        learner=learner,
        classes=classes,
        places=places,
        clusters=clusters,
        values=values,
        truth=truth,
        gains=1 - squared_errors(predicted, truth) / scale,
        rows=np.concatenate([one.rows for one in parts]),
        losses=np.concatenate([one.losses for one in parts]) / scale,
        sizes=tuple(sizes),
        together=np.concatenate([one.together for one in parts]) / scale,
        order=np.stack([one.order for one in parts]),
    )


def _chosen(count: int, seed: int) -> np.ndarray:
    import numpy as np

    if count <= MOST_FEATURES:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, MOST_FEATURES, replace=False))


def clusters_of(
    names: Sequence[str], associated_pairs: AssociatedPairs | None
) -> tuple[tuple[int, ...], ...]:
    """The features, as places among the names, joined where a chain of close pairs links them."""
    leader = {name: name for name in names}

    def head(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for one, other, found, _ in associated_pairs.pairs if associated_pairs else ():
        if found.value >= CLOSE and one in leader and other in leader:
            leader[head(other)] = head(one)
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        groups.setdefault(head(name), []).append(place)
    return tuple(map(tuple, groups.values()))


def rows_shuffled(n_groups: int) -> int:
    """How many rows of a fold are predicted with each of so many groups of columns shuffled."""
    return max(MOST_PREDICTED // n_groups, FEWEST_PREDICTED)


@dataclass(frozen=True, slots=True)
class _Fold:
    outside: np.ndarray
    predicted: np.ndarray
    rows: np.ndarray
    losses: np.ndarray
    together: np.ndarray
    order: np.ndarray


def _fold(
    model: FoldModel,
    matrix: np.ndarray,
    truth: np.ndarray,
    outside: np.ndarray,
    clusters: Sequence[tuple[int, ...]],
    sizes: Sequence[int],
    rng: np.random.Generator,
) -> _Fold:
    """The losses of one fold's held-out rows, by clusters alone and together."""
    import numpy as np

    most = rows_shuffled(len(clusters) + len(sizes))
    fitted = np.sort(rng.permutation(np.flatnonzero(~outside))[: -(-most // ORDERED_BY)])
    trained = shuffled_losses(model, matrix[fitted], truth[fitted], clusters, 1, rng).mean(axis=0)
    order = np.argsort(trained, kind="stable")
    joined = [tuple(place for one in order[:size] for place in clusters[one]) for size in sizes]
    rows = np.sort(rng.permutation(np.flatnonzero(outside))[:most])
    shuffles = int(np.clip(most // len(rows), 1, MOST_SHUFFLES))
    losses = shuffled_losses(model, matrix[rows], truth[rows], [*clusters, *joined], shuffles, rng)
    return _Fold(
        np.flatnonzero(outside),
        model.predicted(matrix[outside]),
        rows,
        losses[:, : len(clusters)],
        losses[:, len(clusters) :],
        order,
    )


def shuffled_losses(
    model: FoldModel,
    matrix: np.ndarray,
    truth: np.ndarray,
    groups: Sequence[tuple[int, ...]],
    shuffles: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """How much the squared error of each row grows with the cells of some columns shuffled.

    Parameters
    ----------
    model : FoldModel
        Fitted on other rows, or on these.
    matrix : numpy.ndarray of shape (n_rows, n_columns), dtype float64
        The rows.
    truth : numpy.ndarray of shape (n_rows, n_outputs), dtype float64
        As `mldebug.stats.explained.squared_errors` takes it.
    groups : sequence of tuple of int
        The places of the columns that are shuffled together.
    shuffles : int
        How often; the mean is told. The same orders serve all groups.
    rng : numpy.random.Generator
        Of the orders.

    Returns
    -------
    numpy.ndarray of shape (n_rows, n_groups), dtype float64
    """
    import numpy as np

    from mldebug.stats.explained import squared_errors

    errors = squared_errors(model.predicted(matrix), truth)
    orders = np.stack([rng.permutation(len(matrix)) for _ in range(shuffles)])
    losses = np.empty((len(matrix), len(groups)))
    for place, predicted in enumerate(model.shuffled(matrix, groups, orders)):
        losses[:, place] = squared_errors(predicted, truth).mean(axis=0) - errors
    return losses
