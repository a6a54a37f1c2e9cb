"""How well the levels of one column predict a target, out of fold."""

from __future__ import annotations

from math import sqrt

import numpy as np

from mldebug.stats.association_intervals import association_estimate
from mldebug.stats.intervals import LEVEL, Interval, stricter
from mldebug.stats.ranking import auc, midranks


def out_of_fold_means(bins: np.ndarray, values: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """The mean of the other folds' values in each row's level, with one row of the overall mean.

    Parameters
    ----------
    bins, values, folds : numpy.ndarray of shape (n,)
        The level of each row from 0, its value, and its fold. O(n).
    """
    size = int(bins.max()) + 1
    result = np.empty(len(values))
    for fold in np.unique(folds):
        inside, outside = folds != fold, folds == fold
        rows = np.bincount(bins[inside], minlength=size)
        sums = np.bincount(bins[inside], weights=values[inside], minlength=size)
        overall = values[inside].mean() if inside.any() else values.mean()
        result[outside] = ((sums + overall) / (rows + 1))[bins[outside]]
    return result


def best_area(
    bins: np.ndarray, values: np.ndarray, folds: np.ndarray, *, classes: bool
) -> tuple[float, Interval, int | None]:
    """The largest area under the curve of a class against the rest, with its interval and the class.

    Parameters
    ----------
    bins, values, folds : numpy.ndarray of shape (n,)
        The level of each row from 0; class codes or numbers, two of them different; the fold.
    classes : bool
        Whether the values are class codes.

    Returns
    -------
    tuple of float, tuple of float, and int or None
        At least .5. For numbers (1 + r) / 2 with the rank correlation r, and no class. The interval
        is at a level that allows for the choice among the classes. O(k n log n).
    """
    if not classes:
        ranks = midranks(values) / len(values)
        predicted = out_of_fold_means(bins, ranks, folds)
        if not np.ptp(predicted) or np.corrcoef(predicted, ranks)[0, 1] <= 0:
            return 0.5, (0.5, 0.5 + 1 / sqrt(len(values))), None
        found = association_estimate(predicted, ranks, one_is_coded=False, other_is_coded=False)
        low, high = found.interval or (0.0, 1.0)
        return 0.5 + found.value / 2, (0.5 + low / 2, 0.5 + high / 2), None
    there = np.unique(values)
    tried = []
    for code in there[1:] if len(there) == 2 else there:
        own = (values == code).astype(np.float64)
        scores = out_of_fold_means(bins, own, folds)
        tried.append((*auc(scores[own == 0], scores[own == 1]), int(code)))
    value, interval, code = max(tried, key=lambda one: one[0])
    low, high = stricter(value, interval, (0.0, 1.0), 1 - (1 - LEVEL) / len(tried))
    return max(value, 0.5), (max(low, 0.5), max(high, 0.5)), code
