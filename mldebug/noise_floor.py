"""Wrong labels told from random ones: a floor under the rate at which labels contradict a model.

Labels that are random given the features contradict a sound model the less, the surer it is: the
rate falls to nothing. Wrong labels contradict it however sure it is. So the labels are modelled as
drawn from a logistic function of the models' scores and then, with a chance that does not depend on
the features, exchanged. That chance is the share of wrong labels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.executors import threaded
from mldebug.stats.noise import (
    even_terms,
    likelihood_terms,
    meant,
    meant_given_counts,
    weighted_softmax,
)

if TYPE_CHECKING:
    import numpy as np

LARGEST_WEIGHT = 20.0
RIDGE = 0.1
SHARPER = 3.0
"""The search for noise that depends on the class starts from scores so many times as sure: from
unsure ones it takes wrong labels for hard rows."""
ROUNDS = 8
STEPS, FEW_STEPS = 80, 10
HALF_CHI_SQUARE = 1.920_729
"""Half of the .95 quantile of chi-square with one degree of freedom."""
LARGEST_SHARE = 0.5
MOST_SHAPED = 100
"""Of more classes each has too few rows: their offsets are 0, and they are exchanged alike."""
CELLS_AT_ONCE = 1 << 18


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """What was fitted.

    Parameters
    ----------
    share : float
        The estimated share of labels that were exchanged.
    interval : tuple of float
        Its 95 % interval by the profile of the likelihood.
    weights, offsets : numpy.ndarray of shape (n_scores,) and (n_classes,), float64
        Of `mldebug.stats.noise.weighted_softmax`.
    gain : float
        The log likelihood that the floor gains over none, less what its shape costs.
    odds, rates : numpy.ndarray of shape (n_classes, n_classes) and (n_classes,), float64
        Where exchanged labels of a class go, rows summing to 1 with a diagonal of 0; and how often
        a class's labels are exchanged relative to the share.
    """

    share: float
    interval: tuple[float, float]
    gain: float
    weights: np.ndarray
    offsets: np.ndarray
    odds: np.ndarray
    rates: np.ndarray

    def channel(self, least: float = 0.0) -> np.ndarray:
        """The chance of each label given the true class, for a share of at least ``least``."""
        return _channel(max(self.share, least), self.odds, self.rates)


@dataclass(frozen=True, slots=True)
class _Fit:
    loss: float
    parameters: np.ndarray
    share: float
    odds: np.ndarray
    rates: np.ndarray


def noise_floor(scores: list[np.ndarray], labels: np.ndarray) -> NoiseFloor:
    """Fit the floor by maximum likelihood.

    Parameters
    ----------
    scores : list of numpy.ndarray of shape (n_rows, n_classes), float64
        Out-of-sample log probabilities, one matrix a model; each row's mean is 0.
    labels : numpy.ndarray of shape (n_rows,), int64
        As given.

    Returns
    -------
    NoiseFloor

    Notes
    -----
    Exchanged labels go to all other classes alike, and from all alike, unless the likelihood is
    better by more than the Bayesian information criterion asks for where each class has one
    preferred wrong label, or a rate of its own, or a few pairs of classes have. Of more than
    `MOST_SHAPED` classes only the share and the weights are fitted. A few hundred passes, each
    O(n k).

    References
    ----------
    Natarajan et al. 2013, Learning with noisy labels; Dawid & Skene 1979, J. R. Stat. Soc. C 28;
    Schwarz 1978, Ann. Stat. 6.
    """
    import numpy as np

    n, k = scores[0].shape
    even = (1 - np.eye(k)) / max(k - 1, 1)
    start = chosen = _even(scores, labels, even)
    best = start.loss
    shapes = _shapes(n, k)
    wrong = (
        float(np.mean(_probabilities(scores, start).argmax(axis=1) != labels)) if shapes else 0.0
    )
    for shape, price in shapes:
        tried = _uneven(scores, labels, start, max(wrong, 1 / n), shape)
        if tried.loss + price < best:
            best, chosen = tried.loss + price, tried
    interval, gain = _profile(scores, labels, chosen)
    return NoiseFloor(
        chosen.share,
        interval,
        gain - (best - chosen.loss),
        chosen.parameters[: len(scores)],
        chosen.parameters[len(scores) :],
        chosen.odds,
        chosen.rates,
    )


def _channel(share: float, odds: np.ndarray, rates: np.ndarray) -> np.ndarray:
    import numpy as np

    leaving = np.minimum(share * rates, 0.95)
    return np.asarray(np.diag(1 - leaving) + leaving[:, None] * odds)


def _probabilities(scores: list[np.ndarray], fit: _Fit) -> np.ndarray:
    import numpy as np

    weights, offsets = np.split(fit.parameters, [len(scores)])
    return np.asarray(weighted_softmax(scores, weights, offsets))


def _fitted(
    scores: list[np.ndarray],
    labels: np.ndarray,
    channel: np.ndarray,
    start: np.ndarray,
    steps: int,
) -> tuple[float, np.ndarray]:
    """The smallest loss through a given channel, and its parameters."""

    def loss(given: np.ndarray) -> tuple[float, np.ndarray]:
        return _loss(scores, labels, channel, given)

    return _smallest(loss, start, len(scores), scores[0].shape[1], steps)


def _loss(
    scores: list[np.ndarray], labels: np.ndarray, channel: np.ndarray, given: np.ndarray
) -> tuple[float, np.ndarray]:
    import numpy as np

    weights, offsets = np.split(given, [len(scores)])
    told = likelihood_terms(scores, weights, offsets, labels, channel)
    slopes = np.concatenate([-told.by_weight, RIDGE * offsets - told.by_offset])
    return RIDGE * float(offsets @ offsets) / 2 - float(told.log_likelihood), slopes


def _smallest(
    loss: Callable[[np.ndarray], tuple[float, np.ndarray]],
    start: np.ndarray,
    many: int,
    k: int,
    steps: int,
) -> tuple[float, np.ndarray]:
    import numpy as np
    from scipy.optimize import minimize

    offset = 10.0 if k <= MOST_SHAPED else 0.0
    bounds = [(0.0, LARGEST_WEIGHT)] * many + [(-offset, offset)] * k
    bounds += [(0.0, LARGEST_SHARE)] * (len(start) - many - k)
    lowest: Any = minimize  # its overloads do not know a plain array
    options = {"maxiter": steps}
    found = lowest(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return float(found.fun), np.asarray(found.x)


def _even_loss(
    scores: list[np.ndarray], labels: np.ndarray, given: np.ndarray
) -> tuple[float, np.ndarray]:
    """The loss where all classes are exchanged alike, and its slopes; the share comes last."""
    import numpy as np

    many, (n, k) = len(scores), scores[0].shape
    size = max(CELLS_AT_ONCE // k, 1)

    def terms(start: int) -> Any:
        part = slice(start, start + size)
        mine = [one[part] for one in scores]
        return even_terms(mine, given[:many], given[many:-1], labels[part], given[-1])

    told = threaded(terms, range(0, n, size))
    value, by_weight, by_offset, by_share = (sum(one) for one in zip(*told, strict=True))
    offsets = given[many:-1]
    slopes = np.concatenate([-by_weight, RIDGE * offsets - by_offset, [-by_share]])
    return RIDGE * float(offsets @ offsets) / 2 - float(value), slopes


def _even(scores: list[np.ndarray], labels: np.ndarray, even: np.ndarray) -> _Fit:
    """The best fit in which all classes are exchanged alike; from two starts, as one may be stuck."""
    import numpy as np

    many, k = len(scores), len(even)

    def loss(given: np.ndarray) -> tuple[float, np.ndarray]:
        return _even_loss(scores, labels, given)

    tried = []
    for share in (0.005, 0.1):
        start = np.concatenate([np.full(many, 1 / many), np.zeros(k), [share]])
        tried.append(_smallest(loss, start, many, k, 2 * STEPS))
    value, best = min(tried, key=lambda one: one[0])
    return _Fit(value, best[:-1], float(best[-1]), even, np.ones(k))


def _shapes(n: int, k: int) -> list[tuple[str | int, float]]:
    """The ways in which classes may differ, and the log likelihood that each has to gain.

    ``rates``: each class has its own; ``partners``: each has one preferred wrong label; a number:
    so many pairs of classes have a rate of their own. A choice among m costs log m, a number
    log(n) / 2.
    """
    from math import log

    if k > MOST_SHAPED:
        return []
    number = log(n) / 2
    if k == 2:
        return [("rates", number)]
    partners = k * log(k - 1) + number
    pairs = [(many, many * (log(k * (k - 1)) + number)) for many in (1, 3)]
    return [("partners", partners), ("both", partners + (k - 1) * number), *pairs]


def _uneven(
    scores: list[np.ndarray], labels: np.ndarray, start: _Fit, share: float, shape: str | int
) -> _Fit:
    """The best fit in which classes differ: in turn the scores' weights and what the noise does."""
    import numpy as np

    many = len(scores)
    parameters = start.parameters * SHARPER
    parameters[:many] = np.minimum(parameters[:many], LARGEST_WEIGHT)
    parameters[many:] = np.clip(parameters[many:], -10, 10)
    fit = _Fit(0.0, parameters, share, start.odds, start.rates)
    for _ in range(ROUNDS):
        now = _channel(fit.share, fit.odds, fit.rates)
        parameters = _fitted(scores, labels, now, fit.parameters, FEW_STEPS)[1]
        chances = _probabilities(scores, _Fit(0.0, parameters, 0.0, fit.odds, fit.rates))
        counts = np.asarray(meant_given_counts(meant(chances, labels, now)[0], labels))
        fit = _Fit(0.0, parameters, *_exchanges(counts, start.odds, shape))
    now = _channel(fit.share, fit.odds, fit.rates)
    loss, parameters = _fitted(scores, labels, now, fit.parameters, STEPS)
    return _Fit(loss, parameters, fit.share, fit.odds, fit.rates)


