"""Points on a segment between two others."""

from __future__ import annotations

from typing import Any

from mldebug.arrays import namespace


def opposite_neighbours(points: Any, neighbours: Any) -> tuple[Any, Any, Any]:
    """How nearly each point lies between two of its neighbours.

    Parameters
    ----------
    points : array of shape (n_points, n_columns), a floating type
        Finite.
    neighbours : array of shape (n_points, k, n_columns), the same type
        Finite; k of at least 2. A neighbour that is the point itself is opposite to none.

    Returns
    -------
    tuple of arrays
        The bends of all pairs of neighbours, shape (n_points, k, k): the length of the sum of the two
        unit vectors from the point, 0 where it lies on the segment between them and 2 where they
        are in one direction; infinite on and below the diagonal. The smallest bend of each point,
        shape (n_points,), computed again from the vectors, which is exact near 0. The pair that it
        belongs to, shape (n_points, 2), int64.

    Notes
    -----
    For small bends it is the sine of the angle. Of k directions in d columns that have nothing to do
    with each other, the share of pairs with a bend below s falls as s^(d - 1). O(n k^2 d).
    """
    xp = namespace(points, neighbours)
    apart = neighbours - xp.expand_dims(points, axis=1)
    lengths = xp.sqrt(xp.sum(apart * apart, axis=2, keepdims=True))
    away = lengths > 0
    units = xp.where(away, apart / xp.where(away, lengths, xp.ones_like(lengths)), 0.0 * apart)
    cosines = units @ xp.matrix_transpose(units)
    bends = xp.sqrt(xp.where(cosines > -1, 2 + 2 * cosines, xp.zeros_like(cosines)))
    k = neighbours.shape[1]
    upper = xp.triu(xp.ones_like(bends), k=1) > 0
    known = upper & away & xp.matrix_transpose(away)
    bends = xp.where(known, bends, xp.full_like(bends, xp.inf))
    flat = xp.reshape(bends, (points.shape[0], k * k))
    place = xp.astype(xp.argmin(flat, axis=1), xp.int64)
    pair = xp.stack([place // k, place % k], axis=1)
    chosen = xp.take_along_axis(units, xp.expand_dims(pair, axis=2), axis=1)
    total = chosen[:, 0, :] + chosen[:, 1, :]
    exact = xp.sqrt(xp.sum(total * total, axis=1))
    least = xp.min(flat, axis=1)
    return bends, xp.where(least < xp.inf, exact, least), pair
