"""How well a model tells the rows of two tables apart, out of fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table
from mldebug.checker import Unavailable, derived
from mldebug.derive.encoded import FEWEST_GROUPS, FOLDS, folds_of
from mldebug.derive.split_units import SplitUnits
from mldebug.learners import LEARNERS, out_of_fold

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded_pairs import EncodedPair

BINS = 20
SUREST = 1e-6


@dataclass(frozen=True, slots=True)
class DomainScores:
    """What a classifier of "which table is this row from" says of rows that it was not fitted on.

    Parameters
    ----------
    first, second : numpy.ndarray of shape (n_rows,), dtype float64
        The chance that a row is of the second table, as if both tables had as many rows.
    ranks_first, ranks_second : numpy.ndarray of shape (n_rows,), dtype float64
        The rank of that chance within the row's fold, from 0 to 1.
    first_rows, second_rows : numpy.ndarray of shape (n_rows,), dtype int64
        The rows of each table, as of `EncodedPair`.
    groups_first, groups_second : numpy.ndarray of shape (n_rows,), dtype int64, or None
        The group of each row, where rows of one group belong together.
    in_time : bool
        Whether the groups are stretches of time, of which one is like the next.
    shares : tuple of (str, float)
        Each column with the share of the scores' variance that it explains, the largest first.
    """

    first: np.ndarray
    second: np.ndarray
    ranks_first: np.ndarray
    ranks_second: np.ndarray
    first_rows: np.ndarray
    second_rows: np.ndarray
    groups_first: np.ndarray | None
    groups_second: np.ndarray | None
    in_time: bool
    shares: tuple[tuple[str, float], ...]


@derived()
def split_scores(
    train: Table,
    eval: Table,
    encoded_split: EncodedPair,
    seed: int,
    split_units: SplitUnits | None = None,
) -> DomainScores:
    """The scores that tell eval's rows from train's."""
    return _scores(train, eval, encoded_split, seed, split_units)


@derived()
def population_scores(
    eval: Table,
    reference: Table,
    encoded_population: EncodedPair,
    seed: int,
    eval_members: np.ndarray | None = None,
    reference_members: np.ndarray | None = None,
) -> DomainScores:
    """The scores that tell the rows of the reference table from eval's."""
    units = None
    if eval_members is not None and reference_members is not None:
        units = SplitUnits(eval_members, reference_members, alike=False)
    return _scores(eval, reference, encoded_population, seed, units)


def _scores(
    one: Table, other: Table, pair: EncodedPair, seed: int, units: SplitUnits | None
) -> DomainScores:
    """Out-of-fold scores of boosting and a linear model, their log odds averaged.

    Notes
    -----
    Dates are left out: a file that is split by time is told apart by its dates, and that is meant.
    Rows that are equal in all features are in one fold, as are rows of one group: a model that
    remembers them would tell the tables apart though they are alike. Of stretches of time, a fifth
    of each table that is held out is one run. Five fits of either learner on at most 20,000 rows.
    """
    import numpy as np

    kept = np.array([one[name].kind is not Kind.DATE for name in pair.names], dtype=bool)
    if not kept.any():
        raise Unavailable(f"{one.role} and {other.role} share no feature but dates")
    matrix = np.concatenate([pair.first[:, kept], pair.second[:, kept]])
    n = len(pair.first)
    side = (np.arange(len(matrix)) >= n).astype(np.int64)
    grouped = _groups(one, other, pair, units)
    together = _equal_rows(matrix) if grouped is None else np.concatenate(grouped)
    folds = folds_of(side, together, seed)
    if units is not None and grouped is not None and units.alike:
        folds = np.concatenate([_in_turn(one) for one in grouped])
    categorical = pair.categorical[kept]
    odds = np.zeros(len(matrix))
    for learner in LEARNERS:
        found = out_of_fold(matrix, side, folds, "classification", learner, categorical)
        assert found.probabilities is not None
        chance = np.clip(found.probabilities[:, 1], SUREST, 1 - SUREST)
        odds += np.log(chance / (1 - chance)) / len(LEARNERS)
    ranks = np.empty(len(odds))
    for fold in np.unique(folds):
        ranks[folds == fold] = _ranks(odds[folds == fold])
    chances = 1 / (1 + np.exp(np.log((len(matrix) - n) / n) - odds))
    names = [name for name, stays in zip(pair.names, kept, strict=True) if stays]
    explained = [
        (name, _explained(matrix[:, place], bool(categorical[place]), odds))
        for place, name in enumerate(names)
    ]
    return DomainScores(
        chances[:n],
        chances[n:],
        ranks[:n],
        ranks[n:],
        pair.first_rows,
        pair.second_rows,
        None if grouped is None else grouped[0],
        None if grouped is None else grouped[1],
        units is not None and units.alike,
        tuple(sorted(explained, key=lambda told: -told[1])),
    )


def _in_turn(stretches: np.ndarray) -> np.ndarray:
    """The fold of each row of numbered stretches: runs of as many stretches."""
    import numpy as np

    _, place = np.unique(stretches, return_inverse=True)
    return np.asarray(place * FOLDS // (place.max() + 1), dtype=np.int64)


def _groups(
    one: Table, other: Table, pair: EncodedPair, units: SplitUnits | None
) -> tuple[np.ndarray, np.ndarray] | None:
    """The units of the rows of either table, none of one table numbered as one of the other."""
    import numpy as np

    if units is None:
        return None
    first, second = units.train[pair.first_rows], units.eval[pair.second_rows]
    fewest = min(len(np.unique(first)), len(np.unique(second)))
    if fewest < FEWEST_GROUPS:
        raise Unavailable(
            f"{one.role} or {other.role} has too few groups to tell them apart: {fewest:,}, of "
            f"{FEWEST_GROUPS} needed"
        )
    return first, second + first.max() + 1


def _equal_rows(matrix: np.ndarray) -> np.ndarray:
    """A number for each row that rows with the same cells share, shape (n_rows,), int64."""
    import numpy as np

    held = np.ascontiguousarray(np.where(np.isnan(matrix), np.inf, matrix + 0.0))
    rows = held.view(np.dtype((np.void, held.dtype.itemsize * held.shape[1]))).ravel()
    return np.asarray(np.unique(rows, return_inverse=True)[1], dtype=np.int64)


def _ranks(values: np.ndarray) -> np.ndarray:
    from mldebug.stats.ranking import midranks

    return (midranks(values) - 0.5) / len(values)


def _explained(column: np.ndarray, coded: bool, scores: np.ndarray) -> float:
    """The share of the scores' variance between the column's bins, without what chance adds."""
    import numpy as np

    missing = np.isnan(column)
    bins = np.zeros(len(column), dtype=np.int64)
    present = column[~missing]
    if coded:
        bins[~missing] = 1 + present.astype(np.int64)
    elif len(present):
        edges = np.unique(np.quantile(present, np.linspace(0, 1, BINS + 1)[1:-1]))
        bins[~missing] = 1 + np.searchsorted(edges, present, side="right")
    counts = np.bincount(bins)
    used = int(np.count_nonzero(counts))
    total = float(np.var(scores))
    if used < 2 or total == 0 or used >= len(scores):
        return 0.0
    means = np.bincount(bins, weights=scores) / np.maximum(counts, 1)
    within = float(np.mean((scores - means[bins]) ** 2)) * len(scores) / (len(scores) - used)
    return max(1 - within / total, 0.0)
