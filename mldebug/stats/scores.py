"""How well predictions do on rows that were not fitted, with intervals and paired differences.

Each score comes with its influence values: what each row adds to the score's error. Their spread is
the score's standard error, and the spread of their differences is that of the difference of two
models' scores on the same rows.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import erfc, sqrt
from typing import Any

from mldebug.arrays import namespace, to_host
from mldebug.stats.intervals import Bounds, Estimate, normal

FLOOR = 1e-7
"""The smallest probability that is taken for true: it bounds the loss of one row."""
FARTHEST = 1e30
"""A prediction of more than so many times the target's size counts as just so many."""
HUGE = 1e270
"""A target of this size and more leaves no room for predictions so far beyond it."""


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """A score on n rows, on the device of the predictions.

    Parameters
    ----------
    value : array of shape (), float64
        The score.
    influence : array of shape (n,), float64
        Of mean 0; the score's variance is the mean of their squares over n.
    """

    value: Any
    influence: Any


def log_loss_skill(probabilities: Any, labels: Any, prior: Any) -> Score:
    """The share of the prior's entropy that the predictions take away: 1 - log loss / entropy.

    Parameters
    ----------
    probabilities : array of shape (n, k), a floating type
        Of each class; below `FLOOR` they count as `FLOOR`.
    labels : array of shape (n,), an integer type
        The true classes, from 0.
    prior : array of shape (k,), a floating type
        The classes' shares in the training data. With one class the skill is 0.

    Returns
    -------
    Score
        At most 1; below 0 for predictions worse than the prior: `estimate` clips it. O(n k).
    """
    xp = namespace(probabilities, labels, prior)
    labels = xp.reshape(xp.astype(labels, xp.int64), (-1, 1))
    chosen = xp.take_along_axis(xp.astype(probabilities, xp.float64), labels, axis=1)[:, 0]
    loss = -xp.log(xp.where(chosen < FLOOR, xp.full_like(chosen, FLOOR), chosen))
    prior = xp.astype(prior, xp.float64)
    positive = xp.where(prior > 0, prior, xp.ones_like(prior))
    entropy = -xp.sum(prior * xp.log(positive))
    learnable = entropy > 0
    safe = xp.where(learnable, entropy, xp.ones_like(entropy))
    mean = xp.mean(loss)
    value = xp.where(learnable, 1 - mean / safe, xp.zeros_like(mean))
    return Score(value, xp.where(learnable, (mean - loss) / safe, xp.zeros_like(loss)))


def accuracy(predicted: Any, labels: Any) -> Score:
    """The share of rows, shape (n,), whose predicted class is the true one."""
    xp = namespace(predicted, labels)
    hit = xp.astype(predicted == labels, xp.float64)
    return Score(xp.mean(hit), hit - xp.mean(hit))


def auc_skill(scores: Any, labels: Any) -> Score:
    """2 AUC - 1 of each class against the rest, averaged over the classes that occur.

    Parameters
    ----------
    scores : array of shape (n, k), a floating type
        Of each class; for two classes the second column alone decides.
    labels : array of shape (n,), an integer type
        The true classes, from 0.

    Returns
    -------
    Score
        In [-1, 1]; 0 if only one class occurs. O(k n log n).
    """
    xp = namespace(scores, labels)
    k = scores.shape[1]
    parts = [_one_against_rest(scores[:, j], labels == j) for j in (range(k) if k != 2 else (1,))]
    counted = xp.stack([part[2] for part in parts])
    total = xp.sum(counted)
    safe = xp.where(total > 0, total, xp.ones_like(total))
    value = xp.sum(xp.stack([part[0] for part in parts])) / safe
    return Score(value, xp.sum(xp.stack([part[1] for part in parts]), axis=0) / safe)


