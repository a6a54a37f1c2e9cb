"""Of pairs of honest rows, no more are as surprising as said than is expected."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from mldebug.derive.near_candidates import Sides, row_keys
from mldebug.derive.near_cells import paired_cells
from mldebug.derive.near_chance import by_chance

N = 200
HONEST = {
    "independent": lambda rng: rng.normal(size=(N, 4)),
    "heavy": lambda rng: rng.standard_t(1.2, (N, 4)),
    "one factor": lambda rng: rng.normal(size=(N, 1)) * [1.0, 2.0, -1.0, 5.0],
    "near one factor": lambda rng: rng.normal(size=(N, 1)) + 0.05 * rng.normal(size=(N, 4)),
    "clusters": lambda rng: 9.0 * rng.integers(0, 5, (N, 1)) + rng.normal(size=(N, 4)),
    "coarse": lambda rng: rng.integers(0, 4, (N, 6)).astype(float),
    "few decimals": lambda rng: rng.normal(size=(N, 4)).round(1),
    "repeated groups": lambda rng: rng.normal(size=(40, 2))[rng.integers(0, 40, N)].round(1),
}


def expected(values: np.ndarray) -> np.ndarray:
    """How many pairs as alike as each pair of rows chance is said to bring."""
    frame = pd.DataFrame(values).add_prefix("x")
    train = tables(frame).train
    columns = tuple(train.columns)
    keys = row_keys(columns, len(frame))
    sides = Sides(columns, columns, keys, keys)
    later, earlier = np.tril_indices(len(frame), -1)
    cells = paired_cells(sides, later, earlier)
    possible = np.full(len(later), float(len(later)))
    return by_chance(sides, cells, possible, np.zeros(len(later), dtype=bool), 0)


@pytest.mark.parametrize("kind", HONEST)
def test_so_few_pairs_are_surprising(kind):
    told = [expected(HONEST[kind](np.random.default_rng(seed))) for seed in range(10)]
    for bound in (0.05, 1.0, 30.0):
        assert np.mean([(one < bound).sum() for one in told]) <= 2 * bound


def test_a_planted_pair_is_the_least_expected():
    for seed in range(10):
        values = HONEST["independent"](np.random.default_rng(seed))
        values[7] = values[100] + 1e-5
        told = expected(values)
        later, earlier = np.tril_indices(N, -1)
        assert (later[told.argmin()], earlier[told.argmin()]) == (100, 7)
        assert told.min() < 0.05
