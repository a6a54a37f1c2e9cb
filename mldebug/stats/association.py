"""How closely two columns of any kind are associated, from 0 to 1."""

from __future__ import annotations

import numpy as np

from mldebug.stats.ranking import midranks


def association(
    one: np.ndarray, other: np.ndarray, one_is_coded: bool, other_is_coded: bool
) -> float:
    """The strength of association on the rows where both are present.

    Parameters
    ----------
    one, other : numpy.ndarray of shape (n,), dtype float64
        Numbers, or category codes; missing as NaN.
    one_is_coded, other_is_coded : bool
        Which of them holds codes.

    Returns
    -------
    float
        The absolute Spearman correlation of two columns of numbers; the correlation ratio of ranks
        of a number given a category; Theil's U, the larger of both directions, of two categories; 0
        where fewer than three rows are left or one of them is constant.

    Notes
    -----
    O(n log n). The correlation ratio and Theil's U are corrected for the number of categories.
    """
    present = ~(np.isnan(one) | np.isnan(other))
    one, other = one[present], other[present]
    if len(one) < 3:
        return 0.0
    if one_is_coded and other_is_coded:
        return theils_u(one, other)
    if one_is_coded:
        return correlation_ratio(one, midranks(other))
    if other_is_coded:
        return correlation_ratio(other, midranks(one))
    return spearman(one, other)


def associated(matrix: np.ndarray, coded: np.ndarray, column: int, least: float) -> np.ndarray:
    """Which columns of a matrix are associated with one of them.

    Parameters
    ----------
    matrix : numpy.ndarray of shape (n_rows, n_columns), dtype float64
        Numbers, or category codes; missing as NaN.
    coded : numpy.ndarray of shape (n_columns,), dtype bool
        Which columns hold codes.
    column : int
        The place of the one.
    least : float
        The smallest association that counts.

    Returns
    -------
    numpy.ndarray of shape (n_columns,), dtype bool
        True for the column itself too. O(n log n) a column.
    """
    own, own_coded = matrix[:, column], bool(coded[column])
    found = np.array(
        [
            association(own, matrix[:, place], own_coded, bool(coded[place])) >= least
            for place in range(matrix.shape[1])
        ]
    )
    found[column] = True
    return found


def spearman(one: np.ndarray, other: np.ndarray) -> float:
    """The absolute rank correlation of two columns, without missing values.

    Parameters
    ----------
    one, other : numpy.ndarray of shape (n,), dtype float64
        0 if either is constant. O(n log n).
    """
    x, y = midranks(one), midranks(other)
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt(np.dot(x, x) * np.dot(y, y)))
    return min(abs(float(np.dot(x, y))) / scale, 1.0) if scale > 0 else 0.0


def correlation_ratio(codes: np.ndarray, values: np.ndarray) -> float:
    """The root of the share of variance between categories, adjusted for their number.

    Parameters
    ----------
    codes : numpy.ndarray of shape (n,)
        The categories, none missing.
    values : numpy.ndarray of shape (n,), dtype float64
        Without NaN.

    Notes
    -----
    The root of 1 - (W / (n - k)) / (T / (n - 1)), with the sums of squares within k categories, W,
    and in all, T; 0 where that is negative. O(n log n).
    """
    _, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    total = float(np.var(values)) * len(values)
    free = len(values) - len(counts)
    if total <= 0 or free <= 0 or len(counts) < 2:
        return 0.0
    means = np.bincount(inverse, weights=values) / counts
    within = float(np.sum((values - means[inverse]) ** 2))
    return float(np.sqrt(max(1 - (within / free) / (total / (len(values) - 1)), 0.0)))


def theils_u(one: np.ndarray, other: np.ndarray) -> float:
    """The share of one column's entropy that the other takes away, the larger of both directions.

    Parameters
    ----------
    one, other : numpy.ndarray of shape (n,)
        The categories, none missing.

    Notes
    -----
    I / min(H, H'), where the mutual information I is lowered by its bias under independence,
    (r - 1)(c - 1) / 2n for r and c categories. O(n log n).
    """
    _, a, rows = np.unique(one, return_inverse=True, return_counts=True)
    _, b, columns = np.unique(other, return_inverse=True, return_counts=True)
    joint = np.unique(a * len(columns) + b, return_counts=True)[1]
    n = len(a)

    def entropy(counts: np.ndarray) -> float:
        shares = counts / n
        return float(-np.sum(shares * np.log(shares)))

    bias = (len(rows) - 1) * (len(columns) - 1) / (2 * n)
    shared = max(entropy(rows) + entropy(columns) - entropy(joint) - bias, 0.0)
    smallest = min(entropy(rows), entropy(columns))
    return min(shared / smallest, 1.0) if smallest > 0 else 0.0
