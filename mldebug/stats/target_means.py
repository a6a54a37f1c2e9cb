"""Whether a column holds the means of the target in the groups of its own rows."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

EXACT = 1e-6
"""Numbers agree if they differ by less than this share of the target's spread, or by rounding."""
SURPRISE = 9.0
"""Chance would make the means agree in fewer than one of 10 to this power of columns."""
MOST_DECIMALS = 8
SIMPLE = 12
"""Halves, thirds, quarters ... : of a small group of zeros and ones they are the mean by chance."""


@dataclass(frozen=True, slots=True)
class Means:
    """How a column was made of the target.

    Parameters
    ----------
    way : {"mean", "smoothed mean", "shrunk mean", "mean of the other rows"}
        The group's mean; one drawn to a constant by adding rows, or on another scale; one drawn to
        the overall mean by more, the fewer rows or the more unlike they are; or without the row.
    weight : float
        The share of a row's own target in its value, on average over the rows.
    groups : int
        The number of groups.
    """

    way: str
    weight: float
    groups: int


def tolerance(z: np.ndarray) -> float:
    """Half a unit of the last decimal that numbers of shape (n,) have; 0 for more than eight."""
    with np.errstate(over="ignore", invalid="ignore"):
        for decimals in range(MOST_DECIMALS + 1):
            scaled = z * 10.0**decimals
            if np.all(np.abs(scaled - np.round(scaled)) <= 1e-9 * np.maximum(np.abs(scaled), 1)):
                return 0.5 * 10.0**-decimals
    return 0.0


def target_means(groups: np.ndarray, z: np.ndarray, y: np.ndarray) -> Means | None:
    """How the values of a column are made of the target's means in groups of rows, if they are.

    Parameters
    ----------
    groups : numpy.ndarray of shape (n,), dtype int
        The group of each row, from 0, none empty.
    z, y : numpy.ndarray of shape (n,), dtype float64
        The column, and the target; none missing.

    Returns
    -------
    Means or None
        None if the column is something else, or too few groups vary in y to tell it from chance.

    Notes
    -----
    The means of a sample carry its noise, s / sqrt(n) in a group of n rows; a column that agrees
    with them more closely than any column that does not know the noise could was made of them. A
    smoothed mean z = (S + a p) / (n + a), also on another scale, is linear in z, z / n, 1 and 1 / n
    for the mean S / n: the four numbers are fitted and count against the surprise. O(n).
    """
    counts = np.bincount(groups).astype(np.float64)
    sums = np.bincount(groups, weights=y)
    means = sums / counts
    squares = np.bincount(groups, weights=(y - means[groups]) ** 2)
    varying = (squares > EXACT**2 * counts * float(np.var(y))) & (counts > 1)
    if not varying.any():
        return None
    sd = sqrt(float(squares.sum()) / (len(y) - len(counts)))
    off = max(EXACT * sd, tolerance(z) * (1 + 1e-6))
    first = _first(groups)
    surprise = _surprises(z[first], counts, y, sd, off) * varying
    n = counts[groups]
    alone = n > 1
    left = (sums[groups] - y)[alone] / (n[alone] - 1)
    if np.all(np.abs(z[alone] - left) <= off) and surprise.sum() >= SURPRISE:
        return Means(
            "mean of the other rows",
            float(np.sum(alone / np.maximum(n - 1, 1))) / len(y),
            len(counts),
        )
    value = z[first]
    if np.any(np.abs(z - value[groups]) > EXACT * sd):
        return None
    for way, parts, cost, slack in _forms(value, counts, means, squares, y, off):
        if parts is None:
            continue
        surprise = _surprises(value, counts, y, sd, slack) * varying
        if surprise.sum() - cost * float(surprise.max()) >= SURPRISE:
            return Means(way, float(np.sum(np.clip(parts, 0, 1))) / len(y), len(counts))
    return None


