"""What models of train and models of eval know of eval's targets, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, derived
from mldebug.derive.encoded import FEWEST_GROUPS, folds_of
from mldebug.derive.members import of_rows
from mldebug.learners import LEARNERS, predictions_of

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.domain_scores import DomainScores
    from mldebug.derive.encoded_pairs import EncodedPair
    from mldebug.derive.labels import Labels
    from mldebug.derive.split_units import SplitUnits

MOST_ROWS = 5_000
FEWEST_ROWS = 50
FEWEST_A_CLASS = 10
COVERED = 0.9
"""Rows of eval with a higher chance of being from eval have no counterpart in train."""
LARGEST_ODDS = 20.0


@dataclass(frozen=True, slots=True)
class ConceptSkills:
    """The gain in skill of each row of eval that train covers.

    Parameters
    ----------
    own, learned : numpy.ndarray of shape (n_rows,), dtype float64
        What the row adds to the skill of models of eval, and of train; the skill is the mean.
    covered : float
        The share of eval's rows that train covers.
    fitted : int
        The rows that each model was fitted on.
    groups : numpy.ndarray of shape (n_rows,), dtype int64, or None
        The group, or the stretch of time, of each row, where such rows belong together.
    """

    own: np.ndarray
    learned: np.ndarray
    covered: float
    fitted: int
    groups: np.ndarray | None


@derived()
def concept_skills(
    train: Table,
    target: Target,
    encoded_split: EncodedPair,
    split_scores: DomainScores,
    train_labels: Labels,
    eval_labels: Labels,
    seed: int,
    split_units: SplitUnits | None = None,
) -> ConceptSkills:
    """The skills of models that saw as many rows of either table, on the same rows of eval.

    Notes
    -----
    In five folds of at most 5,000 rows of eval, units kept together, a model of the other folds and
    a model of as many rows of train predict the fold. Train's rows are drawn with the odds that the
    domain classifier gives them to be from eval, so both models see features alike; rows of eval
    that hardly occur in train are fitted on, but not compared. Dates are left out. Both predictions
    are recalibrated on the other folds of eval (one slope and an offset a class, or a straight
    line), so that another mix of classes, or chances that are too sure, are no difference. Each is
    the mean of boosting and a linear model; the skill is the share of the squared error of a
    constant (of the classes' chances, Brier's) that they take away. Ten fits a learner.

    References
    ----------
    Shimodaira 2000, J. Stat. Plan. Inference 90, 227-244 (covariate shift); Brier 1950.
    """
    import numpy as np

    classes = len(target.classes) if target.task == "classification" else 0
    if target.task == "classification" and classes < 2:
        raise Unavailable("the target has fewer than two classes")
    pair, scores = encoded_split, split_scores
    mine, theirs = (
        one.values[rows]
        for one, rows in ((train_labels, pair.first_rows), (eval_labels, pair.second_rows))
    )
    here, there, shared = _usable(mine, theirs, classes)
    rng = np.random.default_rng(seed)
    there = np.sort(rng.permutation(there)[:MOST_ROWS])
    if classes and len(shared) < 2:
        raise Unavailable("train and eval share fewer than two classes with enough rows")
    if min(len(here), len(there)) < FEWEST_ROWS:
        raise Unavailable(
            f"train or eval has too few rows with a target to fit models on: "
            f"{min(len(here), len(there)):,}, of {FEWEST_ROWS} needed"
        )
    # What happened later has a later date: models of eval's dates would know what train's cannot.
    kept = np.array([train[name].kind is not Kind.DATE for name in pair.names], dtype=bool)
    x, y = pair.first[here][:, kept], pair.second[there][:, kept]
    categorical = pair.categorical[kept]
    values, truth = (
        (np.searchsorted(shared, mine[here]), np.searchsorted(shared, theirs[there]))
        if classes
        else _in_units(mine[here], theirs[there])
    )
    odds = scores.first[here] / (1 - scores.first[here])
    groups = of_rows(None if split_units is None else split_units.eval, pair.second_rows[there])
    if groups is not None and groups.max() + 1 < FEWEST_GROUPS:
        raise Unavailable(
            f"eval has too few groups to fit models on: {groups.max() + 1}, of {FEWEST_GROUPS} needed"
        )
    together = np.arange(len(truth)) if groups is None else groups
    folds = folds_of(truth if classes else None, together, seed)
    fitted = min(*(int(np.sum(folds != fold)) for fold in np.unique(folds)), len(here))
    own, learned = (
        np.zeros((len(truth), len(shared)) if classes else len(truth)) for _ in range(2)
    )
    for fold in np.unique(folds):
        outside, inside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        inside = rng.permutation(inside)[:fitted]
        drawn = _drawn(rng, odds, fitted)
        for learner in LEARNERS:
            for into, seen in (
                (own, (y[inside], truth[inside])),
                (learned, (x[drawn], values[drawn])),
            ):
                told = predictions_of(
                    seen,
                    y[outside],
                    target.task,
                    learner,
                    categorical,
                )
                if classes:
                    into[outside, : told.shape[1]] += told / len(LEARNERS)
                else:
                    into[outside] += told / len(LEARNERS)
    covered = scores.second[there] <= COVERED
    gains = [_gains(one, truth, folds, len(shared) if classes else 0) for one in (own, learned)]
    return ConceptSkills(
        gains[0][covered],
        gains[1][covered],
        float(np.mean(covered)),
        fitted,
        None if groups is None else groups[covered],
    )


def _usable(
    mine: np.ndarray, theirs: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places of the rows with a target that both tables know well enough, and its classes."""
    import numpy as np

    if not classes:
        return np.flatnonzero(np.isfinite(mine)), np.flatnonzero(np.isfinite(theirs)), np.zeros(0)
    counts = [
        np.bincount(one[(one >= 0) & (one < classes)], minlength=classes) for one in (mine, theirs)
    ]
    shared = np.flatnonzero(np.minimum(*counts) >= FEWEST_A_CLASS)
    here, there = (np.flatnonzero(np.isin(one, shared)) for one in (mine, theirs))
    return here, there, shared


