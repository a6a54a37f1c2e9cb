"""In which fold of the user's cross-validation each row of train is held out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.artefacts import Table, TimeColumn, Validation
from mldebug.checker import Unavailable, derived
from mldebug.columns import numbers

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.labels import Labels


@derived()
def cv_folds(
    train: Table,
    cv: Validation,
    seed: int,
    train_labels: Labels | None = None,
    train_members: np.ndarray | None = None,
    time: TimeColumn | None = None,
) -> np.ndarray:
    """The fold in which each row is held out.

    Returns
    -------
    numpy.ndarray of shape (n_rows,), dtype int64
        From 0; -1 for rows that are never held out, as the first of a series are.

    Notes
    -----
    Folds of consecutive rows, of classes and of time are those that scikit-learn makes; what is
    drawn at random is drawn anew, with the audit's seed. O(n log n).
    """
    import numpy as np

    n = train.n_rows
    if cv.listed is not None:
        return cv.listed
    if cv.scheme == "each":
        return np.arange(n, dtype=np.int64)
    if cv.n_folds < 2:
        raise Unavailable(f"{cv.source} does not say how many folds there are")
    if cv.n_folds > n:
        raise Unavailable(f"{cv.source} asks for more folds than train has rows")
    if cv.scheme == "groups":
        if train_members is None:
            raise Unavailable(f"{cv.source} needs --groups", ("--groups",))
        return _of_groups(train_members, cv.n_folds)
    places = np.arange(n)
    if cv.scheme == "time":
        order = (
            places if time is None else np.argsort(numbers(train[time.name].data), kind="stable")
        )
        folds = np.empty(n, dtype=np.int64)
        size = n // (cv.n_folds + 1)
        folds[order] = np.maximum((places - (n - size * cv.n_folds)) // size, -1)
        return folds
    if cv.scheme == "shuffled":
        places = np.random.default_rng(seed).permutation(n)
        return places * cv.n_folds // n
    if cv.scheme == "stratified" and train_labels is not None and train_labels.classes:
        return _stratified(train_labels.values, cv.n_folds)
    return places * cv.n_folds // n


def _stratified(classes: np.ndarray, n_folds: int) -> np.ndarray:
    """Each class cut into blocks of consecutive rows, which start at another fold in each class."""
    import numpy as np

    folds = np.empty(len(classes), dtype=np.int64)
    dealt = 0
    for one in np.unique(classes):
        rows = np.flatnonzero(classes == one)
        if len(rows) < n_folds:
            folds[rows] = (dealt + np.arange(len(rows))) % n_folds
            dealt += len(rows)
        else:
            folds[rows] = np.arange(len(rows)) * n_folds // len(rows)
    return folds


def _of_groups(groups: np.ndarray, n_folds: int) -> np.ndarray:
    """Whole groups, the largest first, each to the fold with the fewest rows."""
    import numpy as np

    names, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) < n_folds:
        raise Unavailable(f"there are {len(names):,} groups for {n_folds} folds")
    fold_of_group = np.empty(len(names), dtype=np.int64)
    filled = np.zeros(n_folds, dtype=np.int64)
    for one in np.argsort(-sizes, kind="stable"):
        emptiest = int(filled.argmin())
        fold_of_group[one] = emptiest
        filled[emptiest] += sizes[one]
    return fold_of_group[inverse]
