import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mldebug.stats import dependence
from mldebug.stats.association import associated, association


def table(seed, n=300, d=5, share=0.1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) @ rng.normal(size=(d, d))
    x[:, 0] = np.round(x[:, 0])
    x[rng.random((n, d)) < share] = np.nan
    return x


def test_spearman_matrix_agrees_with_scipy_on_each_library(on_device):
    x = table(0, share=0.0)
    expected = stats.spearmanr(x).statistic
    assert on_device(dependence.spearman_matrix, x) == pytest.approx(expected, abs=1e-12)


def test_spearman_matrix_with_missing_values_is_near_that_of_the_complete_rows(on_device):
    x = table(1)
    found = on_device(dependence.spearman_matrix, x)
    expected = stats.spearmanr(x, nan_policy="omit").statistic
    assert np.abs(found - expected).max() < 0.02
    assert found == pytest.approx(found.T)
    assert np.isfinite(found).all()


@given(st.integers(0, 50))
def test_spearman_matrix_knows_only_the_order_and_not_that_of_rows(seed):
    x = table(seed, n=40, d=3)
    found = dependence.spearman_matrix(x)
    assert np.abs(found).max() <= 1
    rng = np.random.default_rng(seed)
    assert dependence.spearman_matrix(rng.permutation(x)) == pytest.approx(found, abs=1e-9)
    assert dependence.spearman_matrix(np.exp(x)) == pytest.approx(found, abs=1e-9)
    turned = dependence.spearman_matrix(-x)
    assert turned == pytest.approx(found, abs=1e-9)


def test_spearman_matrix_in_blocks_is_the_same(monkeypatch):
    x = table(2)
    whole = dependence.spearman_matrix(x)
    monkeypatch.setattr(dependence, "BLOCK", 64)
    assert dependence.spearman_matrix(x) == pytest.approx(whole, abs=1e-12)


def test_spearman_matrix_of_constant_missing_and_infinite_columns():
    x = table(3, share=0.0)
    x[:, 1], x[:, 2] = 7.0, np.nan
    x[:2, 3], x[2, 3], x[5, 4] = np.inf, -np.inf, np.nan
    found = dependence.spearman_matrix(x)
    assert (found[1] == 0).all()
    assert (found[2] == 0).all()
    assert found[3, 0] == pytest.approx(stats.spearmanr(x[:, 3], x[:, 0]).statistic)


def test_association_agrees_with_what_it_is_made_of():
    rng = np.random.default_rng(4)
    x = rng.normal(size=500)
    y = x + rng.normal(size=500)
    codes = np.floor(3 * stats.norm.cdf(x))
    assert association(x, -y, False, False) == pytest.approx(-stats.spearmanr(x, -y).statistic)
    assert association(codes, (codes * 7 + 3) % 5, True, True) == pytest.approx(1.0, abs=0.02)
    within = association(codes, y, True, False)
    assert within == association(y, codes, False, True)
    f = stats.f_oneway(*(stats.rankdata(y)[codes == c] for c in range(3))).statistic
    adjusted = 1 - (1 - f * 2 / (f * 2 + 497)) * 499 / 497
    assert within == pytest.approx(np.sqrt(adjusted))


@pytest.mark.parametrize("coded", [(True, True), (True, False), (False, False)])
def test_association_of_independent_columns_is_near_nothing(coded):
    rng = np.random.default_rng(5)
    found = []
    for _ in range(40):
        one, other = rng.integers(0, 20, 600) * 1.0, rng.integers(0, 15, 600) * 1.0
        one[rng.random(600) < 0.1] = np.nan
        found.append(association(one, other, *coded))
    assert min(found) >= 0
    assert np.mean(found) < 0.09


def test_the_associated_columns_are_those_of_which_the_association_is_high_enough():
    rng = np.random.default_rng(6)
    x, codes = rng.normal(size=400), rng.integers(0, 3, 400) * 1.0
    near = x + rng.normal(0, 0.1, 400)
    matrix = np.column_stack([x, codes, -near, codes + 5 * (rng.random(400) < 0.01), np.ones(400)])
    coded = np.array([False, True, False, True, False])
    assert associated(matrix, coded, 0, 0.9).tolist() == [True, False, True, False, False]
    assert associated(matrix, coded, 1, 0.9).tolist() == [False, True, False, True, False]
    assert associated(matrix, coded, 4, 0.9).tolist() == [False] * 4 + [True]
    assert associated(matrix, coded, 0, 0.0).all()
