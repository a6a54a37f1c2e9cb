"""The difference of two shares against SciPy and statsmodels, and how often its interval covers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact
from statsmodels.stats.proportion import proportion_confint

from mldebug.stats.shares import equal_shares_p, exact_interval, share_difference

SIZE = st.integers(1, 400)


@given(SIZE, SIZE, st.floats(0, 1), st.floats(0, 1))
def test_the_interval_joins_the_exact_ones(n, m, p, q):
    count, other = round(p * n), round(q * m)
    found = share_difference(count, n, other, m)
    ends = proportion_confint(count, n, method="beta"), proportion_confint(other, m, method="beta")
    ours, theirs = ([0.0 if np.isnan(end) else end for end in pair] for pair in ends)
    assert exact_interval(count, n) == pytest.approx(ours, abs=1e-9)
    assert found.value == pytest.approx(other / m - count / n)
    low = np.hypot(other / m - theirs[0], ours[1] - count / n)
    high = np.hypot(theirs[1] - other / m, count / n - ours[0])
    wanted = max(found.value - low, -1.0), min(found.value + high, 1.0)
    assert found.interval == pytest.approx(wanted, abs=1e-9)
    assert found.interval[0] <= found.value <= found.interval[1]


@given(SIZE, SIZE, st.floats(0, 1), st.floats(0, 1))
def test_p_is_that_of_scipy(n, m, p, q):
    count, other = round(p * n), round(q * m)
    table = np.array([[count, n - count], [other, m - other]])
    found = equal_shares_p(count, n, other, m)
    if not table.sum(axis=0).all():
        assert found == 1.0
        return
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if expected.min() < 5:
        wanted = fisher_exact(table).pvalue
    else:
        wanted = chi2_contingency(table, correction=False).pvalue
    assert found == pytest.approx(wanted, rel=1e-6, abs=1e-12)


def test_swapping_the_samples_turns_the_sign():
    one, other = share_difference(3, 40, 11, 90), share_difference(11, 90, 3, 40)
    assert one.value == pytest.approx(-other.value)
    assert one.interval == pytest.approx((-other.interval[1], -other.interval[0]))
    assert one.p == pytest.approx(other.p)


@pytest.mark.parametrize(("n", "m"), [(30, 10), (375, 125), (6_000, 40)])
@pytest.mark.parametrize(("p", "q"), [(0.0, 0.05), (0.02, 0.1), (0.3, 0.5), (0.03, 0.03)])
def test_the_low_end_exceeds_the_truth_rarely(n, m, p, q):
    rng = np.random.default_rng(0)
    draws = zip(rng.binomial(n, p, 2_000).tolist(), rng.binomial(m, q, 2_000).tolist(), strict=True)
    lows = [share_difference(count, n, other, m).interval[0] for count, other in draws]
    assert np.mean(np.array(lows) > q - p) <= 0.03


def test_a_higher_level_is_wider_and_holds_more_often():
    plain, wide = (share_difference(9, 60, 31, 80, level).interval for level in (0.95, 0.999))
    assert wide[0] < plain[0] < plain[1] < wide[1]
    rng = np.random.default_rng(0)
    draws = zip(
        rng.binomial(60, 0.7, 2_000).tolist(), rng.binomial(200, 0.1, 2_000).tolist(), strict=True
    )
    ends = np.array([share_difference(a, 60, b, 200, 0.99).interval for a, b in draws])
    assert np.mean((ends[:, 0] <= -0.6) & (ends[:, 1] >= -0.6)) >= 0.985
