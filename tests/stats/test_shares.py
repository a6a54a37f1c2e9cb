import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from mldebug.stats.shares import share_difference


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((56, 70, 48, 80), (0.0524, 0.3339)), ((9, 10, 3, 10), (0.1705, 0.8090))],
)
def test_the_interval_is_the_published_one(counts, expected):
    """The examples (a) and (b) of Newcombe 1998, table II, method 10."""
    assert share_difference(*counts).interval == pytest.approx(expected, abs=5e-5)


def test_p_is_that_of_the_chi_square_test():
    found = share_difference(30, 100, 45, 120)
    expected = chi2_contingency([[30, 70], [45, 75]], correction=False).pvalue
    assert found.p == pytest.approx(expected)


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_order_of_the_shares_only_turns_the_sign(one, other):
    there, back = share_difference(one, 30, other, 30), share_difference(other, 30, one, 30)
    assert there.value == -back.value
    assert there.interval == pytest.approx((-back.interval[1], -back.interval[0]))
    assert -1 <= there.interval[0] <= there.value <= there.interval[1] <= 1


def test_the_interval_holds_the_truth():
    rng = np.random.default_rng(0)
    draws = zip(rng.binomial(60, 0.7, 1_000), rng.binomial(200, 0.1, 1_000), strict=True)
    ends = np.array([share_difference(a, 60, b, 200).interval for a, b in draws])
    assert np.mean((ends[:, 0] <= 0.6) & (ends[:, 1] >= 0.6)) > 0.93
