"""Explained variation against scikit-learn, on each array library."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, r2_score

from mldebug.arrays import to_host
from mldebug.stats.explained import indicators, squared_errors, variation


def test_explained_variation_agrees_with_scikit_learn_on_each_library(library, forbid_sync):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    chance = rng.dirichlet([1, 1], 300)
    numbers = rng.normal(0, 3, (300, 1))
    guesses = numbers + rng.normal(0, 1, (300, 1))
    moved = [library.asarray(one) for one in (labels, chance, numbers, guesses)]
    with forbid_sync():
        truth = indicators(moved[0], 2)
        of_classes = squared_errors(moved[1], truth)
        of_numbers = squared_errors(moved[3], moved[2])
        scale = variation(moved[2])
    # The errors of both classes are equal, and scikit-learn counts one.
    brier = 2 * brier_score_loss(labels, chance[:, 1])
    assert float(to_host(of_classes).mean()) == pytest.approx(brier)
    skill = 1 - float(to_host(of_numbers).mean()) / float(to_host(scale))
    assert skill == pytest.approx(r2_score(numbers, guesses))
    np.testing.assert_array_equal(to_host(truth), np.eye(2)[labels])


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40))
def test_the_shares_of_the_classes_explain_nothing(labels):
    truth = indicators(np.array(labels), 5)
    guess = np.broadcast_to(truth.mean(axis=0), truth.shape)
    varies = len(set(labels)) > 1
    assert squared_errors(guess, truth).mean() / variation(truth) == pytest.approx(float(varies))


def test_several_predictions_of_the_same_rows_are_compared_at_once():
    rng = np.random.default_rng(1)
    truth, several = rng.normal(size=(20, 3)), rng.normal(size=(4, 20, 3))
    found = squared_errors(several, truth)
    for one, errors in zip(several, found, strict=True):
        np.testing.assert_allclose(errors, ((one - truth) ** 2).sum(axis=1))
