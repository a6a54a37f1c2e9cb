"""How well each arrangement of the target against the rows goes with the features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, Target
from mldebug.checker import derived
from mldebug.columns import numbers

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.derive.identifiers import Identifier
    from mldebug.derive.labels import Labels

FARTHEST = 5
MOST_DIMENSIONS = 100
MOST_WORDS = 10


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The target moved against the rows.

    Parameters
    ----------
    words : str
        What was done to the target: empty for the order as given.
    source : numpy.ndarray of shape (n_rows,), dtype int64
        For each row of the encoded matrix the row of train that its target is taken from; -1 where
        there is none.
    p : float
        Of the linear association of target and features, against none: chi-square.
    """

    words: str
    source: np.ndarray
    p: float


@derived()
def arrangements(
    train: Table,
    target: Target,
    train_labels: Labels,
    encoded: Encoded,
    identifiers: tuple[Identifier, ...],
) -> tuple[Arrangement, ...]:
    """The order as given, the others after it: shifted by one to five rows, reversed, by a number.

    One factorisation of the features, O(n d^2), and O(n d) for each arrangement.
    """
    import numpy as np

    n, rows = train.n_rows, encoded.rows
    sources = [("", rows)]
    for step in range(1, FARTHEST + 1):
        plural = "" if step == 1 else "s"
        sources.append(
            (f"moved up by {step} row{plural}", np.where(rows + step < n, rows + step, -1))
        )
        sources.append(
            (f"moved down by {step} row{plural}", np.where(rows >= step, rows - step, -1))
        )
    sources.append(("reversed", n - 1 - rows))
    for one in identifiers:
        ranks = _ranks(train, one.column)
        if ranks is not None:
            sources.append((f"put in the order of {one.column}", ranks[rows]))
    basis = _basis(encoded)
    found = []
    for words, wanted in sources:
        kept = wanted >= 0
        kept[kept] = train_labels.present[wanted[kept]]
        source = np.where(kept, wanted, -1)
        p = _association(basis, source, train_labels, target)
        found.append(Arrangement(words, source, p))
    return tuple(found)


def _ranks(train: Table, name: str) -> np.ndarray | None:
    """The rank of each row by a column of numbers, if they all differ and stand in no order."""
    import numpy as np
    import pyarrow as pa

    column = train[name]
    if not (pa.types.is_integer(column.data.type) or pa.types.is_floating(column.data.type)):
        return None
    values = numbers(column.data)
    if np.isnan(values).any() or len(np.unique(values)) < len(values):
        return None
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values)] = np.arange(len(values))
    return None if (ranks == np.arange(len(values))).all() else ranks


def _basis(encoded: Encoded) -> np.ndarray:
    """An orthonormal basis, without the constant, of the ranks of numbers and of words as 0 and 1."""
    import numpy as np
    from scipy.stats import rankdata

    parts: list[np.ndarray] = []
    for place in range(len(encoded.names)):
        values = encoded.matrix[:, place]
        known = ~np.isnan(values)
        if len(parts) >= MOST_DIMENSIONS or not known.any():
            continue
        if encoded.categorical[place]:
            words, counts = np.unique(values[known], return_counts=True)
            common = words[np.argsort(-counts, kind="stable")][:MOST_WORDS]
            parts += [(values == one) * 1.0 for one in common]
            continue
        ranks = np.zeros(len(values))
        ranks[known] = rankdata(values[known])
        ranks[known] -= ranks[known].mean()
        parts.append(ranks / max(float(np.abs(ranks).max()), 1.0))
    matrix = np.column_stack(parts)
    matrix = matrix - matrix.mean(axis=0)
    left, spread, _ = np.linalg.svd(matrix, full_matrices=False)
    return np.asarray(left[:, spread > 1e-9 * max(float(spread.max()), 1e-300)])


def _association(basis: np.ndarray, source: np.ndarray, labels: Labels, target: Target) -> float:
    """The p-value of n R squared of the target's scores in the basis: chi-square."""
    import numpy as np
    from scipy.stats import chi2, rankdata

    kept = source >= 0
    n, d = int(kept.sum()), basis.shape[1]
    if n <= 2 * d + 10 or not d:
        return 1.0
    values = labels.values[source[kept]]
    if len(np.unique(values)) < 2:
        return 1.0
    if target.task == "classification":
        scores = np.stack([(values == one) * 1.0 for one in np.unique(values)[1:]], axis=1)
    else:
        scores = rankdata(values)[:, None]
    scores = scores - scores.mean(axis=0)
    inside = basis[kept]
    covariance = scores.T @ scores / n
    explained = inside.T @ scores
    statistic = float(np.trace(np.linalg.pinv(covariance) @ (explained.T @ explained)))
    statistic *= len(basis) / n  # rows without a target take their part of the basis along
    return float(chi2.sf(statistic, d * np.linalg.matrix_rank(covariance)))
