import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special, stats

from mldebug.stats import drift

NUMBERS = st.lists(st.integers(-20, 20), min_size=1, max_size=40).map(lambda x: np.array(x) / 4)
COUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=12)


def test_ks_distance_agrees_with_scipy_on_each_library(on_device):
    rng = np.random.default_rng(0)
    for x, y in (
        (rng.normal(size=300), rng.normal(0.3, 1, 200)),
        (np.floor(rng.normal(size=90) * 3), np.floor(rng.normal(size=400) * 2)),
        (np.append(rng.normal(size=50), [np.inf, -np.inf]), rng.normal(2, 1, 50)),
    ):
        found = on_device(drift.largest_gap, np.sort(x), np.sort(y))
        distance, place, below_x, below_y = found.tolist()
        expected = stats.ks_2samp(x, y, method="asymp")
        assert distance == pytest.approx(expected.statistic)
        assert below_x == (x <= place).mean()
        assert below_y == (y <= place).mean()
        assert drift.ks_p(distance, len(x), len(y)) == pytest.approx(expected.pvalue)


@given(NUMBERS, NUMBERS, st.randoms())
def test_ks_distance_is_symmetric_and_knows_only_the_order(x, y, random):
    found = drift.ks_distance(x, y)
    turned = x.copy()
    random.shuffle(turned)
    assert 0 <= found[0] <= 1
    assert drift.ks_distance(turned, y).tolist() == found.tolist()
    assert drift.ks_distance(y, x)[0] == found[0]
    assert drift.ks_distance(np.exp(x), np.exp(y))[0] == found[0]
    assert drift.ks_distance(-x, -y)[0] == pytest.approx(found[0], abs=1e-12)
    assert drift.ks_distance(x, x)[0] == 0


@pytest.mark.parametrize("turned", [False, True])
def test_the_gap_of_large_samples_is_that_of_all_their_values_on_each_library(on_device, turned):
    rng = np.random.default_rng(1)
    tied = rng.integers(0, 900, 8_000), rng.integers(0, 903, 7_003)
    for samples in (
        (rng.normal(size=8_000), rng.normal(0.02, 1, 7_001)),
        (np.append(rng.normal(size=9_000), [np.inf, -np.inf]), rng.normal(0.5, 1, 6_500)),
        (tied[0] / 8, tied[1] / 8),
        (rng.poisson(3, 7_000) * 1.0, rng.poisson(3, 7_000) * 1.0),
    ):
        x, y = (np.sort(one) for one in (samples[::-1] if turned else samples))
        *found, elsewhere = on_device(drift.screened_gap, x, y).tolist()
        assert elsewhere < found[0]
        assert found == drift.largest_gap(x, y).tolist() == drift.ks_distance(x, y).tolist()


@given(NUMBERS, NUMBERS, st.integers(1, 3), st.integers(1, 3))
def test_what_is_left_unseen_has_no_larger_gap(x, y, block, kept):
    assume(min(len(x), len(y)) > block * kept)
    x, y = np.sort(x), np.sort(y)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drift, "BLOCK", block)
        patch.setattr(drift, "KEPT_BLOCKS", kept)
        *found, elsewhere = drift.screened_gap(x, y).tolist()
        expected = drift.largest_gap(x, y).tolist()
        assert found[0] <= expected[0] <= max(found[0], elsewhere)
        if elsewhere < found[0]:
            assert found == expected
        assert drift.ks_distance(x, y).tolist() == expected


def test_large_samples_of_the_same_values_are_not_apart():
    x = np.random.default_rng(2).normal(size=7_000)
    assert drift.ks_distance(x, x[::-1])[0] == 0
    assert drift.ks_distance(np.zeros(7_000), np.zeros(8_000))[0] == 0


@given(NUMBERS, NUMBERS)
def test_ks_interval_holds_the_distance(x, y):
    distance, _, below_x, below_y = drift.ks_distance(x, y)
    low, high = drift.ks_interval(distance, below_x, below_y, len(x), len(y))
    assert 0 <= low <= distance <= high <= 1


def moved_to_the_bottom(rng, n, share):
    x = rng.random(n)
    return np.where(x > 1 - share, x - 1, x)


def moved_to_the_tails(rng, n, share):
    x = rng.random(n)
    x = np.where((x > 0.5 - share) & (x < 0.5), -x, x)
    return np.where((x > 0.5) & (x < 0.5 + share), 1 + x, x)


def shifted(rng, n, share):
    return stats.norm.cdf(rng.normal(size=n) + 2 * stats.norm.ppf((1 + share) / 2))


@pytest.mark.parametrize("changed", [moved_to_the_bottom, moved_to_the_tails, shifted])
@pytest.mark.parametrize(("n", "m"), [(30, 30), (50, 1000), (400, 400)])
@pytest.mark.parametrize("truth", [0.0, 0.1, 0.3])
def test_ks_interval_covers(changed, n, m, truth):
    rng = np.random.default_rng(1)
    too_high = too_low = 0
    for _ in range(400):
        distance, _, *below = drift.ks_distance(rng.random(n), changed(rng, m, truth))
        low, high = drift.ks_interval(distance, *below, n, m)
        too_high += low > truth + 1e-9
        too_low += high < truth - 1e-9
    # 22 of 400 is what a true rate of 2.5 % exceeds once in a thousand times
    assert max(too_high, too_low) <= 22


def test_ks_interval_finds_a_shift():
    rng = np.random.default_rng(2)
    found = drift.ks_distance(rng.random(2000), shifted(rng, 2000, 0.2))
    low, high = drift.ks_interval(*found[[0, 2, 3]], 2000, 2000)
    assert low > 0.1
    assert high < 0.27


