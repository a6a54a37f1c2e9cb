"""Values on which many rows pile up: codes far outside the rest, zeros, and the ends of a range.

All functions take the distinct values of a column, increasing, and how often each occurs; there are
few beside the rows, so they work on the host.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mldebug.stats.atom_limits import (
    FAR_FROM_ZERO,
    LEAST_DISTINCT,
    NEAR_CONTINUOUS,
    PILED,
    WINDOW_DISTINCT,
    WINDOW_ROWS,
    WINDOW_SHARE,
)
from mldebug.stats.intervals import poisson_tail

Reason = Literal["code", "outside", "zero"]

FEWEST_OTHERS = 5
"""Other distinct values than the atoms; with fewer, a value far away is one category of several."""
MOST_CODES = 4
"""Codes at one end."""
REPEATED = 2
ISOLATED = 5
"""Spacings of the nearest values that lie between an atom and the rest."""
NEAREST = 20
"""Values that tell the spacing, or how frequent neighbours are."""
UPPER_HALF = 1.6448536269514722
"""Standard deviations of a normal between its median and its 5 % quantile."""
NINES = (7, 8, 9)
LIMITS = (
    *(2.0**bits - 1 for bits in (15, 16, 31, 32, 63, 64)),
    *(2.0**bits for bits in (15, 31, 63)),
    *(10.0**power for power in (10, 20, 30, 36)),
    float(np.finfo(np.float32).max),
    float(np.finfo(np.float64).max),
)
"""The largest numbers of types, and powers of ten, that stand for "no value"; of either sign."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A value that stands for a missing one.

    Parameters
    ----------
    value : float
        As it is stored.
    count : int
        The rows that hold it.
    reason : {"code", "outside", "zero"}
        A known code outside the rest; a value far outside the rest on which rows pile up; a zero
        that the other values do not reach.
    """

    value: float
    count: int
    reason: Reason


def is_code(value: float) -> bool:
    """Whether a number is customary for "no value": 99, -999, 9999.9, 888, -1 to -9, 2**31 - 1 ...

    Parameters
    ----------
    value : float
        Any finite number.
    """
    if -9 <= value <= -1:
        return bool(value == np.floor(value))
    digits = f"{abs(value):.10g}".replace(".", "")
    repeated = len(digits) > 1 and digits == digits[0] * len(digits) and int(digits[0]) in NINES
    return repeated or abs(value) in LIMITS or abs(abs(value) / 9.96921e36 - 1) < 1e-5


def stand_ins(values: np.ndarray, counts: np.ndarray) -> list[Atom]:
    """The values that stand for missing ones at either end of a column's range, and zeros.

    Parameters
    ----------
    values : numpy.ndarray of shape (k,), float64
        Distinct, finite and increasing.
    counts : numpy.ndarray of shape (k,), int64
        How often each occurs.

    Returns
    -------
    list of Atom
        At an end: at most `MOST_CODES` values that lie farther from the rest than all the rest is
        wide, each a known code in two rows or more, or, beside a near-continuous rest, any value
        in `PILED` rows or more; or negative codes below a near-continuous rest that is nowhere
        negative. Zeros as `zeros` tells.

    Notes
    -----
    O(k).
    """
    found: list[Atom] = []
    while True:
        outer = _at_an_end(values, counts)
        if outer is None:
            break
        places, reason = outer
        found += [Atom(float(values[one]), int(counts[one]), reason) for one in places]
        kept = np.ones(len(values), dtype=bool)
        kept[places] = False
        values, counts = values[kept], counts[kept]
    atom = zeros(values, counts)
    return [*found, atom] if atom else found


def _at_an_end(values: np.ndarray, counts: np.ndarray) -> tuple[list[int], Reason] | None:
    """The places of the atoms at one end, or None."""
    k = len(values)
    for number in range(1, min(MOST_CODES, k - FEWEST_OTHERS) + 1):
        for places, rest, gap in (
            (range(number), slice(number, k), values[number] - values[number - 1]),
            (
                range(k - number, k),
                slice(0, k - number),
                values[k - number] - values[k - number - 1],
            ),
        ):
            width = values[rest][-1] - values[rest][0]
            if not gap > width:
                continue
            held = [(bool(is_code(float(values[one]))), int(counts[one])) for one in places]
            if all(known and count >= REPEATED for known, count in held):
                return list(places), "code"
            if k - number >= NEAR_CONTINUOUS and all(
                count >= (REPEATED if known else PILED) for known, count in held
            ):
                return list(places), "outside"
    negative = int(np.searchsorted(values, 0.0))
    if 0 < negative <= MOST_CODES and _are_negative_codes(values, counts, negative):
        return list(range(negative)), "code"
    return None


def _are_negative_codes(values: np.ndarray, counts: np.ndarray, negative: int) -> bool:
    """Whether all negative values are codes that lie apart from, or pile up beside, the rest."""
    rest, held = values[negative:], counts[:negative]
    if len(rest) < NEAR_CONTINUOUS or held.min() < REPEATED:
        return False
    if not all(is_code(float(value)) for value in values[:negative]):
        return False
    nearest = counts[negative : negative + NEAREST]
    piled = held.min() >= PILED and held.min() > PILED * nearest.max()
    return bool(piled or is_apart(values[negative - 1], rest))


def is_apart(value: float, rest: np.ndarray) -> bool:
    """Whether a value below the rest is farther from it than several of its nearest spacings.

    Parameters
    ----------
    value : float
        Less than ``rest[0]``.
    rest : numpy.ndarray of shape (k,), float64
        Distinct and increasing, two or more.
    """
    last = min(NEAREST, len(rest)) - 1
    spacing = (rest[last] - rest[0]) / last
    return bool(rest[0] - value > ISOLATED * spacing)


def zeros(values: np.ndarray, counts: np.ndarray) -> Atom | None:
    """The zeros of a column whose other values are positive and do not come near zero.

    Notes
    -----
    The other values must be near-continuous, lie apart from zero, and have a median of more than
    `FAR_FROM_ZERO` standard deviations, as the distance to their 5 % quantile tells them: 1.8 for a
    uniform distribution from 0, 2.1 for a gamma of shape 2, 2.6 for a lognormal of sigma .6. O(k).
    """
    if len(values) <= NEAR_CONTINUOUS or values[0] != 0 or counts[0] < REPEATED:
        return None
    rest, held = values[1:], np.cumsum(counts[1:])
    low, middle = rest[np.searchsorted(held, held[-1] * np.array([0.05, 0.5]))]
    if not middle * UPPER_HALF > FAR_FROM_ZERO * (middle - low) or not is_apart(0.0, rest):
        return None
    return Atom(0.0, int(counts[0]), "zero")


CENTRED = 1e-6
"""The mean of a column in its own spread, up to which it was taken off."""


@dataclass(frozen=True, slots=True)
class Pile:
    """The rows at one end of a range.

    Parameters
    ----------
    side : {"largest", "smallest"}
        Which end.
    value : float
        The end itself.
    count : int
        The rows that hold it.
    expected : float
        The mean number of rows of the distinct values beside it.
    p : float
        The chance that so many rows fall on one value, were it as frequent as the most frequent of
        the values beside it: a Poisson tail.
    """

    side: Literal["largest", "smallest"]
    value: float
    count: int
    expected: float
    p: float


def pile_at_an_end(values: np.ndarray, counts: np.ndarray) -> Pile | None:
    """The end of a near-continuous range on which more rows pile up.

    Parameters
    ----------
    values : numpy.ndarray of shape (k,), float64
        Distinct, finite and increasing.
    counts : numpy.ndarray of shape (k,), int64
        How often each occurs.

    Returns
    -------
    Pile or None
        None if there are at most `LEAST_DISTINCT` distinct values. An end that lies apart from its
        neighbours, one beside which the values are few, and a smallest value of 0, where amounts
        begin by nature (or any in a column whose mean was taken off, where that 0 has moved), hold
        no more rows than expected.

    Notes
    -----
    O(k).
    """
    if len(values) <= LEAST_DISTINCT:
        return None
    largest = _pile("largest", -values[::-1], counts[::-1], natural=False)
    natural = bool(values[0] == 0) or _is_centred(values, counts)
    smallest = _pile("smallest", values, counts, natural=natural)
    return min((largest, smallest), key=lambda one: (one.p, -one.count))


def _is_centred(values: np.ndarray, counts: np.ndarray) -> bool:
    """Whether the mean is 0 but for rounding."""
    scaled = values / max(abs(values[0]), abs(values[-1]))
    shares = counts / counts.sum()
    mean = float(np.sum(scaled * shares))
    return abs(mean) <= CENTRED * float(np.sqrt(np.sum(scaled**2 * shares)))


def _pile(
    side: Literal["largest", "smallest"], values: np.ndarray, counts: np.ndarray, *, natural: bool
) -> Pile:
    """The smallest of these values as a pile."""
    count, rest = int(counts[0]), counts[1:]
    held = np.cumsum(rest)
    wanted = max(WINDOW_SHARE * float(held[-1]), WINDOW_ROWS)
    last = min(int(np.searchsorted(held, wanted)), len(rest) - 1)
    beside, width = rest[: last + 1], values[last + 1] - values[1]
    apart = values[1] - values[0] > width / 2
    end = float(-values[0] if side == "largest" else values[0])
    if natural or apart or len(beside) < WINDOW_DISTINCT:
        return Pile(side, end, count, float(count), 1.0)
    p = poisson_tail(count, float(beside.max()))
    return Pile(side, end, count, float(beside.mean()), p)
