import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from mldebug.stats.pair_screens import cell_skill, pair_r2, three_by_elimination


def test_pair_r2_is_that_of_a_least_squares_fit():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, (200, 5)) @ rng.normal(0, 1, (5, 5))
    y = x[:, 0] - x[:, 3] + rng.normal(0, 1, 200)
    found = pair_r2(x, y)
    for one in range(5):
        for other in range(5):
            pair = x[:, [one, other]]
            assert found[one, other] == pytest.approx(
                LinearRegression().fit(pair, y).score(pair, y)
            )


def test_constant_and_equal_columns_tell_nothing():
    x = np.column_stack([np.arange(9.0), np.ones(9), 2 * np.arange(9.0)])
    found = pair_r2(x, np.arange(9.0) ** 2)
    assert found[0, 2] == 0
    assert found[1, 1] == 0
    assert np.isfinite(found).all()


def test_three_parts_of_a_sum_are_found_though_no_two_tell_anything():
    rng = np.random.default_rng(1)
    x = 30 * rng.normal(0, 1, (400, 8))
    y = rng.normal(0, 1, 400)
    x[:, 5] = y - x[:, 1] - x[:, 4]
    members, r2 = three_by_elimination(x, y)
    assert members == (1, 4, 5)
    assert r2 == pytest.approx(1)
    assert pair_r2(x, y).max() < 0.1


@pytest.mark.parametrize("classes", [0, 2, 3])
def test_cell_skill_is_that_of_leaving_each_row_out(classes):
    rng = np.random.default_rng(2)
    cells = rng.integers(0, 12, 150)
    y = (cells + rng.integers(0, 2, 150)) % classes if classes else cells + rng.normal(0, 1, 150)
    kept = []
    for row in range(150):
        others = (cells == cells[row]) & (np.arange(150) != row)
        if classes:
            counts = np.bincount(y[others], minlength=classes)
            kept.append(counts[y[row]] > np.delete(counts, y[row]).max())
        else:
            kept.append((y[row] - (y[others].mean() if others.any() else y.mean())) ** 2)
    if classes:
        majority = np.bincount(y).max() / 150
        expected = (np.mean(kept) - majority) / (1 - majority)
    else:
        expected = 1 - np.mean(kept) / np.var(y)
    assert cell_skill(cells, y, classes) == pytest.approx(expected)
