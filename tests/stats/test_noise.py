import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.special import softmax

from mldebug.stats import noise


def drawn(seed, n=60, k=3):
    rng = np.random.default_rng(seed)
    scores = [rng.normal(size=(n, k)) for _ in range(2)]
    labels = rng.integers(0, k, n)
    channel = rng.dirichlet(np.ones(k), k)
    return scores, rng.uniform(0, 2, 2), rng.normal(size=k), labels, channel


def by_hand(scores, weights, offsets, labels, channel):
    """The posterior and the likelihood of each row, one by one."""
    chances = softmax(weights[0] * scores[0] + weights[1] * scores[1] + offsets, axis=1)
    joint = np.array([q * channel[:, y] for q, y in zip(chances, labels, strict=True)])
    return joint / joint.sum(axis=1, keepdims=True), joint.sum(axis=1)


def test_each_kernel_agrees_with_the_definition_on_each_library(on_device):
    scores, weights, offsets, labels, channel = drawn(0)
    posterior, likelihood = by_hand(scores, weights, offsets, labels, channel)
    chances = on_device(noise.weighted_softmax, scores, weights, offsets)
    found, density = on_device(noise.meant, chances, labels, channel)
    assert found == pytest.approx(posterior)
    assert density == pytest.approx(likelihood)
    total, *_ = on_device(noise.likelihood_terms, scores, weights, offsets, labels, channel)
    assert total == pytest.approx(np.log(likelihood).sum())
    counts = on_device(noise.meant_given_counts, posterior, labels)
    assert counts == pytest.approx(
        np.array([posterior[labels == one].sum(axis=0) for one in range(3)]).T
    )
    logs = on_device(noise.centred_logs, chances, 0.01)
    wanted = np.log(np.maximum(chances, 0.01))
    assert logs == pytest.approx(wanted - wanted.mean(axis=1, keepdims=True))


@given(st.integers(0, 50))
def test_the_slopes_are_those_of_finite_differences(seed):
    scores, weights, offsets, labels, channel = drawn(seed, n=20)

    def value(given):
        told = noise.likelihood_terms(scores, given[:2], given[2:], labels, channel)
        return float(told.log_likelihood)

    point = np.concatenate([weights, offsets])
    told = noise.likelihood_terms(scores, weights, offsets, labels, channel)
    slopes = np.concatenate([told.by_weight, told.by_offset])
    assert slopes == pytest.approx(approx_fprime(point, value, 1e-6), rel=1e-3, abs=1e-3)


@given(st.integers(0, 50), st.integers(2, 5))
def test_a_clear_channel_believes_every_label_and_rows_may_stand_in_any_order(seed, k):
    scores, _, _, labels, channel = drawn(seed, n=30, k=k)
    chances = noise.weighted_softmax(scores, np.ones(2), np.zeros(k))
    assert chances.sum(axis=1) == pytest.approx(1)
    certain, _ = noise.meant(chances, labels, np.eye(k))
    assert certain == pytest.approx(np.eye(k)[labels])
    posterior, _ = noise.meant(chances, labels, channel)
    turned = np.random.default_rng(seed).permutation(30)
    assert noise.meant(chances[turned], labels[turned], channel)[0] == pytest.approx(
        posterior[turned]
    )
    counts = noise.meant_given_counts(posterior, labels)
    assert counts.sum(axis=0) == pytest.approx(np.bincount(labels, minlength=k))


def test_a_prediction_that_excludes_the_label_is_finite():
    scores = [np.array([[800.0, -800.0]])]
    told = noise.likelihood_terms(scores, np.ones(1), np.zeros(2), np.array([1]), np.eye(2))
    assert np.isfinite(told.log_likelihood)


def even_channel(k, share):
    return np.eye(k) * (1 - share) + (1 - np.eye(k)) * share / (k - 1)


def test_an_even_exchange_has_the_terms_of_its_channel_on_each_library(on_device):
    scores, weights, offsets, labels, _ = drawn(1)
    wanted = noise.likelihood_terms(scores, weights, offsets, labels, even_channel(3, 0.2))
    found = on_device(noise.even_terms, scores, weights, offsets, labels, 0.2)
    for one, other in zip(found[: len(wanted)], wanted, strict=True):
        assert one == pytest.approx(np.asarray(other))


@given(st.integers(0, 50), st.floats(0.01, 0.5))
def test_the_slope_by_the_share_is_that_of_finite_differences(seed, share):
    scores, weights, offsets, labels, _ = drawn(seed, n=20)

    def told(value):
        return noise.even_terms(scores, weights, offsets, labels, value)

    step = 1e-6
    ends = [float(told(share + one).log_likelihood) for one in (-step, step)]
    slope = float(told(share).by_share)
    assert slope == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("k", [3, 300])
@pytest.mark.parametrize("shape", [(60,), (60, 2)])
def test_sums_by_label_are_those_of_a_loop_on_each_library(on_device, k, shape):
    rng = np.random.default_rng(2)
    values, labels = rng.normal(size=shape), rng.integers(0, k, 60)
    found = on_device(noise.label_sums, values, labels, k=k)
    assert found == pytest.approx(np.array([values[labels == one].sum(axis=0) for one in range(k)]))


def test_what_stands_at_the_labels_is_picked_on_each_library(on_device):
    values, labels = np.arange(12.0).reshape(4, 3), np.array([2, 0, 1, 2])
    assert on_device(noise.at_labels, values, labels).tolist() == [2, 3, 7, 11]
    assert on_device(noise.row_sums, values).tolist() == [3, 12, 21, 30]


@pytest.mark.parametrize("k", [2, 5])
def test_the_odds_over_the_label_are_those_of_the_posterior_on_each_library(on_device, k):
    scores, weights, offsets, labels, channel = drawn(3, k=k)
    ratios = on_device(noise.label_ratios, offsets, channel)
    odds = on_device(noise.meant_odds, scores, weights, labels, ratios)
    posterior, _ = by_hand(scores, weights, offsets, labels, channel)
    assert odds / odds.sum(axis=1, keepdims=True) == pytest.approx(posterior)
    assert odds[np.arange(60), labels] == pytest.approx(1)


def test_a_label_that_no_other_class_is_given_is_certain():
    ratios = noise.label_ratios(np.zeros(2), np.eye(2))
    odds = noise.meant_odds([np.array([[9.0, -9.0]])], np.array([20.0]), np.array([1]), ratios)
    assert odds[0, 1] == 1
    assert odds[0, 0] < 1e-100


@pytest.mark.parametrize("k", [8, 400])
def test_the_design_effect_is_the_same_on_each_library(on_device, k):
    rng = np.random.default_rng(0)
    values, groups = rng.random(900), rng.integers(0, k, 900)
    found = on_device(lambda x, g: noise.design_effect(x, g, k), values, groups)
    apart = values - values.mean()
    sums = np.array([apart[groups == one].sum() for one in range(k)])
    assert float(found) == pytest.approx((sums**2).sum() / (apart**2).sum())


@given(st.integers(1, 12), st.integers(0, 1_000))
def test_the_design_effect_of_groups_that_are_alike_is_their_size(size, seed):
    values = np.repeat(np.random.default_rng(seed).random(20), size)
    assert float(noise.design_effect(values, np.repeat(np.arange(20), size), 20)) == pytest.approx(
        size
    )


def test_the_design_effect_of_independent_rows_is_about_one():
    rng = np.random.default_rng(1)
    found = [
        noise.design_effect(rng.random(2_000), rng.integers(0, 100, 2_000), 100) for _ in range(200)
    ]
    assert np.mean(found) == pytest.approx(1, abs=0.05)
