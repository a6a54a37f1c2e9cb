"""Whether one sample is another in a different unit: the factor between them, and known factors."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, log1p, sqrt

import numpy as np

from mldebug.stats.drift import ks_distance
from mldebug.stats.intervals import critical_value

LEVEL = 0.99
NARROW = 0.03
"""How wide the interval of a factor near 1 may be, as a share of it: drifts by such factors happen."""
NARROW_FAR = 0.1
"""Of a factor that is farther from 1, as a share of its logarithm: hardly anything drifts so far."""
FAR = 5.0
LEFT = 0.1
"""At most this share of the distance may be left after the conversion, or what chance leaves."""
LARGEST = 1e100
"""Beyond this size sums of squares overflow; such values have no unit."""
FEWEST_DISTINCT = 3
"""Fewer distinct values on either side fit any factor."""
EXACT = 1e-9
CHANCE = 1.63
"""Kolmogorov's distribution has 1 % beyond this."""
FACTORS: dict[float, str] = {
    **{10.0**power: f"{10**power:,}" for power in (1, 2, 3, 6, 9)},
    1.609344: "1.609 (miles and kilometres)",
    2.204623: "2.205 (kilograms and pounds)",
    2.54: "2.54 (inches and centimetres)",
    3.28084: "3.281 (metres and feet)",
    7.0: "7 (weeks and days)",
    24.0: "24 (days and hours)",
    25.4: "25.4 (inches and millimetres)",
    30.48: "30.48 (feet and centimetres)",
    60.0: "60 (minutes and seconds, or hours and minutes)",
    1_024.0: "1,024 (kibibytes and bytes)",
    1_440.0: "1,440 (days and minutes)",
    3_600.0: "3,600 (hours and seconds)",
    86_400.0: "86,400 (days and seconds)",
    1_048_576.0: "1,048,576 (mebibytes and bytes)",
}
"""Known factors above 1 and what they are in words; a change may also go by one over them."""
SHIFTS: tuple[tuple[float, float, str], ...] = (
    (1.8, 32.0, "converted from degrees Celsius to Fahrenheit"),
    (1 / 1.8, -32 / 1.8, "converted from degrees Fahrenheit to Celsius"),
    (1.0, 273.15, "converted from degrees Celsius to kelvins"),
    (1.0, -273.15, "converted from kelvins to degrees Celsius"),
)
"""Known conversions with an offset: slope, offset, and what they are in words."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A known conversion that turns one sample into the other.

    Parameters
    ----------
    slope, offset : float
        The second sample is distributed as slope * first + offset.
    words : str
        The conversion in words.
    left : float
        The Kolmogorov-Smirnov distance that is left after it.
    """

    slope: float
    offset: float
    words: str
    left: float


def conversion(x: np.ndarray, y: np.ndarray, distance: float) -> Conversion | None:
    """The known conversion from x to y, if there is one that fits and no other.

    Parameters
    ----------
    x, y : numpy.ndarray of shape (n,) and (m,), dtype float64
        Finite, n and m >= 2.
    distance : float
        The Kolmogorov-Smirnov distance of both.

    Returns
    -------
    Conversion or None

    Notes
    -----
    A factor c is known to be the one between both samples if the 99 % interval of the factor holds
    it, excludes 1, is narrow (3 % of it; of factors beyond 5, whose drift is no everyday event, a
    tenth of their logarithm), and the distance of c x and y is a tenth of what it was or inside its
    null. For a conversion with an offset the intervals of the ratio of the spreads and of the shift
    take the factor's place. O((n + m) log(n + m)) for each conversion whose interval fits.
    """
    if max(float(np.max(np.abs(x))), float(np.max(np.abs(y)))) > LARGEST:
        return None
    if min(len(np.unique(x)), len(np.unique(y))) < FEWEST_DISTINCT:
        return None
    return _by_factor(x, y, distance) or _by_offset(x, y, distance)


def log_factor(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The logarithm of the factor from x, shape (n,), to y, shape (m,), and its standard error.

    Of the mean size and the mean logarithm of the size, the one that is told more precisely; sizes
    of 0 have no logarithm and are left out there. Infinite where there is no size. O(n + m).
    """
    x, y = np.abs(x), np.abs(y)
    options = []
    if x.any() and y.any():
        means = float(np.mean(x)), float(np.mean(y))
        options.append((log(means[1]) - log(means[0]), _error(x / means[0], y / means[1])))
        logs = np.log(x[x > 0]), np.log(y[y > 0])
        if min(map(len, logs)) >= 2:
            options.append((float(np.mean(logs[1]) - np.mean(logs[0])), _error(*logs)))
    return min(options, key=lambda one: one[1], default=(0.0, float("inf")))


def _error(x: np.ndarray, y: np.ndarray) -> float:
    """The standard error of the difference of two means."""
    return sqrt(float(np.var(x, ddof=1)) / len(x) + float(np.var(y, ddof=1)) / len(y))


def _by_factor(x: np.ndarray, y: np.ndarray, distance: float) -> Conversion | None:
    value, error = log_factor(x, y)
    half = critical_value(LEVEL) * error
    if abs(value) <= half:
        return None
    size = abs(value)
    near = [
        factor
        for factor in FACTORS
        if abs(size - log(factor)) <= half + EXACT and 2 * half <= _widest(factor)
    ]
    for factor in sorted(near, key=lambda one: abs(size - log(one))):
        slope = factor if value > 0 else 1 / factor
        words = FACTORS[factor]
        verb = "multiplied" if value > 0 else "divided"
        left = _left(x, y, slope, 0.0, distance)
        if left is not None:
            return Conversion(slope, 0.0, f"{verb} by {words}", left)
    return None


def _widest(factor: float) -> float:
    """How wide the interval of the factor's logarithm may be."""
    return NARROW_FAR * log(factor) if factor > FAR else log1p(NARROW)


def _by_offset(x: np.ndarray, y: np.ndarray, distance: float) -> Conversion | None:
    centred = x - np.mean(x), y - np.mean(y)
    value, error = log_factor(*centred)
    half = critical_value(LEVEL) * error
    for slope, offset, words in SHIFTS:
        if abs(value - log(slope)) > half + EXACT or half > NARROW_FAR:
            continue
        shift = float(np.mean(y)) - slope * float(np.mean(x))
        spread = critical_value(LEVEL) * _error(slope * x, y)
        narrow = 2 * spread <= NARROW_FAR * abs(offset)
        if narrow and abs(shift - offset) <= spread + EXACT:
            left = _left(x, y, slope, offset, distance)
            if left is not None:
                return Conversion(slope, offset, words, left)
    return None


def _left(
    x: np.ndarray, y: np.ndarray, slope: float, offset: float, distance: float
) -> float | None:
    """The distance after a conversion; None if it explains too little."""
    # Equal values may differ in the last bit after the conversion; rounded, they are equal again
    converted, other = (one.astype(np.float32) for one in (slope * x + offset, y))
    found = float(ks_distance(converted, other)[0])
    chance = CHANCE * sqrt(1 / len(x) + 1 / len(y))
    return found if found <= max(chance, LEFT * distance) else None
