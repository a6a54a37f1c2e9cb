"""What neighbours tell: on every library, against NumPy, and the coverage of the interval."""

import numpy as np
import pytest

from mldebug.stats.nearby import explained_beyond, joint_correlation


def pair(rng, n, r):
    x = rng.normal(size=n)
    return x[:, None], (r * x + np.sqrt(1 - r * r) * rng.normal(size=n))[:, None]


def test_it_is_the_same_on_each_library(on_device):
    x, y = pair(np.random.default_rng(0), 200, 0.5)
    assert on_device(joint_correlation, x, y) == pytest.approx(joint_correlation(x, y))


def test_for_numbers_and_for_two_classes_it_is_pearsons():
    rng = np.random.default_rng(1)
    x, y = pair(rng, 300, 0.4)
    assert joint_correlation(x, y)[0] == pytest.approx(np.corrcoef(x[:, 0], y[:, 0])[0, 1])
    one, other = ((side[:, 0] > 0).astype(int) for side in (x, y))
    both = (np.eye(2)[one], np.eye(2)[other])
    assert joint_correlation(*both)[0] == pytest.approx(np.corrcoef(one, other)[0, 1])


def test_of_several_classes_it_is_one_for_copies_and_nothing_for_chance():
    codes = np.random.default_rng(2).integers(0, 5, 4_000)
    table = np.eye(5)[codes]
    assert joint_correlation(table, table)[0] == pytest.approx(1)
    turned = table[np.random.default_rng(3).permutation(4_000)]
    r, error = joint_correlation(table, turned)
    assert abs(r) < 4 * error < 0.1


@pytest.mark.parametrize(("near", "far"), [(0.0, 0.0), (0.3, 0.0), (0.6, 0.3), (0.9, 0.1)])
def test_the_interval_holds_the_difference(near, far):
    rng = np.random.default_rng(4)
    held = []
    for _ in range(300):
        sides = [joint_correlation(*pair(rng, 250, r)).tolist() for r in (near, far)]
        low, high = explained_beyond(tuple(sides[0]), tuple(sides[1])).interval
        held.append(low <= near * near - far * far <= high)
    assert np.mean(held) >= 0.92


def test_what_does_not_vary_tells_nothing():
    x, y = pair(np.random.default_rng(5), 50, 0.9)
    assert joint_correlation(x, 0 * y).tolist() == [0.0, 0.0]
    assert explained_beyond((0.0, 0.0), (0.0, 0.0)).value == 0.0