def test_the_limit_of_the_distance_agrees_with_scipy():
    places = np.append(np.linspace(0, 4, 4_001), np.geomspace(1e-3, 18, 501))
    found = [drift.kolmogorov_p(x) for x in places.tolist()]
    assert found == pytest.approx(special.kolmogorov(places), rel=1e-13, abs=0)
    assert drift.kolmogorov_p(40.0) == 0


@pytest.mark.parametrize("coarse", [False, True])
def test_ks_p_is_no_smaller_than_it_may_be(coarse):
    rng = np.random.default_rng(3)
    below = 0
    for _ in range(600):
        x, y = rng.random(40), rng.random(70)
        if coarse:
            x, y = np.floor(x * 5), np.floor(y * 5)
        below += drift.ks_p(drift.ks_distance(x, y)[0], 40, 70) <= 0.05
    assert below <= 47


def counted(rng, shares, n):
    return rng.multinomial(n, shares)


def zipf(k):
    shares = 1 / np.arange(1, k + 1)
    return shares / shares.sum()


@pytest.mark.parametrize("k", [2, 10, 100])
@pytest.mark.parametrize(("n", "m"), [(30, 30), (50, 1000), (500, 500)])
@pytest.mark.parametrize("truth", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("spread", [False, True])
def test_total_variation_covers(k, n, m, truth, spread):
    rng = np.random.default_rng(4)
    shares = zipf(k) if spread and k > 2 else np.full(k, 1 / k)
    changed = shares.copy()
    if spread and k > 2:
        odd = np.arange(k) % 2 == 1
        changed[odd] *= 1 + truth / shares[odd].sum()
        changed[~odd] *= 1 - truth / shares[~odd].sum()
    else:
        changed *= 1 - truth / (1 - shares[-1])
        changed[-1] = shares[-1] + truth
    assert np.abs(shares - changed).sum() / 2 == pytest.approx(truth)
    too_high = too_low = 0
    for _ in range(60):
        found = drift.total_variation(counted(rng, shares, n), counted(rng, changed, m))
        too_high += found.interval[0] > truth + 1e-9
        too_low += found.interval[1] < truth - 1e-9
    assert max(too_high, too_low) <= 6


@pytest.mark.parametrize("k", [3, 40, 200])
@pytest.mark.parametrize(("n", "m"), [(100, 100), (60, 1000)])
def test_total_variation_of_one_population_is_near_nothing(k, n, m):
    rng = np.random.default_rng(5)
    plain, found = [], []
    for _ in range(60):
        x, y = counted(rng, zipf(k), n), counted(rng, zipf(k), m)
        plain.append(np.abs(x / n - y / m).sum() / 2)
        found.append(drift.total_variation(x, y).value)
    assert np.mean(found) < 0.45 * np.mean(plain)


def test_total_variation_of_large_samples_is_that_of_the_shares():
    found = drift.total_variation(np.array([50_000, 30_000, 20_000]), np.array([20_000] * 5)[:3])
    expected = np.abs(np.array([0.5, 0.3, 0.2]) - 1 / 3).sum() / 2
    assert found.value == pytest.approx(expected, abs=1e-6)
    assert found.interval == pytest.approx((expected, expected), abs=0.006)
    assert found.p < 1e-12


@given(COUNTS, st.randoms())
def test_total_variation_is_in_bounds_symmetric_and_without_order(counts, random):
    counts = [*counts, (1, 1)]
    x, y = np.array(counts).T
    found = drift.total_variation(x, y)
    low, high = found.interval
    assert 0 <= low <= found.value <= high <= 1
    random.shuffle(counts)
    shuffled = drift.total_variation(*np.array(counts).T)
    assert shuffled.value == pytest.approx(found.value, abs=1e-12)
    turned = drift.total_variation(y, x)
    assert turned.value == pytest.approx(found.value, abs=1e-9)
    with_empty = drift.total_variation(np.append(x, 0), np.append(y, 0))
    assert with_empty.value == pytest.approx(found.value, abs=1e-12)


def test_total_variation_of_samples_without_a_common_category():
    found = drift.total_variation(np.array([40, 0]), np.array([0, 40]))
    assert found.value == pytest.approx(1.0, abs=1e-9)
    assert 0.9 < found.interval[0] < 1.0


def test_homogeneity_p_agrees_with_scipy():
    x, y = np.array([40, 30, 30]), np.array([55, 30, 15])
    assert drift.homogeneity_p(x, y) == pytest.approx(stats.chi2_contingency([x, y]).pvalue)
    rare = np.append(x, [3, 2, 1, 4]), np.append(y, [2, 3, 4, 1])
    pooled = stats.chi2_contingency([np.append(x, 10), np.append(y, 10)])
    assert drift.homogeneity_p(*rare) == pytest.approx(pooled.pvalue)
    tiny = np.array([8, 1]), np.array([2, 9])
    exact = stats.fisher_exact(np.stack(tiny)).pvalue
    assert drift.homogeneity_p(*tiny) == pytest.approx(exact, abs=0.005)
    assert drift.homogeneity_p(np.array([5, 0]), np.array([9, 0])) == 1.0


def test_homogeneity_p_is_no_smaller_than_it_may_be_where_all_categories_are_rare():
    rng = np.random.default_rng(6)
    shares = zipf(60)
    p = [
        drift.homogeneity_p(counted(rng, shares, 25), counted(rng, shares, 40)) for _ in range(100)
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.12
    assert np.mean(np.array(p) <= 0.5) > 0.3
