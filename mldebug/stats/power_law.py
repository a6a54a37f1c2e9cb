"""Power laws of a score by the number of training rows: ``a + b n^-c``, and what they promise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mldebug.arrays import namespace

Array = Any

SLOWEST, FASTEST = 0.03, 3.0
"""The exponents c that are tried; slower than that is a logarithm, faster a step."""
EXPONENTS = 24
ZOOMS = 2
ROUNDS = 400
"""Simulated curves behind an interval."""
FEWEST_SIZES = 6
"""Sizes below which three parameters and their noise cannot be told."""
SURE_DIP = 3.5
"""Standard errors by which a later point lies below an earlier one where the curve surely falls; by
more where the standard errors are themselves unsure."""
DEEP_DIP = 0.01
"""The fall of a score from which on it matters."""


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """Fitted power laws ``a + b n^-c``, one for each curve.

    Parameters
    ----------
    a, b, c : array of shape (...)
        The level that is approached, the distance from it at one row, and the exponent.
    misfit : array of shape (...)
        The weighted sum of squared residuals.
    """

    a: Array
    b: Array
    c: Array
    misfit: Array

    def at(self, rows: float) -> Array:
        """The level at a number of rows."""
        return self.a + self.b * rows**-self.c

    def gain(self, rows: float, factor: float = 2.0) -> Array:
        """By how much the level changes from ``rows`` to ``factor`` times as many."""
        return self.b * rows**-self.c * (factor**-self.c - 1)


def power_law(rows: Array, values: Array, weights: Array) -> PowerLaw:
    """The power laws that fit curves best, by weighted least squares.

    Parameters
    ----------
    rows : array of shape (n_sizes,), floating
        Positive, not all alike.
    values : array of shape (n_curves, n_sizes), floating
        Finite.
    weights : array of shape (n_sizes,), floating
        Positive: one over the variance of each point.

    Returns
    -------
    PowerLaw
        Of arrays of shape (n_curves,).

    Notes
    -----
    For a given exponent the other two parameters are those of a straight line, so only the exponent
    is searched: on a grid of `EXPONENTS` equal steps of its logarithm, then `ZOOMS` times on a
    finer one about the best. O(n_curves n_sizes EXPONENTS).

    References
    ----------
    Golub & Pereyra 1973, SIAM J. Numer. Anal. 10 (variable projection); Viering & Loog 2023, The
    shape of learning curves: a review, IEEE TPAMI 45.
    """
    xp = namespace(values)
    last = rows[-1]
    share = weights / xp.sum(weights)
    near, far = math.log(SLOWEST), math.log(FASTEST)
    grid = xp.asarray(
        np.linspace(near, far, EXPONENTS)[None, :], dtype=values.dtype, device=_device(values)
    )
    width = (far - near) / (EXPONENTS - 1)
    around = xp.asarray(np.linspace(-1, 1, EXPONENTS), dtype=values.dtype, device=_device(values))
    for _ in range(ZOOMS + 1):
        exponents = xp.exp(grid)
        a, b, misfit = _lines(rows / last, values, share, exponents)
        place = xp.argmin(misfit, axis=1)
        chosen = xp.arange(EXPONENTS, device=_device(values))[None, :] == place[:, None]
        best = xp.sum(xp.where(chosen, grid + xp.zeros_like(misfit), 0.0), axis=1)
        grid = best[:, None] + width * around[None, :]
        width = 2 * width / (EXPONENTS - 1)
    picked = [xp.sum(xp.where(chosen, one, 0.0), axis=1) for one in (a, b, misfit)]
    c = xp.exp(best)
    return PowerLaw(picked[0], picked[1] * last**c, c, picked[2] * xp.sum(weights))


def _lines(
    rows: Array, values: Array, share: Array, exponents: Array
) -> tuple[Array, Array, Array]:
    """Level, slope and weighted mean square of the best straight line for each exponent."""
    xp = namespace(values)
    x = xp.exp(-exponents[:, :, None] * xp.log(rows)[None, None, :])
    mean = xp.sum(x * share, axis=-1)
    x = x - mean[:, :, None]
    centre = xp.sum(values * share, axis=-1, keepdims=True)
    y = values - centre
    spread = xp.sum(x * x * share, axis=-1)
    together = xp.matmul(x, (y * share)[:, :, None])[:, :, 0]
    slope = together / spread
    rest = xp.sum(y * y * share, axis=-1, keepdims=True) - slope * together
    return centre - slope * mean, slope, xp.where(rest > 0, rest, 0.0 * rest)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a power law says of more rows.

    Parameters
    ----------
    law : PowerLaw
        Of the curve as it is, with arrays of shape (1,).
    gain : float
        Of twice the rows of the last size, in the unit of the values.
    interval : tuple of float
        Its 95 % interval.
    sizes, low, high : numpy.ndarray of shape (n_ahead,)
        Rows up to four times as many, and the band of the curve there.
    """

    law: PowerLaw
    gain: float
    interval: tuple[float, float]
    sizes: np.ndarray
    low: np.ndarray
    high: np.ndarray


