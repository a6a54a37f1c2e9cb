import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from mldebug.stats.level_scores import best_area, out_of_fold_means


def test_the_means_are_those_of_the_other_folds():
    rng = np.random.default_rng(0)
    bins, values, folds = rng.integers(0, 4, 60), rng.normal(0, 1, 60), rng.integers(0, 5, 60)
    found = out_of_fold_means(bins, values, folds)
    for row in range(60):
        others = folds != folds[row]
        mine = values[others & (bins == bins[row])]
        assert found[row] == pytest.approx((mine.sum() + values[others].mean()) / (len(mine) + 1))


@pytest.mark.parametrize("classes", [2, 4])
def test_the_area_is_near_that_of_the_class_that_is_told_best(classes):
    rng = np.random.default_rng(1)
    y = rng.integers(0, classes, 4_000)
    bins = np.where(rng.random(4_000) < 0.3 + 0.5 * (y == 1), 0, rng.integers(1, 6, 4_000))
    value, (low, high), code = best_area(bins, y, rng.integers(0, 5, 4_000), classes=True)
    assert code == 1
    assert value == pytest.approx(roc_auc_score(y == 1, bins == 0), abs=0.02)
    assert low < value < high


def test_numbers_that_the_levels_do_not_tell_have_one_half():
    rng = np.random.default_rng(2)
    value, (low, high), code = best_area(
        rng.integers(0, 5, 500), rng.normal(0, 1, 500), rng.integers(0, 5, 500), classes=False
    )
    assert code is None
    assert 0.5 <= low <= value < 0.58
    assert high < 0.63
