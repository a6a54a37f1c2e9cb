"""How well each feature predicts the target by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import derived
from mldebug.learners import gains

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded

BINS = 64
FEWEST_A_BIN = 5


@derived()
def column_skills(encoded: Encoded, target: Target) -> np.ndarray:
    """The out-of-fold skill of each feature alone.

    Returns
    -------
    numpy.ndarray of shape (n_columns,), dtype float64
        At most 1; see `mldebug.learners.gains`.

    Notes
    -----
    A cell's prediction is the majority class, or the mean, of the other folds' rows in its bin: at
    most 64 bins of equal rows for numbers, one a category, and one for missing. O(n log n) a column.
    """
    import numpy as np

    from mldebug.stats.scores import standardised

    skills = np.empty(len(encoded.names))
    classes = int(encoded.values.max()) + 1 if target.task == "classification" else 0
    values = encoded.values if classes else standardised(encoded.values)
    for place in range(len(encoded.names)):
        bins = _bins(encoded.matrix[:, place], bool(encoded.categorical[place]))
        predicted = _predicted(bins, values, encoded.folds, classes)
        skills[place] = float(np.mean(gains(predicted, values, target.task)))
    return skills


def _bins(column: np.ndarray, coded: bool) -> np.ndarray:
    import numpy as np

    missing = np.isnan(column)
    present = column[~missing]
    bins = np.zeros(len(column), dtype=np.int64)
    if coded:
        bins[~missing] = 1 + present.astype(np.int64)
    elif len(present):
        count = int(np.clip(len(present) // FEWEST_A_BIN, 2, BINS))
        edges = np.unique(np.quantile(present, np.linspace(0, 1, count + 1)[1:-1]))
        # Two-sided places keep a value that holds many rows (an atom) in a bin of its own.
        left = np.searchsorted(edges, present, side="left")
        right = np.searchsorted(edges, present, side="right")
        bins[~missing] = 1 + left + right
    return bins


def _predicted(bins: np.ndarray, values: np.ndarray, folds: np.ndarray, classes: int) -> np.ndarray:
    import numpy as np

    size = int(bins.max()) + 1
    result = np.empty(len(values), dtype=np.int64 if classes else np.float64)
    for fold in np.unique(folds):
        inside, outside = folds != fold, folds == fold
        if classes:
            pairs = bins[inside] * classes + values[inside]
            joint = np.bincount(pairs, minlength=size * classes).reshape(size, classes)
            prior = np.bincount(values[inside], minlength=classes)
            best = np.argmax(joint + prior / (10 * prior.sum()), axis=1)
        else:
            rows = np.bincount(bins[inside], minlength=size)
            sums = np.bincount(bins[inside], weights=values[inside], minlength=size)
            overall = float(np.mean(values[inside]))
            best = (sums + overall) / (rows + 1)
        result[outside] = best[bins[outside]]
    return result
