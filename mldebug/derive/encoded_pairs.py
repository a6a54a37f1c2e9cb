"""Two tables as matrices of the same columns, for models that tell one from the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table
from mldebug.checker import Unavailable, derived
from mldebug.columns import at_one_precision, codes, is_coded, levels
from mldebug.derive.encoded import FEWEST_ROWS, LEFT_OUT, feature_matrix
from mldebug.derive.sample import rows_for_models, sampled_rows

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """Samples of two tables over the features that both have, in one encoding.

    Parameters
    ----------
    names : tuple of str
        The features: no identifiers, no free text, not the target.
    categorical : numpy.ndarray of shape (n_columns,), dtype bool
        Which columns hold codes; they are those of the first table's words, then the second's.
    first, second : numpy.ndarray of shape (n_rows, n_columns), dtype float64
        As `mldebug.derive.encoded.Encoded` describes them, numbers at one precision.
    first_rows, second_rows : numpy.ndarray of shape (n_rows,), dtype int64
        The rows of each table, all up to 10,000 in rising order; fewer of more than 50 columns, down
        to 2,500.
    """

    names: tuple[str, ...]
    categorical: np.ndarray
    first: np.ndarray
    second: np.ndarray
    first_rows: np.ndarray
    second_rows: np.ndarray


@derived()
def encoded_split(
    train: Table,
    eval: Table,
    non_features: frozenset[str],
    seed: int,
) -> EncodedPair:
    """Train and eval in one encoding. O(n d)."""
    return _pair(train, eval, non_features, seed)


@derived()
def encoded_population(
    eval: Table,
    reference: Table,
    non_features: frozenset[str],
    seed: int,
) -> EncodedPair:
    """Eval and the reference table in one encoding. O(n d)."""
    return _pair(eval, reference, non_features, seed)


def _pair(first: Table, second: Table, non_features: frozenset[str], seed: int) -> EncodedPair:
    import numpy as np

    pairs = [
        (mine, second[mine.name])
        for mine in first.columns
        if mine.name in second
        and mine.name not in non_features
        and mine.kind not in LEFT_OUT
        and second[mine.name].kind is mine.kind
    ]
    if not pairs:
        raise Unavailable(f"{first.role} and {second.role} share no feature of one kind")
    most = rows_for_models(len(pairs)) // 2
    rows = [sampled_rows(one.n_rows, seed, most) for one in (first, second)]
    if min(map(len, rows)) < FEWEST_ROWS:
        raise Unavailable(
            f"{first.role} or {second.role} has too few rows to tell them apart: "
            f"{min(map(len, rows)):,}, of {FEWEST_ROWS} needed"
        )
    matrices = [feature_matrix([pair[side] for pair in pairs], rows[side]) for side in (0, 1)]
    for place, (mine, theirs) in enumerate(pairs):
        if is_coded(mine):
            matrices[1][:, place] = _translated(mine, theirs, rows[1])
        elif mine.kind is not Kind.DATE:
            here, there = (one[:, place] for one in matrices)
            here[:], there[:] = at_one_precision(mine, theirs, here, there)
    return EncodedPair(
        tuple(mine.name for mine, _ in pairs),
        np.array([is_coded(mine) for mine, _ in pairs], dtype=bool),
        matrices[0],
        matrices[1],
        rows[0],
        rows[1],
    )


def _translated(mine: Column, theirs: Column, rows: np.ndarray) -> np.ndarray:
    """The second column's cells as codes of the first's words; new words get codes after them."""
    import numpy as np

    known = {word: code for code, word in enumerate(levels(mine.data))}
    words = levels(theirs.data)
    table = np.array([known.setdefault(word, len(known)) for word in words] + [np.nan])
    return np.asarray(table[codes(theirs.data)[rows]])