def _in_units(mine: np.ndarray, theirs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The targets of both tables, centred and scaled alike."""
    import numpy as np

    from mldebug.stats.scores import standardised

    told = np.asarray(standardised(np.concatenate([mine, theirs])))
    return told[: len(mine)], told[len(mine) :]


def _drawn(rng: np.random.Generator, odds: np.ndarray, size: int) -> np.ndarray:
    """Rows drawn without replacement, each with a chance that goes with its odds."""
    import numpy as np

    weights = np.log(np.clip(odds, 1 / LARGEST_ODDS, LARGEST_ODDS))
    return np.sort(np.argsort(-(weights + rng.gumbel(size=len(odds))), kind="stable")[:size])


def _gains(predicted: np.ndarray, truth: np.ndarray, folds: np.ndarray, classes: int) -> np.ndarray:
    """The gain in skill of each row after the predictions were recalibrated out of fold."""
    import numpy as np

    from mldebug.stats.recalibration import recalibrated_chances, recalibrated_numbers

    if not classes:
        made = np.empty(len(truth))
        for fold in np.unique(folds):
            held = folds == fold
            made[held] = recalibrated_numbers(predicted[~held], truth[~held], predicted[held])
        error = (truth - made) ** 2
        return np.asarray(1 - error / max(float(np.var(truth)), 1e-300))
    chances = np.empty((len(truth), classes))
    for fold in np.unique(folds):
        held = folds == fold
        chances[held] = recalibrated_chances(predicted[~held], truth[~held], predicted[held])
    marked = np.eye(classes)[truth]
    shares = marked.mean(axis=0)
    constant = 1 - float(np.sum(shares**2))
    return np.asarray(1 - np.sum((chances - marked) ** 2, axis=1) / max(constant, 1e-12))
