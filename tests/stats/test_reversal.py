"""Correlations over all and within groups: on every library, against SciPy and by simulation."""

import numpy as np
import pytest
from scipy import stats

from mldebug.stats.reversal import pooled_and_within


def drawn(seed=0, n=500, groups=3):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, groups, n)
    x = 2.0 * codes[:, None] + rng.normal(0, 1, (n, 4))
    y = -1.5 * codes + 0.7 * x[:, 0] + rng.normal(0, 1, n)
    return x, rng.random((n, 4)) < 0.9, y, codes


def test_they_are_the_same_on_each_library(on_device):
    made = drawn()
    found = on_device(lambda *given: pooled_and_within(*given, 3), *made)
    assert found == pytest.approx(pooled_and_within(*made, 3))


def test_the_values_are_those_of_scipy():
    x, present, y, codes = drawn(1)
    found = pooled_and_within(x, present, y, codes, 3)
    for place in range(4):
        there = present[:, place]
        a, b, c = x[there, place], y[there], codes[there]
        assert found[0, place] == pytest.approx(stats.pearsonr(a, b).statistic)
        a, b = (one - np.array([one[c == g].mean() for g in range(3)])[c] for one in (a, b))
        assert found[2, place] == pytest.approx(stats.pearsonr(a, b).statistic)


def test_the_errors_are_those_of_repeated_samples():
    rng = np.random.default_rng(2)
    told = []
    for _ in range(400):
        codes = rng.integers(0, 3, 300)
        x = codes + rng.standard_t(5, 300)
        y = -2 * codes + x + rng.exponential(1, 300)
        told.append(pooled_and_within(x[:, None], np.ones((300, 1), bool), y, codes, 3)[:, 0])
    r, error, within, within_error = np.array(told).T
    assert np.mean(error) == pytest.approx(np.std(r), rel=0.12)
    assert np.mean(within_error) == pytest.approx(np.std(within), rel=0.12)


def test_what_does_not_vary_has_no_correlation():
    ones = np.ones((30, 1))
    codes = np.arange(30) % 3
    found = pooled_and_within(ones, ones > 0, np.arange(30.0), codes, 3)
    assert found.tolist() == [[0.0]] * 4
    found = pooled_and_within(codes[:, None] / 7, ones > 0, np.arange(30.0), codes, 3)
    assert found[2:].tolist() == [[0.0]] * 2
