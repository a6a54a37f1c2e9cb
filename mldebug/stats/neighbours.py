"""Exact nearest neighbours by blocked products, on any device; see `host_neighbours` for the host."""

from __future__ import annotations

from typing import Any

from mldebug.arrays import device_of, namespace

BLOCK = 1_024
"""Queries of a product at a time."""


def nearest(queries: Any, base: Any, k: int, own: Any = None) -> tuple[Any, Any]:
    """The k nearest rows of the base for each query, by Euclidean distance.

    Parameters
    ----------
    queries : array of shape (n_queries, n_columns), a floating type
        Without NaN.
    base : array of shape (n_rows, n_columns), the same type
        Without NaN; at least ``k`` rows, one more where ``own`` is given.
    k : int
        How many neighbours.
    own : array of shape (n_queries,), int64, optional
        The row of the base that each query is, which is not its neighbour.

    Returns
    -------
    tuple of arrays of shape (n_queries, k)
        The rows, int64, the nearest first (of equally near ones the smaller row), and the distances
        in the type of the base.

    Notes
    -----
    Candidates come from |x|^2 - 2 x y + |y|^2, whose rounding error is that of the squares; the
    distances of those kept are computed again from the differences. O(n_queries n_rows n_columns).
    """
    xp = namespace(queries, base)
    device = device_of(base)
    kept = k + 1 if own is not None else k
    kept = min(kept + 4, base.shape[0])
    squares = xp.sum(base * base, axis=1)
    rows, distances = [], []
    numbers = xp.arange(base.shape[0], dtype=xp.int64, device=device)
    for start in range(0, queries.shape[0], BLOCK):
        stop = min(start + BLOCK, queries.shape[0])
        block = queries[start:stop, :]
        near = squares - 2 * (block @ xp.matrix_transpose(base))
        if own is not None:
            mine = xp.reshape(own[start:stop], (-1, 1))
            near = xp.where(mine == numbers, xp.full_like(near, xp.inf), near)
        chosen = xp.sort(xp.argsort(near, axis=1)[:, :kept], axis=1)
        apart = xp.take(base, xp.reshape(chosen, (-1,)), axis=0)
        apart = xp.reshape(apart, (*chosen.shape, -1)) - xp.expand_dims(block, axis=1)
        exact = xp.sqrt(xp.sum(apart * apart, axis=2))
        if own is not None:
            exact = xp.where(chosen == mine, xp.full_like(exact, xp.inf), exact)
        order = xp.argsort(exact, axis=1, stable=True)[:, :k]
        rows.append(xp.take_along_axis(chosen, order, axis=1))
        distances.append(xp.take_along_axis(exact, order, axis=1))
    return xp.concat(rows, axis=0), xp.concat(distances, axis=0)
