"""Sound models of all features, one for each fold that is held out; fitted once for all who ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import derived
from mldebug.learners import LEARNERS, fold_models

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.fold_model import FoldModel


@dataclass(frozen=True, slots=True)
class ReferenceModels:
    """The reference learners, each fitted without one fold after the other.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_rows,)
        The target as it was fitted: class codes, or standardised numbers.
    by_learner : dict of str to dict of int to FoldModel
        Of each of `mldebug.learners.LEARNERS`, the models by the fold that was held out.
    """

    values: np.ndarray
    by_learner: dict[str, dict[int, FoldModel]]


@derived()
def reference_models(encoded: Encoded, target: Target) -> ReferenceModels:
    """The models of the features and folds of `mldebug.derive.encoded.Encoded`.

    One fit a learner and fold.
    """
    from mldebug.stats.scores import standardised

    task = target.task
    values = standardised(encoded.values) if task == "regression" else encoded.values
    matrix, folds, coded = encoded.matrix, encoded.folds, encoded.categorical
    return ReferenceModels(
        values,
        {learner: fold_models(matrix, values, folds, task, learner, coded) for learner in LEARNERS},
    )
