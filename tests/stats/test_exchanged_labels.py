"""The best exchange of labels: against all permutations, and how rarely chance looks like one."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mldebug.stats.exchanged_labels import exchange


def test_the_exchange_is_the_best_of_all_permutations():
    rng = np.random.default_rng(0)
    for _ in range(20):
        meant = rng.permutation(5)
        table = rng.integers(0, 20, (5, 5))
        table[np.arange(5), meant] += 100
        best = max(permutations(range(5)), key=lambda one: table[np.arange(5), list(one)].sum())
        assert tuple(best) == tuple(meant)
        wanted = {label: to for label, to in enumerate(best) if label != to}
        assert exchange(table).meant == wanted


@given(arrays(np.int64, (4, 4), elements=st.integers(0, 50)))
def test_the_interval_holds_the_gain(table):
    found = exchange(table)
    assert -1 <= found.interval[0] <= found.gain <= found.interval[1] <= 1
    assert found.gain >= 0
    if not found.meant:
        assert found.interval[0] == 0


@pytest.mark.parametrize("classes", [2, 3, 6, 20])
@pytest.mark.parametrize("rows", [40, 400])
def test_chance_is_rarely_certain(classes, rows):
    rng = np.random.default_rng(1)
    tables = (
        np.bincount(rng.integers(0, classes**2, rows), minlength=classes**2) for _ in range(400)
    )
    certain = sum(bool(exchange(one.reshape(classes, classes)).meant) for one in tables)
    assert certain <= 400 * 0.04


def test_the_low_end_exceeds_the_truth_rarely():
    rng = np.random.default_rng(2)
    chance = np.array([[0.2, 0.3], [0.3, 0.2]])
    lows = [
        exchange(rng.multinomial(200, chance.ravel()).reshape(2, 2)).interval[0]
        for _ in range(1_000)
    ]
    assert np.mean(np.array(lows) > 0.2) <= 0.03
