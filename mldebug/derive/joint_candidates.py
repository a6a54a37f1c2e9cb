"""Pairs and triples of features that seem to tell the target, where none of them does alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import Unavailable, derived

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded

MOST_COLUMNS = 60
SCREENED_ROWS = 4_000
BINS = ((400, 4), (2_000, 6))
MOST_BINS, MOST_LEVELS = 8, 10
"""Of a pair, numbers fall in 4 bins up to 400 rows, 6 up to 2,000 and 8 beyond; of categories the
most frequent ten count, the others together."""
GAIN_OF_A_THIRD = 0.1
"""Three columns count if they tell so much more than any two of them."""
FEWEST_COLUMNS = 3
MOST_CLASSES = 10
SELDOM = 0.1


@dataclass(frozen=True, slots=True)
class JointCandidates:
    """What the screens found.

    Parameters
    ----------
    subsets : tuple of tuple of int
        The places of the columns of the most promising pair of each screen, or triple; distinct.
    scores : tuple of float
        What a screen makes of each; about its skill.
    looked_at : int
        How many columns took part: all up to 60, else 60 drawn with the seed.
    """

    subsets: tuple[tuple[int, ...], ...]
    scores: tuple[float, ...]
    looked_at: int


@derived()
def joint_candidates(
    encoded: Encoded, target: Target, column_skills: np.ndarray, seed: int
) -> JointCandidates:
    """The most promising pair on a grid, and pair or triple in a linear fit of values or logs.

    Raises
    ------
    Unavailable
        Fewer than three features, so that nothing is left to compare a pair with.

    Notes
    -----
    What a subset tells beyond the best of its columns decides. O(n d^2) on 4,000 rows.
    """
    import numpy as np

    d = len(encoded.names)
    if d < FEWEST_COLUMNS:
        raise Unavailable("fewer than three features: a pair cannot be compared with the others")
    chosen = np.arange(d)
    if d > MOST_COLUMNS:
        chosen = np.sort(np.random.default_rng(seed).permutation(d)[:MOST_COLUMNS])
    skills = np.maximum(column_skills[chosen], 0.0)
    matrix, coded = encoded.matrix[:, chosen], encoded.categorical[chosen]
    found: dict[tuple[int, ...], float] = {}
    for members, score in (
        *_on_a_grid(matrix, coded, encoded.values, target, skills),
        *_linear(matrix, coded, encoded.values, target, skills),
    ):
        subset = tuple(sorted(int(chosen[one]) for one in members))
        found[subset] = max(found.get(subset, 0.0), score)
    return JointCandidates(tuple(found), tuple(found.values()), len(chosen))


def _on_a_grid(
    matrix: np.ndarray, coded: np.ndarray, values: np.ndarray, target: Target, skills: np.ndarray
) -> Iterator[tuple[tuple[int, int], float]]:
    """The pair whose cells tell most beyond its columns."""
    import numpy as np

    from mldebug.stats.pair_screens import cell_skill
    from mldebug.stats.scores import standardised

    some = np.linspace(0, len(values) - 1, min(len(values), SCREENED_ROWS)).astype(int)
    count = next((bins for rows, bins in BINS if len(some) <= rows), MOST_BINS)
    bins = [
        _levels(column[some]) if is_coded else _bins(column[some], count)
        for column, is_coded in zip(matrix.T, coded, strict=True)
    ]
    classes = int(values.max()) + 1 if target.task == "classification" else 0
    y = values[some] if classes else standardised(values[some])
    best: tuple[float, tuple[int, int], float] | None = None
    for one in range(len(bins)):
        width = int(bins[one].max()) + 1
        for other in range(one + 1, len(bins)):
            score = cell_skill(bins[other] * width + bins[one], y, classes)
            beyond = score - max(skills[one], skills[other])
            if best is None or beyond > best[0]:
                best = beyond, (one, other), score
    if best is not None:
        yield best[1], best[2]


def _bins(column: np.ndarray, count: int) -> np.ndarray:
    import numpy as np

    missing = np.isnan(column)
    bins = np.zeros(len(column), dtype=np.int64)
    if not missing.all():
        edges = np.unique(np.quantile(column[~missing], np.linspace(0, 1, count + 1)[1:-1]))
        bins[~missing] = 1 + np.searchsorted(edges, column[~missing], side="left")
    return bins


def _levels(column: np.ndarray) -> np.ndarray:
    import numpy as np

    _, inverse, counts = np.unique(
        np.where(np.isnan(column), -1, column), return_inverse=True, return_counts=True
    )
    rank = np.empty(len(counts), dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return np.asarray(np.minimum(rank[inverse], MOST_LEVELS))


def _linear(
    matrix: np.ndarray, coded: np.ndarray, values: np.ndarray, target: Target, skills: np.ndarray
) -> Iterator[tuple[tuple[int, ...], float]]:
    """The pair or triple whose linear combination tells most beyond its columns."""
    import numpy as np

    from mldebug.stats.pair_screens import pair_r2, three_by_elimination

    places = np.flatnonzero(~coded)
    if len(places) < 2:
        return
    some = np.linspace(0, len(values) - 1, min(len(values), SCREENED_ROWS)).astype(int)
    matrix, values = matrix[some], values[some]
    alone, kept = skills[places], complete(matrix[:, places])
    best: tuple[float, tuple[int, ...], float] | None = None
    for numbers in scales(matrix[np.ix_(kept, places)]):
        for y, most in outcomes(values[kept], target):
            found = pair_r2(numbers, y) / most
            beyond = np.triu(found - np.maximum(alone[:, None], alone[None, :]), 1)
            one, other = divmod(int(beyond.argmax()), len(places))
            tried: list[tuple[tuple[int, ...], float]] = []
            if one != other:
                tried.append(((one, other), float(found[one, other])))
            three, score = three_by_elimination(numbers, y)
            score /= most
            within = found[np.ix_(three, three)].max(initial=0.0)
            if score >= within + GAIN_OF_A_THIRD:
                tried.append((three, score))
            for members, told in tried:
                gain = told - float(alone[list(members)].max())
                if best is None or gain > best[0]:
                    best = gain, tuple(int(places[member]) for member in members), min(told, 1.0)
    if best is not None:
        yield best[1], best[2]


def complete(numbers: np.ndarray) -> np.ndarray:
    """The rows, as dtype bool, in which no column that is seldom missing is missing.

    One cell filled in beside large numbers can hide an exact relation of all others. Where fewer
    than half of the rows are complete, all.
    """
    import numpy as np

    missing = np.isnan(numbers)
    kept = ~missing[:, missing.mean(axis=0) < SELDOM].any(axis=1)
    return kept if kept.mean() >= 0.5 else np.ones(len(kept), dtype=bool)


def scales(numbers: np.ndarray) -> Iterator[np.ndarray]:
    """The numbers, missing ones as the median, and the logarithms of those that are positive."""
    import numpy as np

    filled = numbers.copy()
    for column in filled.T:
        missing = np.isnan(column)
        column[missing] = np.median(column[~missing]) if not missing.all() else 0.0
    yield filled
    positive = (filled > 0).all(axis=0)
    if positive.any():
        yield np.where(positive, np.log(np.where(filled > 0, filled, 1.0)), 0.0)


def outcomes(values: np.ndarray, target: Target) -> Iterator[tuple[np.ndarray, float]]:
    """Numbers, or one indicator a class, with the largest R squared that a linear fit could have."""
    import numpy as np

    from mldebug.stats.pair_screens import LARGEST_INDICATOR
    from mldebug.stats.scores import standardised

    if target.task == "regression":
        yield standardised(values), 1.0
        return
    counts = np.bincount(values)
    for code in np.argsort(-counts, kind="stable")[: 1 if len(counts) == 2 else MOST_CLASSES]:
        yield (values == code).astype(np.float64), LARGEST_INDICATOR
