"""Train's features as one matrix that the reference learners can be fitted on, with folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, derived
from mldebug.columns import codes, is_coded, numbers
from mldebug.derive.sample import rows_for_models, sampled_rows

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.identifiers import Identifier
    from mldebug.derive.labels import Labels
    from mldebug.derive.repeats import Repeats

FOLDS = 5
FEWEST_ROWS = 20
FEWEST_GROUPS = 2 * FOLDS
MOST_CLASSES = 100
"""Of more classes a model of each takes longer than it tells: most have a handful of rows."""
LEFT_OUT = (Kind.TEXT, Kind.UNSUPPORTED, Kind.EMPTY, Kind.IDENTIFIER)
MICROSECONDS_A_DAY = 86_400e6


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sample of train as arrays.

    Parameters
    ----------
    names : tuple of str
        The features: no identifiers, no groups, no free text.
    matrix : numpy.ndarray of shape (n_rows, n_columns), dtype float64
        Categories as codes, dates as days; missing as NaN, infinite as the largest finite value.
    categorical : numpy.ndarray of shape (n_columns,), dtype bool
        Which columns hold codes.
    values : numpy.ndarray of shape (n_rows,)
        The target: class codes, or numbers.
    folds : numpy.ndarray of shape (n_rows,), dtype int64
        The fold of each row, 0 to 4, stratified by class; seeded. Rows whose features repeat
        another's beyond chance, and rows of one group, are in one fold.
    rows : numpy.ndarray of shape (n_rows,), dtype int64
        The rows of train, all up to 20,000 with a target; fewer of more than 50 columns, down to
        5,000. Of a classification, the first of those that repeat another's features beyond chance.
    """

    names: tuple[str, ...]
    matrix: np.ndarray
    categorical: np.ndarray
    values: np.ndarray
    folds: np.ndarray
    rows: np.ndarray


@derived()
def encoded(
    train: Table,
    target: Target,
    train_labels: Labels,
    identifiers: tuple[Identifier, ...],
    seed: int,
    groups: str | None = None,
    feature_repeats: Repeats | None = None,
    train_members: np.ndarray | None = None,
) -> Encoded:
    """The features and the target of at most 20,000 rows of train. O(n d)."""
    import numpy as np

    # The time is kept: a model may well learn from it.
    left_out = {one.column for one in identifiers} | {target.name, groups}
    columns = [
        one for one in train.columns if one.name not in left_out and one.kind not in LEFT_OUT
    ]
    if not columns:
        raise Unavailable("train has no feature that a model could be fitted on")
    require_few_classes(target)
    rows = sampled_rows(train.n_rows, seed, rows_for_models(len(columns)))
    rows = rows[train_labels.present[rows]]
    stratified = target.task == "classification"
    together = np.arange(train.n_rows)
    if feature_repeats is not None:
        surprising = feature_repeats.surprising
        together[feature_repeats.rows[surprising]] = feature_repeats.matches[surprising]
        if stratified:
            # A class that was told twelve times of one set of features was told once: a model that
            # is wrong there is wrong twelve times, which no interval over rows allows for.
            rows = rows[np.sort(np.unique(together[rows], return_index=True)[1])]
    values = train_labels.values[rows]
    if len(rows) < FEWEST_ROWS or len(np.unique(values)) < 2:
        raise Unavailable(
            f"too few rows have a target to fit a model: {len(rows):,}, of {FEWEST_ROWS} needed"
            if len(rows) < FEWEST_ROWS
            else "the target has one value only, so no model can be fitted"
        )
    if stratified:
        values = values.astype(np.int64)
    if train_members is not None and len(np.unique(train_members[rows])) >= FEWEST_GROUPS:
        together = train_members
    return Encoded(
        tuple(column.name for column in columns),
        feature_matrix(columns, rows),
        np.array([is_coded(column) for column in columns], dtype=bool),
        values,
        folds_of(values if stratified else None, together[rows], seed),
        rows,
    )


def require_few_classes(target: Target) -> None:
    """Refuse a target of so many classes that a model of each is out of proportion.

    Raises
    ------
    Unavailable
        It has more than 100 classes.
    """
    if len(target.classes) > MOST_CLASSES:
        raise Unavailable(
            f"the target has {len(target.classes):,} classes; models are fitted of at most "
            f"{MOST_CLASSES}"
        )


def feature_matrix(columns: Sequence[Column], rows: np.ndarray) -> np.ndarray:
    """Rows of columns as numbers: shape (n_rows, n_columns), float64, as `Encoded` describes."""
    import numpy as np

    matrix = np.empty((len(rows), len(columns)))
    largest = np.finfo(np.float32).max
    for place, column in enumerate(columns):
        if is_coded(column):
            found = codes(column.data)[rows].astype(np.float64)
            found[found < 0] = np.nan
        else:
            found = np.clip(numbers(column.data)[rows], -largest, largest)
            if column.kind is Kind.DATE:
                found /= MICROSECONDS_A_DAY
        matrix[:, place] = found
    return matrix


def folds_of(classes: np.ndarray | None, together: np.ndarray, seed: int) -> np.ndarray:
    """The fold of each row, 0 to 4: dealt out in turn after a seeded shuffle.

    Parameters
    ----------
    classes : numpy.ndarray of shape (n_rows,), or None
        Each class is dealt out by itself.
    together : numpy.ndarray of shape (n_rows,)
        Rows with one value here stay together, in the fold of the first of them.
    seed : int
        Of the shuffle.

    Returns
    -------
    numpy.ndarray of shape (n_rows,), dtype int64
        O(n log n).
    """
    import numpy as np

    n_rows = len(together)
    _, first, inverse = np.unique(together, return_index=True, return_inverse=True)
    leaders = first[inverse]
    own = np.flatnonzero(leaders == np.arange(n_rows))
    shuffled = np.random.default_rng(seed).permutation(len(own))
    if classes is not None:
        shuffled = shuffled[np.argsort(classes[own][shuffled], kind="stable")]
    folds = np.empty(n_rows, dtype=np.int64)
    folds[own[shuffled]] = np.arange(len(own)) % FOLDS
    return folds[leaders]
