"""Pairs of features that are closely associated, whatever their kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import NUMERIC_OR_CATEGORICAL, Table, Target
from mldebug.checker import Unavailable, derived
from mldebug.columns import is_coded
from mldebug.derive.encoded import feature_matrix
from mldebug.derive.sample import FOR_MODELS, sampled_rows

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.artefacts import Column
    from mldebug.derive.identifiers import Identifier
    from mldebug.derive.profile import Profile
    from mldebug.stats.intervals import Estimate

CLOSE = 0.95
"""The association from which on two columns are kept."""
LOOKED_AT = 0.9
"""Screening is not exact where cells are missing; from this on a pair is measured again."""
ROWS_A_LEVEL = 5
"""A category with fewer rows a level on average determines any other column, by chance."""
MOST_NUMBERS, MOST_CATEGORIES = 2_000, 300
SCREENED_ROWS = 4_000
"""Pairs are screened on so many rows: there may be millions of them, and few come near."""
DENSE_COUNTS = 65_536
"""Joint counts of up to so many cells are counted in an array."""
MOST_MEASURED = 2_000
"""Of closer pairs only the closest so many, as screened, are measured with an interval."""


@dataclass(frozen=True, slots=True)
class AssociatedPairs:
    """What was compared, and the close pairs.

    Parameters
    ----------
    names : tuple of str
        The features that were compared, in the table's order.
    left_out : int
        How many features were not compared because there are too many.
    pairs : tuple of tuple (str, str, Estimate, str)
        Those of `CLOSE` or more, and the closest pair of all, the closest first; each with the name
        of the measure in words. Of a pair, the column that stands first comes first.
    """

    names: tuple[str, ...]
    left_out: int
    pairs: tuple[tuple[str, str, Estimate, str], ...]


@derived()
def associated_pairs(
    train: Table,
    train_profile: Profile,
    identifiers: tuple[Identifier, ...],
    device: Device,
    seed: int,
    target: Target | None = None,
    groups: str | None = None,
) -> AssociatedPairs:
    """The closely associated pairs of features, on at most 20,000 rows.

    Raises
    ------
    Unavailable
        Fewer than two features vary.

    Notes
    -----
    Pairs are screened on 4,000 rows, those with a number by products of matrices, O(n d^2), those of
    categories by joint counts; what is near is measured on all 20,000, O(n log n) a pair.
    """
    import numpy as np
    from threadpoolctl import threadpool_limits

    # The time is kept: a feature that merely follows it adds nothing to it.
    left_out = {one.column for one in identifiers} | {groups, target.name if target else None}
    varying = [
        one
        for one in train.of_kind(*NUMERIC_OR_CATEGORICAL)
        if one.name not in left_out and train_profile.columns[one.name].n_distinct > 1
    ]
    numbered = [one for one in varying if not is_coded(one)][:MOST_NUMBERS]
    named = [
        one
        for one in varying
        if is_coded(one)
        and train_profile.columns[one.name].n_distinct * ROWS_A_LEVEL
        <= train_profile.columns[one.name].n_present
    ][:MOST_CATEGORIES]
    columns = [*numbered, *named]
    if len(columns) < 2:
        raise Unavailable("fewer than two features vary, so there is nothing to compare")
    rows = sampled_rows(train.n_rows, seed, FOR_MODELS)
    matrix = feature_matrix(columns, rows)
    split = len(numbered)
    screened = np.zeros((len(columns), len(columns)))
    some = matrix[np.linspace(0, len(rows) - 1, min(len(rows), SCREENED_ROWS)).astype(int)]
    with threadpool_limits(1):  # the products are small, and threads would wait for each other
        if split:
            screened[:split, :split] = _of_numbers(some[:, :split], device)
        if split and named:
            screened[:split, split:] = _of_numbers_and_words(some[:, :split], some[:, split:])
    for one, other, value in _of_words(some[:, split:]):
        screened[split + one, split + other] = value
    pairs = list(_measured(columns, matrix, split, screened))
    order = {name: place for place, name in enumerate(train.names)}
    ordered = tuple(
        (*sorted(pair[:2], key=order.__getitem__), *pair[2:])
        for pair in sorted(pairs, key=lambda pair: -pair[2].value)
    )
    names = sorted((one.name for one in columns), key=order.__getitem__)
    return AssociatedPairs(tuple(names), len(varying) - len(columns), ordered)  # type: ignore[arg-type]


def _of_numbers(matrix: np.ndarray, device: Device) -> np.ndarray:
    import numpy as np

    from mldebug.arrays import to_host
    from mldebug.stats.dependence import spearman_matrix

    return np.triu(np.abs(to_host(spearman_matrix(device.asarray(matrix)))), 1)


def _of_numbers_and_words(numbered: np.ndarray, named: np.ndarray) -> np.ndarray:
    """The correlation ratio of the ranks of each number given each category, not corrected."""
    import numpy as np

    from mldebug.stats.dependence import centred_ranks

    present = (~np.isnan(numbered)).astype(np.float64)
    ranks = np.stack([centred_ranks(column) for column in numbered.T], axis=1)
    found = np.zeros((numbered.shape[1], named.shape[1]))
    for place, words in enumerate(named.T):
        there = ~np.isnan(words)
        inverse = np.unique(words[there], return_inverse=True)[1]
        dealt = np.zeros((int(there.sum()), int(inverse.max(initial=-1)) + 1))
        dealt[np.arange(len(dealt)), inverse] = 1
        counts, sums = dealt.T @ present[there], dealt.T @ ranks[there]
        rows, squares = counts.sum(axis=0), np.sum(ranks[there] ** 2, axis=0)
        middle = sums.sum(axis=0) ** 2 / np.maximum(rows, 1)
        between = np.sum(sums**2 / np.maximum(counts, 1), axis=0) - middle
        total = squares - middle
        varies = total > 1e-9 * np.maximum(squares, 1e-300)
        found[:, place] = np.sqrt(np.clip(between / np.where(varies, total, 1), 0, 1)) * varies
    return found


def _of_words(matrix: np.ndarray) -> Iterator[tuple[int, int, float]]:
    """Theil's U of pairs of categories, from joint counts; not corrected for their number."""
    import numpy as np

    coded = [np.where(np.isnan(words), -1, words) for words in matrix.T]
    numbered = [np.unique(words, return_inverse=True)[1] for words in coded]
    present = [words >= 0 for words in coded]

    def entropy(joint: np.ndarray) -> float:
        counts = (
            np.bincount(joint)
            if joint.max() < DENSE_COUNTS
            else np.unique(joint, return_counts=True)[1]
        )
        shares = counts[counts > 0] / len(joint)
        return float(-np.sum(shares * np.log(shares)))

    for one in range(len(coded)):
        for other in range(one + 1, len(coded)):
            there = present[one] & present[other]
            if not there.any():
                continue
            a, b = numbered[one][there], numbered[other][there]
            sides = entropy(a), entropy(b)
            if min(sides) > 0:
                shared = sum(sides) - entropy(a * (int(b.max()) + 1) + b)
                yield one, other, shared / min(sides)


def _measured(
    columns: Sequence[Column], matrix: np.ndarray, split: int, screened: np.ndarray
) -> Iterator[tuple[str, str, Estimate, str]]:
    import numpy as np

    from mldebug.stats.association_intervals import association_estimate

    best = np.unravel_index(int(screened.argmax()), screened.shape)
    near = np.argwhere(screened >= LOOKED_AT)
    near = near[np.argsort(-screened[near[:, 0], near[:, 1]], kind="stable")][:MOST_MEASURED]
    # Where nothing is associated at all, the first two columns are the closest pair.
    closest = [int(place) for place in best] if best[0] != best[1] else [0, 1]
    for one, other in near.tolist() or [closest]:
        coded = one >= split, other >= split
        found = association_estimate(matrix[:, one], matrix[:, other], *coded)
        if found.value >= CLOSE or not len(near) or [one, other] == near[0].tolist():
            way = ("rank correlation", "correlation ratio", "Theil's U")[sum(coded)]
            yield columns[one].name, columns[other].name, found, way