def _exchanges(
    counts: np.ndarray, even: np.ndarray, shape: str | int
) -> tuple[float, np.ndarray, np.ndarray]:
    """The share, the odds and the rates that these expected counts of exchanges speak for."""
    import numpy as np

    k, n = len(counts), float(counts.sum())
    off = counts * (1 - np.eye(k))
    members = np.maximum(counts.sum(axis=1), 1e-9)
    share = float(np.clip(off.sum() / n, 1e-6, LARGEST_SHARE))
    odds, leaving = even, np.full(k, share)
    if shape in ("partners", "both"):
        odds = _partners(off, even)
    if shape in ("rates", "both"):
        leaving = (off.sum(axis=1) + 2 * share) / (members + 2)
    if isinstance(shape, int):
        special = np.argsort(off, axis=None)[-shape:]
        own = np.isin(np.arange(k * k), special).reshape(k, k)
        pairs = (members[:, None] * (even > 0))[~own].sum()
        rest = max(float(off[~own].sum() / max(pairs, 1e-9)), 1e-9)
        each = np.where(own, off / members[:, None], rest) * (even > 0)
        leaving = each.sum(axis=1)
        odds = each / leaving[:, None]
    total = float(np.clip(leaving @ members / n, 1e-6, LARGEST_SHARE))
    return total, odds, leaving / total


