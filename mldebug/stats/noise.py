"""Labels that pass through a noisy channel: the likelihood of what was given, and what was meant."""

from __future__ import annotations

from typing import Any, NamedTuple

from mldebug.arrays import device_of, namespace

SMALLEST = 1e-300
LARGEST_SCORE = 690.0
"""Its exponential, times a few thousand classes, is still a number."""
MOST_MULTIPLIED = 128


class EvenTerms(NamedTuple):
    """`Terms` where all classes are exchanged alike, with the slope by the share of exchanges.

    Parameters
    ----------
    log_likelihood, by_weight, by_offset : array
        As of `Terms`.
    by_share : array of shape (), float64
        The derivative by the share of labels that are exchanged.
    """

    log_likelihood: Any
    by_weight: Any
    by_offset: Any
    by_share: Any


class Terms(NamedTuple):
    """The likelihood of given labels and its slopes, on the device of the scores.

    Parameters
    ----------
    log_likelihood : array of shape (), float64
        Of all labels together.
    by_weight : array of shape (n_scores,), float64
        Its derivative by the weight of each matrix of scores.
    by_offset : array of shape (k,), float64
        Its derivative by the offset of each class.
    """

    log_likelihood: Any
    by_weight: Any
    by_offset: Any


def logs(probabilities: Any, floor: float) -> Any:
    """Log probabilities of shape (n, k), float64, none of a probability below ``floor``."""
    xp = namespace(probabilities)
    return xp.log(xp.clip(xp.astype(probabilities, xp.float64), floor, 1.0))


def centred_logs(probabilities: Any, floor: float) -> Any:
    """The `logs` of probabilities, of shape (n, k), less the mean of each row."""
    xp = namespace(probabilities)
    found = logs(probabilities, floor)
    return found - xp.mean(found, axis=1, keepdims=True)


def row_sums(values: Any) -> Any:
    """The sum of each row, shape (n,), of values of shape (n, k): as a product, which is faster."""
    xp = namespace(values)
    return values @ xp.ones(values.shape[1], dtype=values.dtype, device=device_of(values))


def weighted_softmax(scores: list[Any], weights: Any, offsets: Any) -> Any:
    """The probability of each class by a weighted sum of scores: softmax(sum_l w_l s_l + b).

    Parameters
    ----------
    scores : list of arrays of shape (n, k), float64
        One matrix a source. Each row's mean is 0, so that not all of its exponentials vanish.
    weights : array of shape (n_scores,), float64
        How much each source counts; a weight above 1 makes it surer than it says.
    offsets : array of shape (k,), float64
        Of the classes.

    Returns
    -------
    array of shape (n, k), float64
        O(n k n_scores).
    """
    xp = namespace(*scores, weights, offsets)
    total = scores[0] * weights[0] + offsets
    for place, one in enumerate(scores[1:], start=1):
        total += one * weights[place]
    total = xp.exp(xp.clip(total, None, LARGEST_SCORE))
    total /= xp.expand_dims(row_sums(total), axis=1)
    return total


def meant(probabilities: Any, labels: Any, channel: Any) -> tuple[Any, Any]:
    """What each row's label should have been, given what it is.

    Parameters
    ----------
    probabilities : array of shape (n, k), float64
        Of the true classes, from the features.
    labels : array of shape (n,), int64
        The labels as given.
    channel : array of shape (k, k), float64
        The chance that a row of class ``j`` is given the label ``l``, at ``[j, l]``; rows sum to 1.

    Returns
    -------
    tuple of arrays of shape (n, k) and (n,), float64
        The posterior probability of each true class, ``q_j T_jl / sum_i q_i T_il``, and its
        denominator, the likelihood of the label. O(n k).
    """
    xp = namespace(probabilities, labels, channel)
    joint = xp.take(xp.matrix_transpose(channel), labels, axis=0)
    joint *= probabilities
    likelihood = xp.clip(row_sums(joint), SMALLEST, None)
    joint /= xp.expand_dims(likelihood, axis=1)
    return joint, likelihood


def meant_odds(scores: list[Any], weights: Any, labels: Any, ratios: Any) -> Any:
    """How many times as likely as its label each class is to be what was meant.

    Parameters
    ----------
    scores : list of arrays of shape (n, k), float64
        As of `weighted_softmax`; differences within a row, times their weights, below 300 together.
    weights : array of shape (n_scores,), float64
        Of the scores.
    labels : array of shape (n,), int64
        The labels as given.
    ratios : array of shape (k, k), float64
        `label_ratios` of the offsets and the channel.

    Returns
    -------
    array of shape (n, k), float64
        ``q_j T_jy / q_y T_yy``, 1 at the label y; divided by its row's sum it is the posterior that
        `meant` gives, from fewer passes. O(n k n_scores).
    """
    xp = namespace(*scores, labels)
    total = xp.take(ratios, labels, axis=0)
    for place, one in enumerate(scores):
        total += one * weights[place]
    total -= xp.expand_dims(at_labels(total, labels), axis=1)
    return xp.exp(total)


