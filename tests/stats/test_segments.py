import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.stats.segments import opposite_neighbours


def test_the_bends_are_those_of_the_angles_on_each_library(on_device):
    rng = np.random.default_rng(0)
    points, near = rng.normal(size=(20, 4)), rng.normal(size=(20, 6, 4))
    near[3, 2] = points[3]
    points[5] = 0.3 * near[5, 1] + 0.7 * near[5, 4]
    bends, least, pair = on_device(opposite_neighbours, points, near)
    for place in range(20):
        told = {}
        for one in range(6):
            for other in range(one + 1, 6):
                left, right = near[place, one] - points[place], near[place, other] - points[place]
                if left.any() and right.any():
                    angle = np.arccos(
                        np.clip(left @ right / np.linalg.norm(left) / np.linalg.norm(right), -1, 1)
                    )
                    told[one, other] = 2 * np.cos(angle / 2)
                    assert bends[place, one, other] == pytest.approx(told[one, other], abs=1e-7)
        assert np.isinf(bends[place]).sum() == 36 - len(told)
        assert least[place] == pytest.approx(min(told.values()), abs=1e-7)
        assert tuple(pair[place]) == min(told, key=told.get)
    assert tuple(pair[5]) == (1, 4)
    assert least[5] < 1e-14


@given(st.integers(0, 1000), st.integers(2, 6), st.floats(0.01, 0.99))
def test_a_point_between_two_is_found_whatever_the_scale(seed, columns, part):
    rng = np.random.default_rng(seed)
    near = rng.normal(size=(1, 5, columns))
    points = part * near[:, 3] + (1 - part) * near[:, 0]
    scale = 10.0 ** rng.integers(-3, 4, columns)
    _, least, pair = opposite_neighbours(points * scale, near * scale)
    assert least[0] < 1e-9
    assert tuple(pair[0]) == (0, 3)
