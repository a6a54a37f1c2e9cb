import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from mldebug.arrays import to_host
from mldebug.stats import scores


def drawn(seed, n=200, k=3, strength=1.0):
    rng = np.random.default_rng(seed)
    logits = strength * rng.normal(size=(n, k))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (rng.random((n, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(max=k - 1)
    return p, labels


def test_scores_agree_with_scikit_learn_on_each_library(library, forbid_sync):
    for k in (2, 4):
        p, labels = drawn(0, k=k)
        prior = np.bincount(labels, minlength=k) / len(labels)
        moved = [library.asarray(one) for one in (p, labels, prior)]
        guessed = library.asarray(p.argmax(axis=1))
        with forbid_sync():
            found = (
                scores.log_loss_skill(*moved),
                scores.auc_skill(*moved[:2]),
                scores.accuracy(guessed, moved[1]),
                scores.r2(moved[0][:, 0], moved[0][:, 1]),
            )
        entropy = -(prior * np.log(prior)).sum()
        wanted = p[:, 1] if k == 2 else p
        expected = (
            1 - metrics.log_loss(labels, p) / entropy,
            2 * metrics.roc_auc_score(labels, wanted, multi_class="ovr") - 1,
            metrics.accuracy_score(labels, p.argmax(axis=1)),
            metrics.r2_score(p[:, 1], p[:, 0]),
        )
        for one, value in zip(found, expected, strict=True):
            assert float(to_host(one.value)) == pytest.approx(value)
            assert float(to_host(one.influence).mean()) == pytest.approx(0, abs=1e-9)
            assert scores.estimate(one, (None, None)).value == pytest.approx(value)


def of(name, p, labels):
    if name == "log_loss":
        prior = np.bincount(labels, minlength=p.shape[1]) / len(labels)
        return scores.log_loss_skill(p, labels, prior)
    if name == "auc":
        return scores.auc_skill(p, labels)
    if name == "accuracy":
        return scores.accuracy(p.argmax(axis=1), labels)
    return scores.r2(p[:, 1], labels.astype(float))


NAMES = ("log_loss", "auc", "accuracy", "r2")


@pytest.mark.parametrize("name", NAMES)
def test_the_standard_error_is_that_of_repeated_samples(name):
    found = [of(name, *drawn(seed, n=400)) for seed in range(200)]
    values = np.array([float(one.value) for one in found])
    errors = np.array([np.sqrt((one.influence**2).mean() / 400) for one in found])
    assert np.median(errors) == pytest.approx(values.std(ddof=1), rel=0.2)
    covered = 0
    for one in found:
        low, high = scores.estimate(one, (None, None)).interval
        covered += low <= values.mean() <= high
    assert covered >= 180


@pytest.mark.parametrize("name", NAMES)
def test_a_difference_is_that_of_the_same_rows(name):
    missed = 0
    for seed in range(200):
        p, labels = drawn(seed, n=300)
        rng = np.random.default_rng(seed + 1000)
        noisy = np.exp(np.log(p) + 0.5 * rng.normal(size=(2, *p.shape)))
        one, other = (of(name, q / q.sum(axis=1, keepdims=True), labels) for q in noisy)
        found = scores.difference(one, other)
        low, high = found.interval
        missed += not low <= 0 <= high
        assert (found.p < 0.05) == (not low <= 0 <= high)
        assert scores.difference(other, one).value == -found.value
    assert missed <= 20
    same = scores.difference(one, one)
    assert (same.value, same.interval, same.p) == (0.0, (0.0, 0.0), 1.0)


@given(st.integers(0, 100), st.integers(2, 5))
def test_scores_do_not_depend_on_the_order_of_rows(seed, k):
    p, labels = drawn(seed, n=60, k=k)
    turned = np.random.default_rng(seed).permutation(60)
    for name in NAMES:
        one, other = of(name, p, labels), of(name, p[turned], labels[turned])
        assert scores.estimate(one).value == pytest.approx(scores.estimate(other).value)
        assert 0 <= scores.estimate(one).value <= 1
        assert scores.estimate(one).interval == pytest.approx(scores.estimate(other).interval)


def test_perfect_useless_and_impossible_scores():
    labels = np.array([0, 1] * 10)
    sure = np.eye(2)[labels]
    for name in NAMES:
        found = scores.estimate(of(name, sure, labels))
        assert found.value == pytest.approx(1.0, abs=1e-6)
        assert found.interval[0] < 0.95
        assert found.p < 1e-6
    worst = scores.estimate(of("log_loss", 1 - sure, labels))
    assert (worst.value, worst.interval) == (0.0, (0.0, 0.0))
    one_class = np.zeros(20, int)
    assert float(scores.auc_skill(sure, one_class).value) == 0
    assert float(scores.log_loss_skill(sure, one_class, np.array([1.0, 0.0])).value) == 0
    assert float(scores.r2(sure[:, 0], np.ones(20)).value) == 0
    assert scores.estimate(of("auc", sure[:1], labels[:1])).interval is None


@pytest.mark.parametrize("size", [1e-310, 1e-300, 1.0, 1e300, 4e307])
def test_r2_does_not_depend_on_the_size_of_the_target(size, library, forbid_sync):
    rng = np.random.default_rng(0)
    target = rng.uniform(1, 4, 100)
    predicted = target + rng.normal(0, 0.1, 100)
    wanted = scores.r2(predicted, target)
    moved = library.asarray(predicted * size), library.asarray(target * size)
    with forbid_sync():
        found = scores.r2(*moved)
    tolerance = 1e-3 if size == 1e-310 else 1e-9  # so small a float has few digits
    assert float(to_host(found.value)) == pytest.approx(wanted.value, rel=tolerance)
    assert to_host(found.influence) == pytest.approx(wanted.influence, rel=tolerance, abs=tolerance)
    assert metrics.r2_score(target, predicted) == pytest.approx(wanted.value)


@pytest.mark.parametrize("size", [1e-300, 1e-3, 1.0, 1e200])
def test_r2_of_predictions_that_are_far_off_is_finite_and_worst(size):
    target = size * np.linspace(1, 2, 20)
    for predicted in (np.full(20, 1e300), np.full(20, -1.0e307)):
        found = scores.r2(predicted, target)
        assert np.isfinite(found.influence).all()
        assert found.value < -1e50
        assert scores.estimate(found).value == 0.0


@pytest.mark.parametrize("size", [5e-324, 1e-300, 0.1, 1.0, 1e300, 1.7e308])
def test_standardised_numbers_have_mean_0_and_reach_1(size, library, forbid_sync):
    values = np.array([-1.0, 0.25, 0.5, 1.0, 0.75]) * size
    moved = library.asarray(values)
    with forbid_sync():
        found = scores.standardised(moved)
    found = to_host(found)
    assert found.mean() == pytest.approx(0, abs=1e-12)
    assert np.abs(found).max() == 1.0
    if size > 5e-324:  # of which there are no quarters: other values become equal
        assert np.argsort(found).tolist() == [0, 1, 2, 4, 3]
    equal = library.asarray(np.full(7, size))
    assert (to_host(scores.standardised(equal)) == 0).all()


@given(st.lists(st.floats(-1e308, 1e308), min_size=2, max_size=30))
def test_standardised_numbers_never_overflow(values):
    found = scores.standardised(np.array(values))
    assert np.abs(found).max() <= 1.0
