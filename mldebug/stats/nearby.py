"""How much of a variable its neighbours in time tell, beyond what distant moments do."""

from __future__ import annotations

from math import sqrt
from typing import Any

from mldebug.arrays import namespace
from mldebug.stats.intervals import Estimate, normal

Array = Any


def joint_correlation(one: Array, other: Array) -> Array:
    """The correlation of two variables that are numbers, or indicators of classes.

    Parameters
    ----------
    one, other : array of shape (n, k), floating
        One column for numbers, one a class for classes.

    Returns
    -------
    array of shape (2,), float64
        ``sum cov(one_j, other_j) / sqrt(sum var(one_j) sum var(other_j))`` and its standard error;
        both 0 where a side does not vary. For one column, and for two classes, it is Pearson's.

    Notes
    -----
    The error is that of the influence values ``x . y - r (|x|^2 + |y|^2) / 2``, with both sides
    standardised. O(n k).
    """
    xp = namespace(one, other)
    n = one.shape[0]
    x = one - xp.mean(one, axis=0)[None, :]
    y = other - xp.mean(other, axis=0)[None, :]
    sx, sy = (xp.sqrt(xp.sum(side**2) / n) for side in (x, y))
    varies = (sx > 0) & (sy > 0)
    unit = xp.ones_like(sx)
    x, y = x / xp.where(varies, sx, unit), y / xp.where(varies, sy, unit)
    products = xp.sum(x * y, axis=1)
    r = xp.mean(products)
    influence = products - r * (xp.sum(x**2, axis=1) + xp.sum(y**2, axis=1)) / 2
    error = xp.sqrt(xp.mean(influence**2) / n)
    return xp.where(varies, xp.stack([r, error]), xp.stack([0 * r, 0 * error]))


def explained_beyond(near: tuple[float, float], far: tuple[float, float]) -> Estimate:
    """The share of variance that one correlation explains, less that of another.

    Parameters
    ----------
    near, far : tuple of float
        Each a correlation and its standard error. A negative correlation explains less than
        nothing, as nobody would turn the prediction round; of ``far`` it counts as 0.

    Returns
    -------
    Estimate
        With the interval that combines those of both (MOVER); no p-value.

    References
    ----------
    Zou 2007, Psychological Methods 12, 399-413.
    """
    value, low, high = _squared(*near)
    other, other_low, other_high = (max(end, 0.0) for end in _squared(*far))
    difference = value - other
    return Estimate(
        difference,
        (
            max(difference - sqrt((value - low) ** 2 + (other_high - other) ** 2), -1.0),
            min(difference + sqrt((high - value) ** 2 + (other - other_low) ** 2), 1.0),
        ),
    )


def _squared(r: float, error: float) -> tuple[float, float, float]:
    """A correlation and the ends of its interval, squared with their signs."""
    low, high = normal(r, error, bounds=(-1.0, 1.0))
    return r * abs(r), low * abs(low), high * abs(high)
