import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from mldebug.stats import ranking

VALUES = st.lists(st.integers(-9, 9), min_size=2, max_size=30).map(lambda x: np.array(x) / 2)


def slow_delong(x, y):
    wins = (y[None, :] > x[:, None]) + 0.5 * (y[None, :] == x[:, None])
    return wins.mean(), wins.mean(axis=1).var(ddof=1), wins.mean(axis=0).var(ddof=1)


def test_placements_agree_with_all_pairs_on_each_library(on_device):
    rng = np.random.default_rng(0)
    for x, y in (
        (rng.normal(size=80), rng.normal(0.7, 1, 50)),
        (np.floor(rng.normal(size=80) * 2), np.floor(rng.normal(size=33) * 2)),
    ):
        assert on_device(ranking.placements, x, y) == pytest.approx(slow_delong(x, y))
        scores, labels = np.concatenate([x, y]), np.repeat([0, 1], [len(x), len(y)])
        assert ranking.auc(x, y)[0] == pytest.approx(roc_auc_score(labels, scores))


@given(VALUES, VALUES, st.randoms())
def test_auc_is_in_bounds_mirrors_and_knows_only_the_order(x, y, random):
    value, (low, high) = ranking.auc(x, y)
    assert 0 <= low <= value <= high <= 1
    turned, (turned_low, turned_high) = ranking.auc(y, x)
    assert (1 - turned, 1 - turned_high, 1 - turned_low) == pytest.approx(
        (value, low, high), abs=1e-9
    )
    assert ranking.auc(np.exp(x), np.exp(y))[0] == pytest.approx(value)
    shuffled = x.copy()
    random.shuffle(shuffled)
    assert ranking.auc(shuffled, y)[0] == pytest.approx(value)


@pytest.mark.parametrize("truth", [0.5, 0.8, 0.95])
@pytest.mark.parametrize(("n", "m"), [(30, 30), (20, 300)])
def test_auc_interval_covers(truth, n, m):
    rng = np.random.default_rng(1)
    gap = stats.norm.ppf(truth) * np.sqrt(2)
    missed = 0
    for _ in range(400):
        low, high = ranking.auc(rng.normal(size=n), rng.normal(gap, 1, m))[1]
        missed += not low <= truth <= high
    assert missed <= 36


def test_auc_of_samples_that_do_not_overlap_is_not_certain():
    value, (low, high) = ranking.auc(np.arange(10.0), np.arange(20.0, 32.0))
    assert (value, high) == (1.0, 1.0)
    assert 0.6 < low < 0.9
    assert ranking.auc(np.ones(9), np.ones(9))[0] == 0.5


@given(VALUES)
def test_midranks_agree_with_scipy(values):
    assert ranking.midranks(values).tolist() == stats.rankdata(values).tolist()
