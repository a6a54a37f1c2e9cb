"""One reference learner, fitted once, that predicts as many other rows as are asked of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from mldebug.estimators import model_of
from mldebug.executors import one_thread, threaded

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Task

_Result = TypeVar("_Result")
MOST_CELLS = 1 << 21
"""Of the shuffled rows that are predicted at a time."""


@dataclass(frozen=True, slots=True)
class FoldModel:
    """What was learnt of the rows outside of a fold.

    Parameters
    ----------
    model : object or None
        The fitted estimator; None where the rows leave nothing to learn.
    told : numpy.ndarray of shape (n_columns,), dtype bool
        The columns that it was fitted on: a column that is empty in these rows tells nothing, and
        the learners refuse it.
    seen : numpy.ndarray of shape (n_seen,), dtype int64
        The classes of these rows; of a regression, 0.
    n_outputs : int
        The number of classes, or 1 for a regression.
    constant : numpy.ndarray of shape (n_seen,), dtype float64
        What is predicted without a model.
    """

    model: Any
    told: np.ndarray
    seen: np.ndarray
    n_outputs: int
    constant: np.ndarray

    def predicted(self, matrix: np.ndarray) -> np.ndarray:
        """The probabilities of the classes, or the number, of each row: (n_rows, n_outputs)."""
        import numpy as np

        found = np.zeros((len(matrix), self.n_outputs))
        if self.model is None:
            found[:, self.seen] = self.constant
            return found
        told = matrix[:, self.told]
        with one_thread():
            if self.n_outputs > 1:
                found[:, self.seen] = self.model.predict_proba(told)
            else:
                found[:, 0] = self.model.predict(told)
        return found

    def shuffled(
        self, matrix: np.ndarray, groups: Sequence[Sequence[int]], orders: np.ndarray
    ) -> Iterator[np.ndarray]:
        """What is predicted of rows whose cells of a group of columns are another row's.

        Parameters
        ----------
        matrix : numpy.ndarray of shape (n_rows, n_columns), dtype float64
            The rows.
        groups : sequence of sequences of int
            The places of the columns of each group.
        orders : numpy.ndarray of shape (n_orders, n_rows), dtype int64
            The row that each row's cells come from, several times over.

        Yields
        ------
        numpy.ndarray of shape (n_orders, n_rows, n_outputs), dtype float64
            For one group after the other. O(n_orders n_rows) a group of a linear model; of boosting
            that many times the trees.
        """
        import numpy as np

        n_orders, n_rows = orders.shape
        parts = contributions(self.model, matrix[:, self.told])
        if parts is None:
            # Several groups at a time, as each call of a tree takes its time whatever the rows.
            many = max(MOST_CELLS // max(n_orders * matrix.size, 1), 1)
            for start in range(0, len(groups), many):
                part = groups[start : start + many]
                stacked = np.tile(matrix, (len(part) * n_orders, 1))
                for moved, group in zip(np.split(stacked, len(part)), part, strict=True):
                    moved[:, group] = matrix[:, group][orders.ravel()]
                shape = (len(part), n_orders, n_rows, self.n_outputs)
                yield from self.predicted(stacked).reshape(shape)
            return
        place = np.cumsum(self.told) - 1
        whole = parts.sum(axis=1) + self.model[-1].intercept_
        for group in groups:
            own = parts[:, [place[one] for one in group if self.told[one]]].sum(axis=1)
            found = np.zeros((n_orders, n_rows, self.n_outputs))
            found[:, :, self.seen] = _outputs(whole - own + own[orders], self.n_outputs > 1)
            yield found


def contributions(model: Any, matrix: np.ndarray) -> np.ndarray | None:
    """What each column adds to the scores of a linear model.

    Parameters
    ----------
    model : object or None
        A fitted reference learner.
    matrix : numpy.ndarray of shape (n_rows, n_columns), dtype float64
        The columns that it was fitted on.

    Returns
    -------
    numpy.ndarray of shape (n_rows, n_columns, n_scores), dtype float64, or None
        One score for a regression and for two classes, else one a class; with the intercept their
        sum is the score. None for a model that is not a sum over columns.
    """
    import numpy as np
    from sklearn.pipeline import Pipeline

    if not isinstance(model, Pipeline):
        return None
    terms = model[:-1].transform(matrix)
    terms = terms.toarray() if hasattr(terms, "toarray") else terms
    weights = np.atleast_2d(model[-1].coef_)
    found = np.zeros((*matrix.shape, len(weights)))
    begin = 0
    for name, transformer, columns in model[0].transformers_:
        width = np.ones(len(columns), int)
        if name == "categories" and len(columns):
            rare = getattr(transformer, "infrequent_categories_", [None] * len(columns))
            width = np.array(
                [
                    len(known) - (0 if few is None else len(few) - 1)
                    for known, few in zip(transformer.categories_, rare, strict=True)
                ]
            )
        for column, end in zip(columns, begin + np.cumsum(width), strict=True):
            found[:, column] = terms[:, begin:end] @ weights[:, begin:end].T
            begin = int(end)
    return found


def _outputs(scores: np.ndarray, classify: bool) -> np.ndarray:
    """Probabilities of the scores of a linear classifier; those of a regression as they are."""
    import numpy as np
    from scipy.special import expit, softmax

    if not classify:
        return scores
    if scores.shape[-1] == 1:
        return np.concatenate([expit(-scores), expit(scores)], axis=-1)
    return np.asarray(softmax(scores, axis=-1))


def fold_model(
    matrix: np.ndarray, values: np.ndarray, learner: str, categorical: np.ndarray, classes: int
) -> FoldModel:
    """A reference learner fitted on these rows.

    Parameters
    ----------
    matrix, values, learner, categorical
        As `mldebug.learners.fold_models` takes them.
    classes : int
        The number of classes, of which these rows may lack some; 0 for a regression.

    Returns
    -------
    FoldModel
        O(n d) an iteration of boosting; linear O(n d^2).
    """
    import numpy as np

    told = ~np.isnan(matrix).all(axis=0)
    seen, counts = np.unique(values, return_counts=True) if classes else (np.zeros(1, int), None)
    constant = values.mean(keepdims=True) if counts is None else counts / len(values)
    if not told.any() or (classes and len(seen) < 2):
        return FoldModel(None, told, seen, max(classes, 1), constant)
    task: Task = "classification" if classes else "regression"
    model = model_of(task, learner, len(seen), len(matrix), categorical[told])
    with one_thread():
        model.fit(matrix[:, told], values)
    return FoldModel(model, told, seen, max(classes, 1), constant)


def of_each_fold(
    folds: np.ndarray, learner: str, told: Callable[[np.ndarray], _Result]
) -> list[_Result]:
    """What is told of each fold, in order, when its held-out rows are given as a mask.

    Boosting works in several threads; the linear model's own steps hand their settings on by way of
    the thread they began in, so its folds come one after the other.
    """
    import numpy as np

    held_out: Iterable[np.ndarray] = [folds == fold for fold in np.unique(folds)]
    # The learners warn by way of a process-wide list, which threads may not change one by one.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return threaded(told, held_out) if learner == "boosting" else list(map(told, held_out))
