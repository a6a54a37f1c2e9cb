"""Exact nearest neighbours on the host: a search that looks closely at few of the pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from mldebug.executors import threaded

Array = np.ndarray[Any, np.dtype[Any]]

FEW_DIMENSIONS = 6
"""Up to here a tree is faster than products."""
FEW_POINTS = 512
"""Up to here products are faster than a tree."""
BLOCK, TILE = 256, 2_048
"""Queries and points of one product: the result stays in the processor's cache."""
HASHED = 4_096
"""Rows whose hashes are computed at a time."""
SPARE = 4
"""So many more than asked for come from a tree; where these tie with the last one asked for, more
may tie, and a product finds them all."""
MOST_GATHERED = 1 << 22
"""Numbers of the pairs whose differences are taken at a time."""


def nearest_on_host(
    queries: Array, base: Array, k: int, own: Array | None = None
) -> tuple[Array, Array]:
    """The k nearest rows of the base for each query, by Euclidean distance.

    Parameters
    ----------
    queries : numpy.ndarray of shape (n_queries, n_columns), float32 or float64
        Finite.
    base : numpy.ndarray of shape (n_rows, n_columns), the same type
        Finite; at least ``k`` rows, one more where ``own`` is given.
    k : int
        How many neighbours.
    own : numpy.ndarray of shape (n_queries,), int64, optional
        The row of the base that each query is, which is not its neighbour.

    Returns
    -------
    tuple of numpy.ndarray of shape (n_queries, k)
        The rows, int64, the nearest first (of equally near ones the smaller row), and the distances
        in the type of the base.

    Notes
    -----
    Equal rows of the base are one point. A pair of query and point is a candidate if its product
    says, up to the largest rounding error that it may have, that it is as near as the k nearest seen
    so far; of the candidates, some k log(n / 2048) a query, the distances are computed from the
    differences in float64 and rounded. In up to 6 dimensions a k-d tree finds the candidates. The
    result does not depend on the way, nor on the number of threads. O(n_queries n_rows n_columns)
    by products.
    """
    from threadpoolctl import threadpool_limits

    points, members, starts = _distinct(base)
    wanted = min(k if own is None else k + 1, len(points))
    queries = np.ascontiguousarray(queries, dtype=base.dtype)
    # The threads of BLAS would wait for each other inside ours.
    with threadpool_limits(1):
        if base.shape[1] <= FEW_DIMENSIONS and len(points) > FEW_POINTS:
            found = _by_tree(queries, points, wanted)
        else:
            found = _by_products(queries, points, wanted)
    parts = [
        _ordered(queries, points, members, starts, part, k, own) for part in _few_at_a_time(found)
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _distinct(base: Array) -> tuple[Array, Array, Array]:
    """The distinct points in a random but fixed order, and the rows of each, rising.

    The rows of point i are ``members[starts[i]:starts[i + 1]]``.
    """
    from mldebug.stats.fingerprints import mixed

    hashes = np.zeros(len(base), dtype=np.int64)
    # As many numbers as fit into 64 bits at a time, of few enough rows for the processor's cache.
    spare = -base.shape[1] % (8 // base.dtype.itemsize)
    for start in range(0, len(base), HASHED):
        rows = base[start : start + HASHED]
        padded = np.zeros((len(rows), base.shape[1] + spare), base.dtype)
        padded[:, : base.shape[1]] = rows + base.dtype.type(0)  # the two zeros are one
        for word in padded.view(np.int64).T:
            part = hashes[start : start + HASHED]
            part[:] = mixed(part * 31 + word)
    members = np.argsort(hashes, kind="stable")
    ordered = hashes[members]
    new = np.flatnonzero(np.diff(ordered, prepend=~ordered[:1]))
    points = np.ascontiguousarray(base[members[new]])
    return points, members, np.append(new, len(base))


Found = tuple[Array, Array, Array]
"""First and last query of a block, and of its candidates the query, rising, and the point."""


def _by_tree(queries: Array, points: Array, wanted: int) -> list[Found]:
    from scipy.spatial import cKDTree

    from mldebug.executors import threads

    asked = min(wanted + SPARE, len(points))
    tree = cKDTree(points, balanced_tree=False)
    told = tree.query(queries, k=range(1, asked + 1), workers=threads())
    apart, chosen = np.asarray(told[0]), np.asarray(told[1])
    tied = apart[:, -1] <= apart[:, wanted - 1] * (1 + 1e-9)
    tied &= asked < len(points)
    numbers = np.repeat(np.arange(len(queries)), asked)
    clear = np.flatnonzero(~tied)
    found: list[Found] = []
    if len(clear):
        found.append((clear, numbers.reshape(-1, asked)[clear].ravel(), chosen[clear].ravel()))
    again = np.flatnonzero(tied)
    for rows, asking, point in _by_products(queries[again], points, wanted) if len(again) else ():
        found.append((again[rows], again[asking], point))
    return found


def _by_products(queries: Array, points: Array, wanted: int) -> list[Found]:
    middle = points.mean(axis=0, dtype=np.float64).astype(points.dtype)
    centred = points - middle
    squares = np.einsum("ij,ij->i", centred, centred)
    # One more column, so that the product is x y - |y|^2 / 2, which falls with the distance.
    extended = np.column_stack([centred, -squares / 2])
    longest = float(np.sqrt(squares.max()))

    def block(start: int) -> Found:
        asking = queries[start : start + BLOCK] - middle
        # The largest rounding error of a sum of products, and of the squares in it.
        lengths = np.sqrt(np.einsum("ij,ij->i", asking, asking))
        unit = (points.shape[1] + 4) * np.finfo(points.dtype).eps
        error = (unit * longest * (lengths + longest)).astype(points.dtype)
        asking = np.column_stack([asking, np.ones(len(asking), points.dtype)])
        owner, point = _candidates(asking, extended, wanted, error)
        return np.arange(start, start + len(asking)), owner + start, point

    return threaded(block, range(0, len(queries), BLOCK))


def _candidates(asking: Array, extended: Array, wanted: int, error: Array) -> tuple[Array, Array]:
    """The pairs of a block of queries that may be among the wanted, by query and then by point."""
    bound = np.full((len(asking), 1), -np.inf, extended.dtype)
    owners: list[Array] = []
    points: list[Array] = []
    nearness: list[Array] = []
    merged_at = 0
    for start in range(0, len(extended), TILE):
        near = asking @ extended[start : start + TILE].T
        if start == 0 and near.shape[1] > wanted:
            place = near.shape[1] - wanted
            bound = np.partition(near, place, axis=1)[:, place, None] - 2 * error[:, None]
        places = np.flatnonzero(near >= bound)
        owner = places // near.shape[1]
        owners.append(owner)
        points.append(places - owner * near.shape[1] + start)
        nearness.append(near.ravel()[places])
        last = start + TILE >= len(extended)
        if last or start >= 2 * merged_at:
            merged_at = start + TILE
            owner, point, value = map(np.concatenate, (owners, points, nearness))
            bound, kept = _nearest_of(owner, value, len(asking), wanted, error)
            owners, points, nearness = [owner[kept]], [point[kept]], [value[kept]]
    return owners[0], points[0]


def _nearest_of(
    owner: Array, value: Array, n_queries: int, wanted: int, error: Array
) -> tuple[Array, Array]:
    """The bound of each query, and the candidates that reach it, by query."""
    order = np.argsort(owner.astype(np.uint16), kind="stable")
    owner = owner[order]
    counts = np.bincount(owner, minlength=n_queries)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    width = int(counts.max())
    table = np.full((n_queries, width), -np.inf, value.dtype)
    table[owner, place] = value[order]
    nth = np.partition(table, width - wanted, axis=1)[:, width - wanted]
    bound = nth - 2 * error
    return bound[:, None], order[value[order] >= bound[owner]]


def _few_at_a_time(found: list[Found]) -> list[Found]:
    """All candidates, the queries rising, cut where queries end."""
    queries = np.concatenate([one[0] for one in found])
    owner = np.concatenate([one[1] for one in found])
    point = np.concatenate([one[2] for one in found])
    order = np.argsort(owner, kind="stable")
    owner, point = owner[order], point[order]
    ends = np.searchsorted(owner, np.arange(len(queries) + 1))
    parts, start = [], 0
    while start < len(queries):
        reach = int(np.searchsorted(ends, ends[start] + (1 << 15), side="right")) - 1
        stop = min(max(reach, start + 1), len(queries))
        chosen = slice(int(ends[start]), int(ends[stop]))
        parts.append((np.arange(start, stop), owner[chosen], point[chosen]))
        start = stop
    return parts


def _ordered(
    queries: Array,
    points: Array,
    members: Array,
    starts: Array,
    found: Found,
    k: int,
    own: Array | None,
) -> tuple[Array, Array]:
    """The k nearest rows of some queries, from their candidates."""
    rows, owner, point = found
    apart = np.empty(len(owner))
    step = max(MOST_GATHERED // max(points.shape[1], 1), 1)
    for start in range(0, len(owner), step):
        part = slice(start, start + step)
        difference = points[point[part]].astype(np.float64)
        difference -= queries[owner[part]]
        apart[part] = np.einsum("ij,ij->i", difference, difference)
    distance = np.sqrt(apart).astype(points.dtype)
    # Of a point that many rows share, no more than are asked for.
    sizes = np.minimum(starts[point + 1] - starts[point], k + 1)
    ends = np.cumsum(sizes)
    within = np.arange(int(ends[-1])) - np.repeat(ends - sizes, sizes)
    member = members[np.repeat(starts[point], sizes) + within]
    owner, distance = np.repeat(owner, sizes), np.repeat(distance, sizes)
    if own is not None:
        other = member != own[owner]
        owner, distance, member = owner[other], distance[other], member[other]
    order = np.lexsort((member, distance, owner))
    first = np.searchsorted(owner[order], rows)
    chosen = order[first[:, None] + np.arange(k)]
    return member[chosen], distance[chosen]
