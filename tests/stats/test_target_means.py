import numpy as np
import pytest

from mldebug.stats.target_means import target_means, tolerance


def grouped(seed, n=600, groups=80):
    rng = np.random.default_rng(seed)
    codes = rng.permutation(
        np.concatenate([np.arange(groups), rng.integers(0, groups, n - groups)])
    )
    return codes, rng.normal(0, 1, n), np.bincount(codes)


def test_plain_and_smoothed_means_and_those_of_the_other_rows_are_told_apart():
    codes, y, counts = grouped(0)
    sums = np.bincount(codes, weights=y)
    plain = target_means(codes, (sums / counts)[codes], y)
    assert (plain.way, plain.groups) == ("mean", 80)
    assert plain.weight == pytest.approx(80 / 600)
    smoothed = target_means(codes, 3 + 2 * ((sums + 4 * 0.2) / (counts + 4))[codes], y)
    assert smoothed.way == "smoothed mean"
    assert smoothed.weight == pytest.approx(np.mean(1 / (counts + 4)[codes]))
    kept = counts[codes] > 1
    others = np.where(kept, (sums[codes] - y) / np.maximum(counts[codes] - 1, 1), 0.0)
    assert target_means(codes, others, y).way == "mean of the other rows"


@pytest.mark.parametrize("seed", range(20))
def test_numbers_that_do_not_know_the_noise_are_no_means(seed):
    codes, y, counts = grouped(seed)
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 1, 80)
    assert target_means(codes, truth[codes], truth[codes] + y) is None
    assert target_means(codes, np.round(truth[codes]), np.round(truth[codes] + y)) is None
    assert target_means(codes, 1.0 * counts[codes], y) is None
    near = np.bincount(codes, weights=y) / counts + rng.normal(0, 1e-3, 80)
    assert target_means(codes, near[codes], y) is None


def test_two_groups_tell_a_plain_mean_from_chance_but_not_a_fitted_one():
    rng = np.random.default_rng(1)
    codes, y = rng.integers(0, 2, 400), rng.normal(0, 1, 400)
    means = np.bincount(codes, weights=y) / np.bincount(codes)
    assert target_means(codes, means[codes], y).way == "mean"
    assert target_means(codes, 5.0 + 3 * means[codes], y) is None


def test_a_target_without_noise_in_its_groups_has_no_means():
    codes, _, _ = grouped(2)
    assert target_means(codes, 1.5 * codes, 3.0 * codes) is None


def test_the_tolerance_is_half_a_unit_of_the_last_decimal():
    assert tolerance(np.array([1.0, 7.0])) == 0.5
    assert tolerance(np.array([1.25, 7.0])) == pytest.approx(0.005)
    assert tolerance(np.array([1 / 3, 7.0])) == 0.0
