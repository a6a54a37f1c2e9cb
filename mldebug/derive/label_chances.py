"""The probabilities of the classes that labels are judged by: the user's, or fitted out of fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Predictions, Target
from mldebug.checker import Unavailable, derived

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.derive.labels import Labels
    from mldebug.learners import OutOfFold


@dataclass(frozen=True, slots=True)
class LabelChances:
    """Labels, and what models that did not see them say.

    Parameters
    ----------
    rows, given : numpy.ndarray of shape (n_rows,), dtype int64
        The rows of train, and their labels.
    matrices : tuple of numpy.ndarray of shape (n_rows, n_classes), dtype float32 or float64
        Each model's probabilities, the best model first.
    source : str
        Whose predictions these are.
    """

    rows: np.ndarray
    given: np.ndarray
    matrices: tuple[np.ndarray, ...]
    source: str


@derived()
def given_label_chances(train_labels: Labels, predictions: Predictions) -> LabelChances:
    """The user's predictions of all rows that have a label and a prediction; not copied if all do."""
    import numpy as np

    values = predictions.values
    told = train_labels.present & ~np.isnan(values @ np.ones(values.shape[-1], values.dtype))
    rows = np.flatnonzero(told)
    given = train_labels.values[rows].astype(np.int64)
    return LabelChances(rows, given, (values if told.all() else values[rows],), predictions.source)


@derived()
def model_needed(target: Target, predictions: Predictions | None = None) -> bool:
    """That no predictions are given, so that models are fitted: where they are, none is."""
    if predictions is not None:
        raise Unavailable("predictions are given, so no model is fitted")
    if target.task != "classification":
        raise Unavailable("the target is a number, and this asks about classes")
    return True


@derived()
def fitted_label_chances(
    model_needed: bool,  # noqa: ARG001  (first, so that nothing is fitted in vain)
    encoded: Encoded,
    reference_predictions: tuple[OutOfFold, ...],
) -> LabelChances:
    """The reference learners' out-of-fold predictions."""
    import numpy as np

    found = [one.probabilities for one in reference_predictions]
    matrices = tuple(one for one in found if one is not None)
    given = encoded.values.astype(np.int64)
    return LabelChances(encoded.rows, given, matrices, "out-of-fold predictions")