def _first(groups: np.ndarray) -> np.ndarray:
    """The first row of each group."""
    first = np.empty(int(groups.max()) + 1, dtype=np.int64)
    first[groups[::-1]] = np.arange(len(groups))[::-1]
    return first


def _surprises(
    value: np.ndarray, counts: np.ndarray, y: np.ndarray, sd: float, off: float | np.ndarray
) -> np.ndarray:
    """How improbable an agreement by chance is in each group, as a power of ten."""
    noise = 2.5 * sd / np.sqrt(counts)
    found = np.log10(np.maximum(noise / (2 * np.maximum(off, EXACT * sd)), 1))
    if np.all(y == np.round(y)):
        simple = np.abs(value * SIMPLE - np.round(value * SIMPLE)) < EXACT
        lattice = np.log10(np.maximum(noise * counts, 1))
        found = np.where(simple, np.minimum(found, lattice), found)
    return np.asarray(found)


def _forms(
    value: np.ndarray,
    counts: np.ndarray,
    means: np.ndarray,
    squares: np.ndarray,
    y: np.ndarray,
    off: float,
) -> list[tuple[str, np.ndarray | None, int, float | np.ndarray]]:
    """What each form says of the column, in the order in which they are believed.

    Its name; the weight of the mean in each group, or None if it is not that; how many numbers were
    fitted; and how far from the means, in the target's unit, another value could be unnoticed.
    """
    overall, variance = float(np.mean(y)), float(np.var(y))
    plain = np.ones(len(counts)) if np.all(np.abs(value - means) <= off) else None
    bayes = variance * counts / (variance * counts + squares / counts)
    blended = bayes * means + (1 - bayes) * overall
    shrunk = bayes if np.all(np.abs(value - blended) <= off) else None
    by_size = _by_size(value, counts, means, overall, off)
    parts, slack = _smoothed(value, counts, means)
    return [
        ("mean", plain, 0, off),
        ("shrunk mean", shrunk, 0, off),
        ("smoothed mean", parts, 4, slack),
        ("shrunk mean", by_size, len(np.unique(counts)), off),
    ]


def _smoothed(
    value: np.ndarray, counts: np.ndarray, means: np.ndarray
) -> tuple[np.ndarray | None, float | np.ndarray]:
    """The weights, and the slack; the column may be on a scale of its own."""
    centre, scale = float(np.mean(value)), float(np.std(value))
    if scale <= 0:
        return None, 0.0
    moved = (value - centre) / scale
    design = np.column_stack([moved, moved / counts, np.ones_like(moved), 1 / counts])
    found = np.linalg.lstsq(design, means, rcond=None)[0]
    slope = np.maximum(np.abs(found[0] + found[1] / counts), 1e-3 * float(np.std(means)))
    slack = 2 * slope * max(EXACT, tolerance(value) / scale)
    if np.any(np.abs(design @ found - means) > slack) or found[0] == 0:
        return None, 0.0
    return np.asarray(1 / np.maximum(1 + found[1] / (found[0] * counts), 1)), slack


def _by_size(
    value: np.ndarray, counts: np.ndarray, means: np.ndarray, overall: float, off: float
) -> np.ndarray | None:
    """The weight of the mean, if it depends on the size of the group alone and rises with it."""
    far = np.abs(means - overall) > 100 * off
    if not far.any():
        return None
    weight = (value[far] - overall) / (means[far] - overall)
    slack = 2 * off / np.abs(means[far] - overall) + EXACT
    order = np.argsort(counts[far], kind="stable")
    lowest = np.maximum.accumulate((weight - slack)[order])
    steps, sizes = (weight + slack)[order], counts[far][order]
    same = np.flatnonzero(np.diff(sizes) == 0)
    constant = np.all(np.abs(np.diff(weight[order]))[same] <= 2 * np.max(slack))
    inside = np.all((weight > -slack) & (weight < 1 + slack))
    if not (inside and constant and np.all(steps >= lowest)):
        return None
    weights = np.zeros(len(counts))
    weights[far] = weight
    return weights