def _one_against_rest(scores: Any, positive: Any) -> tuple[Any, Any, Any]:
    """2 AUC - 1, its influence values, and whether (1 or 0) both kinds of rows occur."""
    xp = namespace(scores)
    scores = xp.astype(scores, xp.float64)
    order = xp.argsort(scores, stable=False)
    ordered = xp.take(scores, order)
    low = xp.searchsorted(ordered, scores, side="left")
    high = xp.searchsorted(ordered, scores, side="right")
    ours = xp.astype(positive, xp.float64)

    def share_below(flags: Any) -> tuple[Any, Any]:
        sums = xp.cumulative_sum(xp.take(flags, order), include_initial=True)
        n = xp.sum(flags)
        below = xp.take(sums, low) + xp.take(sums, high)
        return below / (2 * xp.where(n > 0, n, xp.ones_like(n))), n

    rest_below, n_rest = share_below(1 - ours)
    ours_below, n_ours = share_below(ours)
    occurs = xp.astype((n_ours > 0) & (n_rest > 0), xp.float64)
    n = n_ours + n_rest
    one = xp.ones_like(n)
    area = xp.sum(ours * rest_below) / xp.where(n_ours > 0, n_ours, one)
    of_ours = (rest_below - area) * ours * n / xp.where(n_ours > 0, n_ours, one)
    of_rest = (1 - ours_below - area) * (1 - ours) * n / xp.where(n_rest > 0, n_rest, one)
    return (2 * area - 1) * occurs, 2 * (of_ours + of_rest) * occurs, occurs


def r2(predicted: Any, target: Any) -> Score:
    """The share of the target's variance, shape (n,), that the predictions explain.

    1 - E / S, with the mean squared error E and the variance S on the same rows; 0 for a constant.
    Both are scaled by the target first, so that no square overflows, however large or small it is.
    """
    xp = namespace(predicted, target)
    target = xp.astype(target, xp.float64)
    predicted = xp.astype(predicted, xp.float64)
    size, centre, reach = _extent(target)
    # Squares of a prediction far beyond the target would overflow; so would the bound of a huge one.
    bounded = size < HUGE
    farthest = xp.where(bounded, size, xp.ones_like(size)) * FARTHEST
    farthest = xp.where(bounded, farthest, xp.full_like(size, sys.float_info.max))
    errors = (target / size - xp.clip(predicted, -farthest, farthest) / size) ** 2 / reach**2
    squares = ((target / size - centre) / reach) ** 2
    error, variance = xp.mean(errors), xp.mean(squares)
    varies = variance > 0
    safe = xp.where(varies, variance, xp.ones_like(variance))
    value = xp.where(varies, 1 - error / safe, xp.zeros_like(error))
    influence = (error - errors) / safe + error * (squares - variance) / safe**2
    return Score(value, xp.where(varies, influence, xp.zeros_like(influence)))


def standardised(values: Any) -> Any:
    """Numbers of shape (n,) moved to mean 0 and scaled to a largest distance of 1 from it, float64.

    Shares of variance are what they were, but no sum or square overflows, even where the values
    are near the largest or the smallest that a float can hold. Equal values become 0. O(n).
    """
    xp = namespace(values)
    values = xp.astype(values, xp.float64)
    size, centre, reach = _extent(values)
    return (values / size - centre) / reach


def _extent(values: Any) -> tuple[Any, Any, Any]:
    """The largest magnitude; in units of it, the mean and the largest distance from the mean.

    Divisors are 1 where they would be 0.
    """
    xp = namespace(values)

    def divisor(found: Any) -> Any:
        return xp.where(found > 0, found, xp.ones_like(found))

    size = divisor(xp.max(xp.abs(values)))
    centre = xp.mean(values / size)
    return size, centre, divisor(xp.max(xp.abs(values / size - centre)))


def estimate(score: Score, bounds: Bounds = (0.0, 1.0)) -> Estimate:
    """A score with its 95 % interval, both clipped to bounds, and its p-value against 0.

    The standard error is at least 1 / n, so that a perfect score on few rows is not certain.
    """
    return _estimate(score.value, score.influence, bounds, floor=True)


def difference(one: Score, other: Score) -> Estimate:
    """The score of one model less that of another on the same rows, with its 95 % interval.

    Paired, in the order of the rows, and not clipped; p is against no difference.
    """
    return _estimate(
        one.value - other.value, one.influence - other.influence, (None, None), floor=False
    )


def _estimate(value: Any, influence: Any, bounds: Bounds, *, floor: bool) -> Estimate:
    xp = namespace(influence)
    n = influence.shape[0]
    told = to_host(xp.stack([value, xp.mean(influence * influence)])).tolist()
    if n < 2:
        return Estimate(told[0], None)
    error = max(sqrt(told[1] / (n - 1)), 1 / n if floor else 0.0)
    p = erfc(abs(told[0]) / error / sqrt(2)) if error > 0 else float(told[0] == 0)
    low, high = normal(told[0], error, bounds=bounds)
    smallest, largest = bounds
    clipped = told[0] if smallest is None else max(told[0], smallest)
    clipped = clipped if largest is None else min(clipped, largest)
    return Estimate(clipped, (low, high), p)
