"""The nearest neighbours of rows, found once for all who ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.checker import Unavailable, derived
from mldebug.derive.sample import sampled_rows

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.derive.space import Space

K = 10
FEWEST_ROWS = 2 * K
EXACT = 30_000
"""Up to so many rows the neighbours of every row are found."""
QUERIES = 10_000
"""Of more rows those of a sample: a share of 1 in 500 is then known to within 1 in 1,000."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The ten nearest rows of train for each of some rows.

    Parameters
    ----------
    queries : numpy.ndarray of shape (n_queries,), dtype int64
        Places in the rows of the space (of train, or of eval), rising: all up to 30,000 rows, of
        more a sample of 10,000.
    places : numpy.ndarray of shape (n_queries, 10), dtype int64
        Places in the space's rows of train, the nearest first; a row is no neighbour of its own.
    distances : numpy.ndarray of shape (n_queries, 10), dtype float32
        In the units of the space: robust standard deviations, words at distance 1.
    """

    queries: np.ndarray
    places: np.ndarray
    distances: np.ndarray


@derived()
def neighbours(space: Space, device: Device, seed: int) -> Neighbours:
    """The neighbours in train of train's own rows: exact, O(q n d) for q rows asked."""
    queries = _asked(len(space.train), seed)
    return _found(space.train[queries], space, device, queries, among_themselves=True)


@derived()
def eval_neighbours(space: Space, device: Device, seed: int) -> Neighbours:
    """The neighbours in train of eval's rows: exact, O(q n d) for q rows asked."""
    if space.eval is None:
        raise Unavailable("it needs --eval", ("--eval",))
    queries = _asked(len(space.eval), seed)
    return _found(space.eval[queries], space, device, queries, among_themselves=False)


def _asked(n_rows: int, seed: int) -> np.ndarray:
    return sampled_rows(n_rows, seed, n_rows if n_rows <= EXACT else QUERIES)


def _found(
    points: np.ndarray, space: Space, device: Device, queries: np.ndarray, *, among_themselves: bool
) -> Neighbours:
    from mldebug.arrays import to_host
    from mldebug.stats.host_neighbours import nearest_on_host
    from mldebug.stats.neighbours import nearest

    if len(space.train) < FEWEST_ROWS:
        raise Unavailable(
            f"train has too few rows to look for neighbours: {len(space.train):,}, of {FEWEST_ROWS} "
            "needed"
        )
    if device.name == "cpu":
        own = queries if among_themselves else None
        return Neighbours(queries, *nearest_on_host(points, space.train, K, own))
    own = device.asarray(queries) if among_themselves else None
    places, distances = nearest(device.asarray(points), device.asarray(space.train), K, own)
    return Neighbours(queries, to_host(places), to_host(distances))
