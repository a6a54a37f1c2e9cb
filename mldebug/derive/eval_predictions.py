"""What a model of train predicts of eval, and what it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import Unavailable, derived
from mldebug.derive.encoded import require_few_classes
from mldebug.learners import LEARNERS, predictions_of

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded_pairs import EncodedPair
    from mldebug.derive.labels import Labels

FEWEST_ROWS = 20


@dataclass(frozen=True, slots=True)
class EvalPredictions:
    """The class chances that models of train give to rows of eval.

    Parameters
    ----------
    rows : numpy.ndarray of shape (n_rows,), dtype int64
        The rows of eval whose label train knows, of at most 10,000, in rising order.
    labels : numpy.ndarray of shape (n_rows,), dtype int64
        Their labels, as codes into train's classes.
    probabilities : numpy.ndarray of shape (n_rows, n_classes), dtype float64
        The mean of boosting and a linear model.
    """

    rows: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray


@derived()
def eval_predictions(
    target: Target, encoded_split: EncodedPair, train_labels: Labels, eval_labels: Labels
) -> EvalPredictions:
    """The predictions of models of at most 10,000 rows of train. One fit a learner."""
    import numpy as np

    if target.task != "classification":
        raise Unavailable("the target is a number and has no classes")
    require_few_classes(target)
    pair, known = encoded_split, len(target.classes)
    mine = train_labels.values[pair.first_rows]
    theirs = eval_labels.values[pair.second_rows]
    seen, judged = mine >= 0, (theirs >= 0) & (theirs < known)
    if min(int(seen.sum()), int(judged.sum())) < FEWEST_ROWS or len(np.unique(mine[seen])) < 2:
        raise Unavailable(
            "too few rows of train and eval have a class that both know to fit a model and judge it"
        )
    chances = np.zeros((int(judged.sum()), int(mine.max()) + 1))
    for learner in LEARNERS:
        chances += predictions_of(
            (pair.first[seen], mine[seen].astype(np.int64)),
            pair.second[judged],
            "classification",
            learner,
            pair.categorical,
        ) / len(LEARNERS)
    wide = np.zeros((len(chances), known))
    wide[:, : chances.shape[1]] = chances
    return EvalPredictions(pair.second_rows[judged], theirs[judged].astype(np.int64), wide)
