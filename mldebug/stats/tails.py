"""How far out the tail of a sample can be expected to reach, whatever its weight."""

from __future__ import annotations

from math import log
from typing import Any

from mldebug.arrays import device_of, namespace

Array = Any

DROP = 1.92
"""Half the 95 % quantile of chi-square with one degree of freedom."""
SHAPES, WIDER = 48, 24
SMALLEST, LARGEST = 1e-4, 1e3
"""The ends of the grid of shape over scale, in units of one over the median excess."""
WIDEST = 3.0
"""The shape is sought up to so many times its best value for each ratio, and as far below it."""


def tail_reach(excesses: Array, censored: int, expected: float, weight: float = 1.0) -> Array:
    """Beyond which excess the tail brings fewer than so many values, at the end of its uncertainty.

    Parameters
    ----------
    excesses : array of shape (m,), floating
        The values above a threshold, less the threshold, without the ``censored`` largest of them;
        positive, in rising order, at least 10.
    censored : int
        How many more values lie beyond the last one, wherever they are.
    expected : float
        How many values may be expected beyond the reach.
    weight : float
        How many values each of the excesses stands for, where they were thinned out evenly.

    Returns
    -------
    array of shape ()
        In the unit of the values, counted from the threshold; float64.

    Notes
    -----
    A generalised Pareto distribution with a shape of 0 or more is fitted by the likelihood in which
    the largest values are only known to lie beyond the last of the others. With the ratio t of shape
    k to scale, and ``A(t) = sum log(1 + t y) + censored log(1 + t y_m)``,

        ``log L = m log(t / k) - sum log(1 + t y) - A(t) / k``,

    so for each t of a grid the likelihood is known for every k. The reach is the largest of
    ``(((m + censored) / expected)^k - 1) / t`` over all pairs whose log-likelihood is within 1.92 of
    the best: the upper end of its 95 % profile interval. No tail is taken to be lighter than the
    exponential one, whose k is 0. O(m), with 48 ratios and 48 shapes for each.

    References
    ----------
    Pickands 1975, Ann. Statist. 3; Grimshaw 1993, Technometrics 35; Coles 2001, section 4.3.
    """
    xp = namespace(excesses)
    y = xp.astype(excesses, xp.float64)
    unit = y[y.shape[0] // 2]
    y = y / unit  # of values near the ends of what a float holds, the ratios would overflow
    m = weight * y.shape[0]
    place = device_of(excesses)
    steps = xp.linspace(0.0, 1.0, SHAPES, dtype=xp.float64, device=place)
    ratios = SMALLEST * (LARGEST / SMALLEST) ** steps
    logs = xp.log1p(ratios[:, None] * y[None, :])
    total = weight * xp.sum(logs, axis=1)
    with_censored = total + censored * logs[:, -1]
    best = with_censored / m
    factors = WIDEST ** xp.linspace(-1.0, 1.0, 2 * WIDER + 1, dtype=xp.float64, device=place)
    shapes = best[:, None] * factors[None, :]
    likelihood = (
        m * xp.log(ratios[:, None] / shapes) - total[:, None] - with_censored[:, None] / shapes
    )
    inside = likelihood >= xp.max(likelihood) - DROP
    # Beyond an exponent of 600 every value is within reach, and the power would overflow.
    grown = xp.expm1(xp.clip(shapes * log((m + censored) / expected), 0.0, 600.0))
    reach = grown / ratios[:, None]
    return unit * xp.max(xp.where(inside, reach, xp.zeros_like(reach)))


def separations(values: Array, most: int, tail: int) -> Array:
    """How far the largest values stand from the next ones, against how the next ones spread.

    Parameters
    ----------
    values : array of shape (n,), floating
        Positive, in falling order; more than ``most + tail``.
    most : int
        How many of the largest are looked at.
    tail : int
        How many of the next ones tell the spread.

    Returns
    -------
    array of shape (most,), float64
        For the j largest, j from 1 to ``most``: the mean of ``i log(x_i / x_(i+1))`` over them, as a
        multiple of the same mean over the ``tail`` next ones, which is
        Hill's estimate of the index of the tail without the j largest. Of a Pareto tail it is
        distributed as F with ``2 j`` and ``2 tail`` degrees of freedom, whatever the index, as these
        spacings are independent exponentials (Renyi's representation); of a lighter one it is
        smaller. O(most tail).

    References
    ----------
    Renyi 1953, Acta Math. Hung. 4; Hill 1975, Ann. Statist. 3.
    """
    xp = namespace(values)
    logs = xp.log(xp.astype(values[: most + tail + 1], xp.float64))
    numbers = xp.arange(1, most + tail + 1, dtype=xp.float64, device=device_of(values))
    spacings = numbers * (logs[:-1] - logs[1:])
    found = [xp.mean(spacings[:j]) / xp.mean(spacings[j : j + tail]) for j in range(1, most + 1)]
    return xp.stack(found)
