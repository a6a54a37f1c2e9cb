"""Importances in held-out rows: what they come to, what is joined, and how much is looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mldebug.derive.held_out_importances as importances
from mldebug.artefacts import Target
from mldebug.derive.associated_pairs import AssociatedPairs
from mldebug.derive.encoded import Encoded, folds_of
from mldebug.derive.reference_models import reference_models
from mldebug.learners import OutOfFold
from mldebug.stats.intervals import Estimate

WEIGHTS = np.array([0.8, 0.4, 0.2, 0.0, 0.0])
NOISE = 0.5
SPREAD = float(WEIGHTS @ WEIGHTS + NOISE**2)


def encoded_of(matrix, values):
    names = tuple(f"x{place}" for place in range(matrix.shape[1]))
    coded = np.zeros(len(names), bool)
    folds = folds_of(None, np.arange(len(values)), 0)
    return Encoded(names, matrix, coded, values, folds, np.arange(len(values)))


def told(matrix, values, learner="linear", pairs=None, seed=0):
    predictions = (OutOfFold(learner, values, None),)
    target = Target("y", "regression", (), inferred=True)
    made = importances.held_out_importances.make
    encoded = encoded_of(matrix, values)
    models = reference_models.make(encoded, target)
    return made(encoded, target, models, predictions, seed, pairs)


def drawn(seed, n=2_000):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(0, 1, (n, len(WEIGHTS)))
    return matrix, matrix @ WEIGHTS + NOISE * rng.normal(0, 1, n)


def test_a_linear_effect_is_worth_twice_the_variance_that_it_explains():
    found = told(*drawn(0))
    assert found.model == "a linear model"
    assert found.gains.mean() == pytest.approx(1 - NOISE**2 / SPREAD, abs=0.02)
    wanted = 2 * WEIGHTS**2 / SPREAD
    np.testing.assert_allclose(found.losses.mean(axis=0), wanted, atol=0.05)
    assert abs(found.losses[:, 3:].mean()) < 0.002


def test_the_interval_of_a_column_of_noise_holds_nothing():
    """In 60 tables of 200 rows; one of twenty is expected beyond."""
    beyond = 0
    for seed in range(60):
        matrix, values = drawn(seed, 200)
        found = told(matrix, values).losses[:, 3]
        error = found.std(ddof=1) / np.sqrt(len(found))
        beyond += abs(found.mean()) > 1.96 * error
    assert beyond <= 7


def test_what_is_shuffled_together_grows_from_the_least_important_on():
    found = told(*drawn(1))
    assert found.sizes == (1, 2, 3, 4, 5)
    assert found.order[:, -1].tolist() == [0] * 5
    assert set(found.order[:, :2].ravel().tolist()) == {3, 4}
    means = found.together.mean(axis=0)
    assert abs(means[1]) < 0.005
    assert means[4] == pytest.approx(found.losses.mean(axis=0).sum(), rel=0.1)


@pytest.mark.parametrize("learner", ["linear", "boosting"])
def test_both_learners_say_the_same_again(learner):
    first, second = (told(*drawn(2, 300), learner) for _ in range(2))
    np.testing.assert_array_equal(first.losses, second.losses)
    assert sorted(first.rows.tolist()) == list(range(300))
    assert first.losses.mean(axis=0).argmax() == 0


def pairs_of(*named):
    close = tuple((one, other, Estimate(value, None), "") for one, other, value in named)
    return AssociatedPairs(("x0", "x1", "x2", "x3", "x4"), 0, close)


def test_columns_that_a_chain_of_close_pairs_links_are_one():
    pairs = pairs_of(("x0", "x2", 0.99), ("x2", "x4", 0.96), ("x1", "x3", 0.9), ("x1", "gone", 1.0))
    names = ["x0", "x1", "x2", "x3", "x4"]
    assert importances.clusters_of(names, pairs) == ((0, 2, 4), (1,), (3,))
    assert importances.clusters_of(names, None) == ((0,), (1,), (2,), (3,), (4,))


def test_twins_are_shuffled_together():
    matrix, values = drawn(3)
    matrix[:, 4] = matrix[:, 0]
    alone = told(matrix, values).losses.mean(axis=0)
    joined = told(matrix, values, pairs=pairs_of(("x0", "x4", 1.0)))
    assert joined.clusters == ((0, 4), (1,), (2,), (3,))
    assert alone[0] < 0.6
    assert joined.losses.mean(axis=0)[0] == pytest.approx(2 * 0.64 / SPREAD, rel=0.1)


def test_of_very_many_features_a_choice_is_looked_at(monkeypatch):
    monkeypatch.setattr(importances, "MOST_FEATURES", 3)
    matrix, values = drawn(4, 200)
    found = told(matrix, values)
    assert len(found.places) == len(found.clusters) == 3
    assert set(found.places.tolist()) < {0, 1, 2, 3, 4}
    others = {tuple(told(matrix, values, seed=seed).places.tolist()) for seed in range(9)}
    assert len(others) > 1


def test_of_very_many_rows_some_are_shuffled_and_all_predicted(monkeypatch):
    monkeypatch.setattr(importances, "MOST_PREDICTED", 500)
    found = told(*drawn(5, 1_000))
    assert found.losses.shape == (5 * 50, 5)
    assert pd.Series(found.rows).is_unique
    assert found.gains.shape == (1_000,)
    assert abs(found.gains.mean() - (1 - NOISE**2 / SPREAD)) < 0.05
