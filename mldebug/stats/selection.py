"""What choosing the best of several does to its score: noise, lead and optimism."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

ROUNDS = 4_000
"""Simulated choices behind an optimism."""
BLOCK = 2_000_000
"""Simulated scores that are held at a time."""


@dataclass(frozen=True, slots=True)
class Noise:
    """The noise of scores, told from repeats of the same configurations.

    Parameters
    ----------
    sd : float
        The standard deviation of one repeat.
    freedom : int
        Its degrees of freedom.
    sharing : float
        Of folds that share training rows: the covariance that a mean of them keeps, as a share of
        the variance of one; 0 for independent repeats.
    """

    sd: float
    freedom: int
    sharing: float = 0.0

    def of_mean(self, repeats: float) -> float:
        """The standard error of a mean of so many repeats."""
        return float(self.sd * (1 / repeats + self.sharing) ** 0.5)

    def of_difference(self, repeats: float, others: float) -> float:
        """The standard error of the difference of two means."""
        return float(np.hypot(self.of_mean(repeats), self.of_mean(others)))

    def quantile(self, level: float = 0.975) -> float:
        """The quantile of Student's t for these degrees of freedom."""
        from scipy.special import stdtrit

        return float(stdtrit(self.freedom, level))

    def factors(self, level: float = 0.95) -> tuple[float, float]:
        """What the standard deviation is multiplied by for both ends of its interval."""
        from scipy.special import chdtri

        tail = (1 - level) / 2
        low, high = (float(chdtri(self.freedom, one)) for one in (tail, 1 - tail))
        return (self.freedom / low) ** 0.5, (self.freedom / high) ** 0.5


def noise_of_seeds(groups: Sequence[Sequence[float]]) -> Noise | None:
    """The noise of independent repeats, pooled over configurations; None without repeats.

    Parameters
    ----------
    groups : sequence of sequences of float
        The scores of each configuration.
    """
    arrays = [np.asarray(one, np.float64) for one in groups]
    freedom = sum(len(one) - 1 for one in arrays if len(one))
    if freedom < 1:
        return None
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in arrays if len(one))
    return Noise((squares / freedom) ** 0.5, freedom)


def noise_of_folds(scores: np.ndarray) -> Noise | None:
    """The noise of scores on the same folds, without what makes a fold hard for all.

    Parameters
    ----------
    scores : numpy.ndarray of shape (n_configurations, n_folds)
        Finite.

    Notes
    -----
    The residuals about the means of both. Each fold holds one n_folds-th of the rows, so the mean of
    all keeps a covariance of 1 / (n_folds - 1) of the variance of one.

    References
    ----------
    Nadeau & Bengio 2003, Inference for the generalization error, Machine Learning 52.
    """
    n_configurations, n_folds = scores.shape
    freedom = (n_configurations - 1) * (n_folds - 1)
    if freedom < 1:
        return None
    rest = scores - scores.mean(axis=1, keepdims=True) - scores.mean(axis=0) + scores.mean()
    return Noise(float((rest**2).sum() / freedom) ** 0.5, freedom, 1 / (n_folds - 1))


@cache
def expected_maximum(k: int) -> float:
    """The expected largest of k independent standard normal values.

    Notes
    -----
    By Gauss-Legendre quadrature of ``1 - F^k`` over the values; 0 for k = 1.

    References
    ----------
    Tippett 1925, On the extreme individuals and the range of samples, Biometrika 17.
    """
    from scipy.special import ndtr

    nodes, weights = np.polynomial.legendre.leggauss(400)
    at = 10 * nodes
    below = ndtr(at) ** k
    return float(10 * weights @ (np.where(at > 0, 1.0, 0.0) - below))


def optimism(
    means: np.ndarray, errors: np.ndarray, seed: int, scales: Sequence[float] = (1.0,)
) -> list[float]:
    """By how much the best of several noisy scores is too good, on average.

    Parameters
    ----------
    means, errors : numpy.ndarray of shape (n_configurations,)
        Scores of which more is better, and their standard errors.
    seed : int
        Of the simulation.
    scales : sequence of float
        The errors are multiplied by each in turn, with the same simulated noise.

    Returns
    -------
    list of float
        In the unit of the scores, one for each scale.

    Notes
    -----
    The true scores are taken for the observed ones, drawn towards their mean by as much as noise has
    spread them. Noise is added to them and the best is chosen, `ROUNDS` times; the optimism is the
    mean noise of the chosen. O(ROUNDS n).

    References
    ----------
    Smith & Winkler 2006, The optimizer's curse, Management Science 52; Cawley & Talbot 2010, On
    over-fitting in model selection, JMLR 11.
    """
    rng = np.random.default_rng(seed)
    k = len(means)
    spread = float(means.var(ddof=1)) if k > 1 else 0.0
    found = np.zeros(len(scales))
    done = 0
    while done < ROUNDS:
        rounds = max(min(ROUNDS - done, BLOCK // k), 1)
        drawn = rng.standard_normal((rounds, k)) * errors
        for place, scale in enumerate(scales):
            noise = float(np.mean((scale * errors) ** 2))
            kept = max(1 - noise / spread, 0.0) ** 0.5 if spread > 0 else 0.0
            true = means.mean() + kept * (means - means.mean())
            chosen = (true + scale * drawn).argmax(axis=1)
            found[place] += scale * float(np.take_along_axis(drawn, chosen[:, None], 1).sum())
        done += rounds
    return [float(one) for one in found / done]
