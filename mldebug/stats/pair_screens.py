"""Quick looks at what pairs of columns tell of a target, before any model is fitted."""

from __future__ import annotations

import numpy as np

SMALLEST = 1e-10
LARGEST_INDICATOR = 2 / np.pi
"""The R squared of a normal value for whether it is above its median."""


def pair_r2(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """R squared of the least-squares fit of y on each pair of columns.

    Parameters
    ----------
    x : numpy.ndarray of shape (n, d), dtype float64
        Without NaN.
    y : numpy.ndarray of shape (n,), dtype float64
        Without NaN.

    Returns
    -------
    numpy.ndarray of shape (d, d), dtype float64
        Symmetric, in [0, 1]; on the diagonal that of the column alone; 0 where a column is constant
        or two are equal up to scale.

    Notes
    -----
    (a^2 + b^2 - 2 a b r) / (1 - r^2) with the correlations a and b with y and r of the pair.
    O(n d^2).
    """
    scaled = _standardised(x)
    own = _standardised(y[:, None])[:, 0]
    between, with_y = scaled.T @ scaled / len(y), scaled.T @ own / len(y)
    left = 1 - between**2
    a, b = with_y[:, None], with_y[None, :]
    varies = left > SMALLEST
    found = (a**2 + b**2 - 2 * a * b * between) / np.where(varies, left, 1)
    found = np.where(varies, np.clip(found, 0, 1), 0.0)
    np.fill_diagonal(found, with_y**2)
    return np.asarray(found)


def three_by_elimination(x: np.ndarray, y: np.ndarray) -> tuple[tuple[int, ...], float]:
    """Three columns whose fit explains y, and its R squared, by leaving out the least needed.

    Parameters
    ----------
    x : numpy.ndarray of shape (n, d), dtype float64
        Without NaN.
    y : numpy.ndarray of shape (n,), dtype float64
        Without NaN.

    Notes
    -----
    Of all columns that vary, the one whose loss raises the squared error least is dropped until
    three are left: other than adding columns it finds a sum of which no two parts tell anything.
    Columns that the others determine are dropped first. O(n d^2 + d^4).
    """
    scaled = _standardised(x)
    own = _standardised(y[:, None])[:, 0]
    between, with_y = scaled.T @ scaled / len(y), scaled.T @ own / len(y)
    kept = [int(one) for one in np.flatnonzero(np.diag(between) > 0)]
    while len(kept) > 3:
        inverse = np.linalg.pinv(between[np.ix_(kept, kept)], hermitian=True)
        weights = inverse @ with_y[kept]
        needed = weights**2 / np.maximum(np.diag(inverse), SMALLEST)
        kept.pop(int(np.argmin(needed)))
    if len(kept) < 3:
        return tuple(kept), 0.0
    inverse = np.linalg.pinv(between[np.ix_(kept, kept)], hermitian=True)
    return tuple(kept), float(np.clip(with_y[kept] @ inverse @ with_y[kept], 0, 1))


def _standardised(x: np.ndarray) -> np.ndarray:
    centred = x - x.mean(axis=0)
    size = np.abs(centred).max(axis=0)
    centred = centred / np.where(size > 0, size, 1)
    spread = centred.std(axis=0)
    return np.asarray(centred / np.where(spread > 0, spread, 1) * (spread > 0))


def cell_skill(cells: np.ndarray, y: np.ndarray, classes: int) -> float:
    """The skill of a prediction by the other rows of the same cell.

    Parameters
    ----------
    cells : numpy.ndarray of shape (n,), dtype int64
        From 0.
    y : numpy.ndarray of shape (n,)
        Class codes, or numbers if ``classes`` is 0.
    classes : int
        Their number.

    Returns
    -------
    float
        1 for perfect predictions, 0 for the best constant: chance-corrected accuracy of the most
        frequent class of the other rows, a tie being wrong, or R squared of their mean. O(n + cells
        classes).
    """
    size = int(cells.max()) + 1
    if not classes:
        rows = np.bincount(cells, minlength=size)[cells]
        sums = np.bincount(cells, weights=y, minlength=size)[cells]
        middle = float(y.mean())
        predicted = np.where(rows > 1, (sums - y) / np.maximum(rows - 1, 1), middle)
        return 1 - float(np.mean((y - predicted) ** 2)) / max(float(np.var(y)), 1e-300)
    joint = np.bincount(cells * classes + y, minlength=size * classes).reshape(size, classes)
    best = joint.argmax(axis=1)
    top = joint[np.arange(size), best]
    joint[np.arange(size), best] = -1
    second = joint.max(axis=1, initial=0)
    joint[np.arange(size), best] = top
    other = np.where(best[cells] == y, second[cells], top[cells])
    right = float(np.mean(joint[cells, y] - 1 > other))
    majority = float(np.bincount(y).max()) / len(y)
    return (right - majority) / max(1 - majority, 1e-12)