def _partners(off: np.ndarray, even: np.ndarray) -> np.ndarray:
    """Exchanged labels that go to one wrong class each, as far as they do so; else to all alike."""
    import numpy as np

    k = len(off)
    rows, favoured = np.arange(k), off.argmax(axis=1)
    share = float(off[rows, favoured].sum() / max(off.sum(), 1e-12))
    beyond = max((share - 1 / (k - 1)) / (1 - 1 / (k - 1)), 0.0)
    odds = (1 - beyond) * even
    odds[rows, favoured] += beyond
    return odds


def _profile(
    scores: list[np.ndarray], labels: np.ndarray, fit: _Fit
) -> tuple[tuple[float, float], float]:
    """Where the likelihood, the rest fitted anew, is worse by half a chi-square; its loss at 0."""
    import numpy as np
    from scipy.optimize import brentq

    n = len(labels)
    known: dict[float, float] = {}

    def beyond(share: float) -> float:
        if share not in known:
            loss = _smallest_at(scores, labels, fit, share)
            known[share] = loss - fit.loss - HALF_CHI_SQUARE
        return known[share]

    tolerance = max(fit.share / 50, 0.1 / n)
    low = 0.0
    if fit.share > 0 and beyond(0.0) > 0:
        low = float(brentq(beyond, 0.0, fit.share, xtol=tolerance)) if beyond(fit.share) < 0 else 0
    step = max(2 * np.sqrt(fit.share / n), 2 / n)
    high = fit.share
    while high < LARGEST_SHARE and beyond(high) < 0:
        before, high = high, min(high + step, LARGEST_SHARE)
        step *= 2
    if high > fit.share and beyond(high) > 0:
        high = float(brentq(beyond, before, high, xtol=tolerance))
    interval = min(low, fit.share), max(high, fit.share)
    return interval, max(beyond(0.0) + HALF_CHI_SQUARE, 0.0)


def _smallest_at(scores: list[np.ndarray], labels: np.ndarray, fit: _Fit, share: float) -> float:
    """The smallest loss where this share of labels was exchanged, in the fit's way."""
    import numpy as np

    many, k = len(scores), len(fit.rates)
    if k <= MOST_SHAPED:
        channel = _channel(share, fit.odds, fit.rates)
        return _fitted(scores, labels, channel, fit.parameters, STEPS // 2)[0]

    def loss(given: np.ndarray) -> tuple[float, np.ndarray]:
        value, slopes = _even_loss(scores, labels, np.append(given, share))
        return value, slopes[:-1]

    return _smallest(loss, fit.parameters, many, k, STEPS // 2)[0]
