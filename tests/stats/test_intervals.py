import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from mldebug.stats import intervals


@given(st.integers(1, 10_000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.999]))
def test_wilson_agrees_with_statsmodels(n, share, level):
    count = round(share * n)
    expected = proportion_confint(count, n, alpha=1 - level, method="wilson")
    assert intervals.wilson(count, n, level) == pytest.approx(expected, abs=1e-9)


@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_is_in_bounds_holds_the_share_and_mirrors(count, others):
    n = count + others
    low, high = intervals.wilson(count, n)
    assert 0 <= low <= high <= 1
    if n:
        assert low <= count / n <= high
        mirrored = intervals.wilson(others, n)
        assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-12)


def test_wilson_of_nothing_is_everything():
    assert intervals.wilson(0, 0) == (0.0, 1.0)


def test_normal_agrees_with_scipy_and_is_clipped():
    assert intervals.normal(2.0, 0.5) == pytest.approx(stats.norm.interval(0.95, 2.0, 0.5))
    assert intervals.normal(0.1, 1.0, bounds=(0.0, None))[0] == 0.0
    assert intervals.normal(0.9, 1.0, bounds=(0.0, 1.0)) == (0.0, 1.0)


@given(
    st.floats(0.01, 0.99),
    st.floats(0, 0.5),
    st.floats(0, 0.5),
    st.sampled_from([0.95, 0.99, 1 - 1e-6]),
)
def test_stricter_is_wider_in_bounds_and_unchanged_at_95(value, below, above, level):
    interval = (max(value - below, 0.0), min(value + above, 1.0))
    low, high = intervals.stricter(value, interval, (0.0, 1.0), level)
    assert 0 <= low <= interval[0] + 1e-12
    assert interval[1] - 1e-12 <= high <= 1
    if level == 0.95:
        assert (low, high) == pytest.approx(interval, abs=1e-12)


def test_stricter_of_a_normal_interval_is_the_normal_interval_of_that_level():
    widened = intervals.stricter(3.0, intervals.normal(3.0, 0.2), (None, None), 0.999)
    assert widened == pytest.approx(intervals.normal(3.0, 0.2, 0.999))


def test_stricter_never_crosses_the_value_where_it_lies_outside_its_interval():
    low, high = intervals.stricter(0.0, (0.01, 0.2), (0.0, 1.0), 0.99)
    assert low == 0.0
    assert high > 0.2


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.sampled_from([0.01, 0.05, 0.2]))
def test_benjamini_hochberg_agrees_with_statsmodels(p, q):
    expected = multipletests(p, alpha=q, method="fdr_bh")[0].tolist()
    # statsmodels divides first, so a p-value that equals its threshold to the last bit may differ
    if not any(
        math.isclose(one, q * k / len(p), rel_tol=1e-9) for one in p for k in range(len(p) + 1)
    ):
        assert intervals.benjamini_hochberg(p, q) == expected


@given(st.lists(st.floats(0, 1), max_size=20), st.randoms())
def test_benjamini_hochberg_does_not_depend_on_order(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    shuffled = intervals.benjamini_hochberg([p[i] for i in order])
    expected = intervals.benjamini_hochberg(p)
    assert shuffled == [expected[i] for i in order]


def test_benjamini_hochberg_counts_a_p_value_that_is_no_number_as_one():
    assert intervals.benjamini_hochberg([0.02, math.nan]) == [True, False]
    assert intervals.benjamini_hochberg([0.04, math.nan]) == [False, False]
    assert intervals.benjamini_hochberg([]) == []


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=3, max_size=30))
def test_paired_difference_agrees_with_scipy(pairs):
    a, b = zip(*pairs, strict=True)
    found = intervals.paired_difference(a, b)
    spread = max(one - other for one, other in pairs) - min(one - other for one, other in pairs)
    if spread > 1e-3:
        expected = stats.ttest_rel(a, b)
        assert found.p == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)
        assert found.interval == pytest.approx(tuple(expected.confidence_interval()), abs=1e-9)


def test_paired_difference_of_few_or_equal_pairs():
    assert math.isnan(intervals.paired_difference([], []).value)
    assert intervals.paired_difference([2.0], [1.0]) == intervals.Estimate(1.0, None)
    assert intervals.paired_difference([2.0, 3.0], [1.0, 2.0]).interval == (1.0, 1.0)
    assert intervals.paired_difference([2.0, 3.0], [2.0, 3.0]).p == 1.0


def test_paired_difference_is_wider_for_folds_that_share_training_rows():
    a, b = [0.8, 0.82, 0.79, 0.85, 0.81], [0.78, 0.79, 0.8, 0.82, 0.8]
    plain, corrected = (intervals.paired_difference(a, b, test_to_train=t) for t in (0.0, 0.25))
    ratio = (corrected.interval[1] - corrected.interval[0]) / (
        plain.interval[1] - plain.interval[0]
    )
    assert ratio == pytest.approx(1.5)
    assert corrected.p > plain.p


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0, 1), st.floats(0.001, 50))
def test_tails_agree_with_scipy(count, n, share, mean):
    assert intervals.binomial_tail(count, n, share) == pytest.approx(
        stats.binom.sf(count - 1, n, share), abs=1e-12
    )
    assert intervals.poisson_tail(count, mean) == pytest.approx(
        stats.poisson.sf(count - 1, mean), abs=1e-12
    )


def test_judging_again_loads_neither_numpy_nor_scipy():
    told = (
        "import sys; from mldebug.stats import intervals as i; i.wilson(1, 3); "
        "i.stricter(0.5, (0.4, 0.6), (0, 1), 0.99); i.benjamini_hochberg([0.1]); "
        "assert not {'numpy', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", told], check=True)
