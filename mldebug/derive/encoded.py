"""Train's features as one matrix that the reference learners can be fitted on, with folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, derived
from mldebug.columns import codes, is_coded, numbers
from mldebug.derive.sample import FOR_MODELS, sampled_rows

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.identifiers import Identifier
    from mldebug.derive.labels import Labels

FOLDS = 5
FEWEST_ROWS = 20
LEFT_OUT = (Kind.TEXT, Kind.UNSUPPORTED, Kind.EMPTY, Kind.IDENTIFIER)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sample of train as arrays.

    Parameters
    ----------
    names : tuple of str
        The features: no identifiers, no free text.
    matrix : numpy.ndarray of shape (n_rows, n_columns), dtype float64
        Categories as codes, dates as days; missing as NaN, infinite as the largest finite value.
    categorical : numpy.ndarray of shape (n_columns,), dtype bool
        Which columns hold codes.
    values : numpy.ndarray of shape (n_rows,)
        The target: class codes, or numbers.
    folds : numpy.ndarray of shape (n_rows,), dtype int64
        The fold of each row, 0 to 4, stratified by class; seeded.
    rows : numpy.ndarray of shape (n_rows,), dtype int64
        The rows of train, all up to 20,000 with a target.
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
) -> Encoded:
    """The features and the target of at most 20,000 rows of train. O(n d)."""
    import numpy as np

    left_out = {one.column for one in identifiers} | {target.name}
    columns = [
        one for one in train.columns if one.name not in left_out and one.kind not in LEFT_OUT
    ]
    if not columns:
        raise Unavailable("train has no feature that a model could be fitted on")
    rows = sampled_rows(train.n_rows, seed, FOR_MODELS)
    rows = rows[train_labels.present[rows]]
    values = train_labels.values[rows]
    if len(rows) < FEWEST_ROWS or len(np.unique(values)) < 2:
        raise Unavailable(
            f"too few rows have a target to fit a model: {len(rows):,}, of {FEWEST_ROWS} needed"
            if len(rows) < FEWEST_ROWS
            else "the target has one value only, so no model can be fitted"
        )
    matrix = np.empty((len(rows), len(columns)))
    for place, column in enumerate(columns):
        if is_coded(column):
            found = codes(column.data)[rows].astype(np.float64)
            found[found < 0] = np.nan
        else:
            found = numbers(column.data)[rows].copy()
            largest = np.finfo(np.float32).max
            found = np.clip(found, -largest, largest)
            if column.kind is Kind.DATE:
                found /= 86_400e6
        matrix[:, place] = found
    if target.task == "classification":
        values = values.astype(np.int64)
    return Encoded(
        tuple(column.name for column in columns),
        matrix,
        np.array([is_coded(column) for column in columns], dtype=bool),
        values,
        _folds(values, target.task == "classification", seed),
        rows,
    )


def _folds(values: np.ndarray, stratified: bool, seed: int) -> np.ndarray:
    """Rows dealt to folds in turn, after a seeded shuffle within each class."""
    import numpy as np

    shuffled = np.random.default_rng(seed).permutation(len(values))
    if stratified:
        shuffled = shuffled[np.argsort(values[shuffled], kind="stable")]
    folds = np.empty(len(values), dtype=np.int64)
    folds[shuffled] = np.arange(len(values)) % FOLDS
    return folds
