"""Labels that pass through a noisy channel: the likelihood of what was given, and what was meant."""

from __future__ import annotations

from typing import Any, NamedTuple

from mldebug.arrays import device_of, namespace

SMALLEST = 1e-300


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


def centred_logs(probabilities: Any, floor: float) -> Any:
    """Log probabilities of shape (n, k), each at least ``floor``, with mean 0 in every row."""
    xp = namespace(probabilities)
    logs = xp.log(xp.clip(xp.astype(probabilities, xp.float64), floor, 1.0))
    return logs - xp.mean(logs, axis=1, keepdims=True)


def weighted_softmax(scores: list[Any], weights: Any, offsets: Any) -> Any:
    """The probability of each class by a weighted sum of scores: softmax(sum_l w_l s_l + b).

    Parameters
    ----------
    scores : list of arrays of shape (n, k), float64
        One matrix a source.
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
        total = total + one * weights[place]
    total = xp.exp(total - xp.max(total, axis=1, keepdims=True))
    return total / xp.sum(total, axis=1, keepdims=True)


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
    joint = probabilities * xp.take(xp.matrix_transpose(channel), labels, axis=0)
    likelihood = xp.clip(xp.sum(joint, axis=1), SMALLEST, None)
    return joint / xp.expand_dims(likelihood, axis=1), likelihood


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
        xp.sum(slope, axis=0),
    )


def meant_given_counts(posterior: Any, labels: Any) -> Any:
    """The expected number of rows meant as class j and labelled l, shape (k, k), float64. O(n k^2).

    Parameters
    ----------
    posterior : array of shape (n, k), float64
        Of the true classes.
    labels : array of shape (n,), int64
        As given.
    """
    xp = namespace(posterior, labels)
    numbers = xp.arange(posterior.shape[1], dtype=labels.dtype, device=device_of(labels))
    given = xp.astype(xp.expand_dims(labels, axis=1) == numbers, xp.float64)
    return xp.matrix_transpose(posterior) @ given