def label_ratios(offsets: Any, channel: Any) -> Any:
    """At [l, j], the log of how much an offset and a channel favour class j for a label l.

    Parameters
    ----------
    offsets : array of shape (k,), float64
        Of `weighted_softmax`.
    channel : array of shape (k, k), float64
        Of `meant`.

    Returns
    -------
    array of shape (k, k), float64
        ``b_j + log T_jl``.
    """
    xp = namespace(offsets, channel)
    return offsets + xp.log(xp.clip(xp.matrix_transpose(channel), SMALLEST, None))


def likelihood_terms(
    scores: list[Any], weights: Any, offsets: Any, labels: Any, channel: Any
) -> Terms:
    """The log likelihood of the labels under `weighted_softmax` and a channel, with its slopes.

    Notes
    -----
    The slope by the score of class j is the posterior of j less its probability, as in a logistic
    regression on the posterior. O(n k n_scores).
    """
    xp = namespace(*scores, labels, channel)
    found = weighted_softmax(scores, weights, offsets)
    posterior, likelihood = meant(found, labels, channel)
    slope = posterior - found
    return Terms(
        xp.sum(xp.log(likelihood)),
        xp.stack([xp.sum(slope * one) for one in scores]),
        row_sums(xp.matrix_transpose(slope)),
    )


def even_terms(scores: list[Any], weights: Any, offsets: Any, labels: Any, share: Any) -> EvenTerms:
    """`likelihood_terms` of the channel that exchanges this share of labels for any other class.

    Notes
    -----
    The label y of a row has the likelihood ``(1 - s k / (k - 1)) q_y + s / (k - 1)``; no matrix of
    posteriors is needed. O(n k n_scores).
    """
    xp = namespace(*scores, labels)
    found = weighted_softmax(scores, weights, offsets)
    k = found.shape[1]
    chance = at_labels(found, labels)
    kept = (1 - share * k / (k - 1)) * chance
    likelihood = xp.clip(kept + share / (k - 1), SMALLEST, None)
    kept = kept / likelihood
    by_weight = [xp.sum(kept * (at_labels(one, labels) - xp.vecdot(found, one))) for one in scores]
    return EvenTerms(
        xp.sum(xp.log(likelihood)),
        xp.stack(by_weight),
        label_sums(kept, labels, k) - xp.matrix_transpose(found) @ kept,
        xp.sum((1 - k * chance) / likelihood) / (k - 1),
    )


def at_labels(values: Any, labels: Any) -> Any:
    """What stands in each row at the place of its label, shape (n,), of values of shape (n, k)."""
    xp = namespace(values, labels)
    n, k = values.shape
    starts = xp.arange(0, n * k, k, dtype=labels.dtype, device=device_of(labels))
    return xp.take(xp.reshape(values, (-1,)), starts + labels)


def label_sums(values: Any, labels: Any, k: int) -> Any:
    """The sum of values over the rows of each label.

    Parameters
    ----------
    values : array of shape (n,) or (n, m), float64
        One number, or m of them, a row.
    labels : array of shape (n,), int64
        From 0 to k - 1.
    k : int
        The number of labels.

    Returns
    -------
    array of shape (k,) or (k, m), float64

    Notes
    -----
    Of numbers O(n) where the library counts with weights; else, of at most `MOST_MULTIPLIED`
    labels, a product of matrices, which is fast, O(n k m), and of more O(n m + n log n).
    """
    xp = namespace(values, labels)
    if values.ndim == 1 and hasattr(xp, "bincount"):
        return xp.bincount(labels, weights=values, minlength=k)
    numbers = xp.arange(k + 1, dtype=labels.dtype, device=device_of(labels))
    if k <= MOST_MULTIPLIED:
        given = xp.expand_dims(numbers[:-1], axis=1) == labels
        return xp.astype(given, xp.float64) @ values
    order = xp.argsort(labels, stable=True)
    ends = xp.searchsorted(xp.take(labels, order), numbers)
    sums = xp.cumulative_sum(xp.take(values, order, axis=0), axis=0, include_initial=True)
    totals = xp.take(sums, ends, axis=0)
    return totals[1:, ...] - totals[:-1, ...]


def meant_given_counts(posterior: Any, labels: Any) -> Any:
    """The expected number of rows meant as class j and labelled l, shape (k, k), float64.

    Parameters
    ----------
    posterior : array of shape (n, k), float64
        Of the true classes.
    labels : array of shape (n,), int64
        As given.
    """
    xp = namespace(posterior, labels)
    return xp.matrix_transpose(label_sums(posterior, labels, posterior.shape[1]))


def design_effect(values: Any, groups: Any, k: int) -> Any:
    """How much more the sums of values over groups vary than were the rows independent.

    Parameters
    ----------
    values : array of shape (n,), float64
        One a row, not all the same.
    groups : array of shape (n,), int64
        The group of each row, from 0 to k - 1.
    k : int
        The number of groups.

    Returns
    -------
    array of shape (), float64
        The sum of squares of the groups' sums of deviations from the mean, over that of the
        deviations: about 1 for independent rows, and the size of the groups where all rows of one
        are alike. O(n).

    References
    ----------
    Kish 1965, Survey Sampling; Liang & Zeger 1986, Biometrika 73, for the sums of scores.
    """
    xp = namespace(values, groups)
    apart = values - xp.mean(values)
    sums = label_sums(apart, groups, k)
    return xp.sum(sums * sums) / xp.sum(apart * apart)