def promise_of_rows(
    rows: np.ndarray, values: np.ndarray, errors: np.ndarray | None, seed: int
) -> Promise:
    """What twice the rows would gain, by a power law fitted to a sample-size curve.

    Parameters
    ----------
    rows, values : numpy.ndarray of shape (n_sizes,)
        At least `FEWEST_SIZES`, by growing rows.
    errors : numpy.ndarray of shape (n_sizes,) or None
        The standard errors of the values; None takes them as alike, and from the fit.
    seed : int
        Of the simulation.

    Notes
    -----
    The interval is of the gains of `ROUNDS` curves, simulated as the fitted one plus normal noise of
    the standard errors; these are widened where the curve misses its power law by more than they
    explain, with the quantile of t for the residuals' degrees of freedom.
    """
    from scipy.special import stdtrit

    n = len(rows)
    rows, values = rows.astype(np.float64), values.astype(np.float64)
    scale = _errors(errors, values)
    law = power_law(rows, values[None, :], scale**-2.0)
    freedom = n - 3
    excess = max(float(law.misfit[0]) / freedom, 1.0 if errors is not None else 0.0) ** 0.5
    wider = excess * float(stdtrit(freedom, 0.975)) / 1.96 if excess != 1.0 else 1.0
    fitted = np.asarray(law.a[0] + law.b[0] * rows ** -law.c[0])
    drawn = fitted + wider * scale * np.random.default_rng(seed).standard_normal((ROUNDS, n))
    laws = power_law(rows, drawn, scale**-2.0)
    low, high = np.quantile(laws.gain(rows[-1]), [0.025, 0.975])
    gain = float(law.gain(rows[-1])[0])
    ahead = np.geomspace(rows[0], 4 * rows[-1], 60)
    curves = laws.a[:, None] + laws.b[:, None] * ahead[None, :] ** -laws.c[:, None]
    band = np.quantile(curves, [0.025, 0.975], axis=0)
    ends = min(float(low), gain), max(float(high), gain)
    return Promise(law, gain, ends, ahead, band[0], band[1])


def _errors(errors: np.ndarray | None, values: np.ndarray) -> np.ndarray:
    """Standard errors, none of them so small that one point alone would decide."""
    if errors is None:
        return np.ones_like(values)
    least = max(float(np.median(errors)) / 10, float(np.ptp(values)) * 1e-3, 1e-9)
    return np.asarray(np.maximum(errors, least))


def steadied(errors: np.ndarray) -> np.ndarray:
    """Standard errors, each the geometric mean of itself and its neighbours, shape (n_sizes,).

    Those of five repeats are off by a third; neighbours have nearly the same. None is smaller than a
    tenth of the median.
    """
    least = max(float(np.median(errors)) / 10, 1e-12)
    logs = np.log(np.maximum(errors, least))
    padded = np.pad(logs, 1, mode="edge")
    return np.asarray(np.exp((padded[:-2] + padded[1:-1] + padded[2:]) / 3))


@dataclass(frozen=True, slots=True)
class Dip:
    """The surest fall of a curve that should rise: by how much, in standard errors, and where."""

    depth: float
    errors: float
    start: int
    stop: int


def surest_dip(values: np.ndarray, errors: np.ndarray) -> Dip:
    """The fall from an earlier to a later point that is the least likely to be noise.

    Parameters
    ----------
    values, errors : numpy.ndarray of shape (n_sizes,)
        A score of which more is better, and its standard errors.

    Notes
    -----
    Among the falls deeper than `DEEP_DIP`; the depth is 0 where there is none. O(n_sizes^2), of
    which there are few.
    """
    falls = np.triu(values[:, None] - values[None, :])
    sure = falls / np.maximum(np.hypot(errors[:, None], errors[None, :]), 1e-12)
    sure = np.where(falls > DEEP_DIP, sure, 0.0)
    start, stop = np.unravel_index(int(sure.argmax()), sure.shape)
    depth = float(falls[start, stop]) if sure[start, stop] > 0 else 0.0
    return Dip(depth, float(sure[start, stop]), int(start), int(stop))


def sure_dip(repeats: float | None) -> float:
    """The standard errors of a sure fall, where they were told from so many repeats a point.

    The quantile of Student's t that leaves as much beyond it as `SURE_DIP` does of the normal, for
    the degrees of freedom of three neighbouring points.
    """
    from scipy.special import ndtr, stdtrit

    if repeats is None:
        return SURE_DIP
    return float(stdtrit(3 * max(repeats - 1, 1), float(ndtr(SURE_DIP))))


def _device(values: Array) -> Any:
    from mldebug.arrays import device_of

    return device_of(values)
