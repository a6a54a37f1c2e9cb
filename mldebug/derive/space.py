"""The space in which rows are near or far: robustly scaled numbers and categories side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import NUMERIC_OR_CATEGORICAL, Table
from mldebug.checker import Unavailable, derived
from mldebug.columns import codes, is_coded, levels, numbers
from mldebug.derive.sample import FOR_STATISTICS, sampled_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from mldebug.artefacts import Column

FEW_WORDS = 8
"""Up to so many categories have a dimension each; more are points on a sphere of as many dimensions."""
MOST_DIMENSIONS = 512
FARTHEST = 8.0
"""Beyond this many robust deviations a number is cut, so that one column's tail is not all distance."""
HALF_RANGE_OF_NORMAL = 0.674_489_75


@dataclass(frozen=True, slots=True)
class Space:
    """The rows of train, and of eval if there is one, as points.

    Parameters
    ----------
    columns : tuple of str
        The features that count: numbers, booleans and categories that do not name the rows.
    owners : numpy.ndarray of shape (n_dimensions,), dtype int64
        The place in ``columns`` of the feature that each dimension is made of.
    train : numpy.ndarray of shape (n_train, n_dimensions), dtype float32
        Numbers in robust standard deviations from the median of train, the missing at the median
        and, where some are, a dimension of 0 and 1 that says so. A category of few words has one
        dimension a word, so that two words are at the distance 1; of many words each is a point on a
        sphere that its spelling places, and two are at the distance 1 on average.
    train_rows : numpy.ndarray of shape (n_train,), dtype int64
        The rows of train: all up to 200,000.
    eval, eval_rows : numpy.ndarray or None
        The same of eval, scaled as train.
    """

    columns: tuple[str, ...]
    owners: np.ndarray
    train: np.ndarray
    train_rows: np.ndarray
    eval: np.ndarray | None = None
    eval_rows: np.ndarray | None = None


@derived()
def space(
    train: Table,
    non_features: frozenset[str],
    seed: int,
    eval: Table | None = None,
) -> Space:
    """The rows of train and eval as points of one space. O(n d).

    With more than 512 dimensions the columns that come last are left out.
    """
    import numpy as np

    columns = [
        one
        for one in train.of_kind(*NUMERIC_OR_CATEGORICAL)
        if one.name not in non_features
        and (eval is None or (one.name in eval and eval[one.name].kind is one.kind))
    ]
    rows = sampled_rows(train.n_rows, seed, FOR_STATISTICS)
    held = None if eval is None else sampled_rows(eval.n_rows, seed, FOR_STATISTICS)
    names: list[str] = []
    owners: list[int] = []
    mine, theirs = [], []
    for column in columns:
        if len(owners) >= MOST_DIMENSIONS:
            break
        other = None if eval is None or held is None else (eval[column.name], held)
        for here, there in _dimensions(column, rows, other):
            owners.append(len(names))
            mine.append(here.astype(np.float32))
            if there is not None:
                theirs.append(there.astype(np.float32))
        names.append(column.name)
    if not owners:
        raise Unavailable("there is no column of numbers or categories that varies")
    return Space(
        tuple(names),
        np.array(owners, dtype=np.int64),
        np.column_stack(mine),
        rows,
        None if held is None else np.column_stack(theirs),
        held,
    )


def _dimensions(
    column: Column, rows: np.ndarray, other: tuple[Column, np.ndarray] | None
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """The dimensions of one column, for train's rows and for the other table's."""
    if is_coded(column):
        yield from _words(column, rows, other)
        return
    yield from _numbers(column, rows, other)


def _numbers(
    column: Column, rows: np.ndarray, other: tuple[Column, np.ndarray] | None
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    import numpy as np

    # Quarters, so that no difference of numbers is beyond all numbers.
    values = numbers(column.data)[rows] / 4
    finite = values[np.isfinite(values)]
    if len(finite) < 2 or finite.min() == finite.max():
        return
    low, middle, high = np.quantile(finite, [0.25, 0.5, 0.75])
    spread = (high / 2 - low / 2) / HALF_RANGE_OF_NORMAL
    if not spread > 0:
        spread = _spread_of_the_rest(finite, middle)
    theirs = None if other is None else numbers(other[0].data)[other[1]] / 4
    missing = np.isnan(values)

    def placed(found: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = np.clip((found - middle) / spread, -FARTHEST, FARTHEST)
        return np.where(np.isnan(found), 0.0, scaled)

    yield placed(values), None if theirs is None else placed(theirs)
    if missing.any() or (theirs is not None and np.isnan(theirs).any()):
        yield missing * 1.0, None if theirs is None else np.isnan(theirs) * 1.0


def _spread_of_the_rest(finite: np.ndarray, middle: float) -> float:
    """The scale of a column of which half or more are one value: that of the others' distances."""
    import numpy as np

    with np.errstate(over="ignore"):
        apart = np.abs(finite - middle)
    return float(np.median(apart[apart > 0]))


def _words(
    column: Column, rows: np.ndarray, other: tuple[Column, np.ndarray] | None
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    import numpy as np

    mine = codes(column.data)[rows]
    words = levels(column.data)
    theirs = None if other is None else codes(other[0].data)[other[1]]
    others = [] if other is None else levels(other[0].data)
    spoken = dict.fromkeys([*words, *others])
    if len(spoken) <= FEW_WORDS:
        places = {word: place for place, word in enumerate(spoken)}
        table = np.eye(len(spoken) + 1) * np.sqrt(0.5)
        here = table[[places[word] for word in words] + [len(spoken)]]
        there = table[[places[word] for word in others] + [len(spoken)]]
    else:
        here, there = _on_a_sphere(words), _on_a_sphere(others)
    for dimension in range(here.shape[1]):
        here_values = here[:, dimension][mine]
        there_values = None if theirs is None else there[:, dimension][theirs]
        if here_values.any() or (there_values is not None and there_values.any()):
            yield here_values, there_values


def _on_a_sphere(words: list[str]) -> np.ndarray:
    """A point for each word, and one more for what is missing: shape (n_words + 1, 8).

    Eight hashes of the spelling, made normal and scaled to the radius at which two points are at
    the root mean square distance 1. The same word is at the same place in every table.
    """
    import numpy as np
    from scipy.special import ndtri

    from mldebug.stats.fingerprints import mixed, text_hashes

    hashed = np.asarray(text_hashes([*words, None]))
    salts = mixed(np.arange(1, FEW_WORDS + 1, dtype=np.int64))
    bits = mixed(hashed[:, None] ^ salts[None, :]).view(np.uint64) >> np.uint64(11)
    points = ndtri((bits.astype(np.float64) + 0.5) / 2.0**53)
    lengths = np.sqrt((points**2).sum(axis=1, keepdims=True))
    return np.asarray(points / lengths * np.sqrt(0.5))
