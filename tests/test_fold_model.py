"""A model of one fold: shuffled columns are predicted as if the cells had been moved by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from mldebug.fold_model import contributions, fold_model, of_each_fold
from mldebug.learners import out_of_fold, predictions_of

CODED = np.array([False, False, True, False, True, False])


def drawn(rng, n, classes):
    """Numbers with gaps, a category with a rare tail, one with gaps, and a column that is empty."""
    matrix = rng.normal(size=(n, 6))
    matrix[:, 2] = rng.integers(0, 70, n) ** 2 // 70
    matrix[:, 3] = np.nan
    matrix[:, 4] = rng.integers(0, 3, n)
    for column in (0, 4):
        matrix[rng.random(n) < 0.1, column] = np.nan
    score = np.nan_to_num(matrix[:, 1]) + rng.normal(size=n)
    if not classes:
        return matrix, score
    return matrix, np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))


def fitted(classes, learner, n=600):
    rng = np.random.default_rng([classes, n])
    matrix, values = drawn(rng, n, classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rng, matrix, values, fold_model(matrix, values, learner, CODED, classes)


@pytest.mark.parametrize("learner", ["linear", "boosting"])
@pytest.mark.parametrize("classes", [0, 2, 4])
def test_shuffled_columns_are_predicted_as_moved_cells_are(classes, learner):
    rng, matrix, _, model = fitted(classes, learner)
    orders = np.stack([rng.permutation(len(matrix)) for _ in range(3)])
    groups = [[1], [0, 2], [3, 4], [2, 4, 1]]
    for group, found in zip(groups, model.shuffled(matrix, groups, orders), strict=True):
        assert found.shape == (3, 600, max(classes, 1))
        for order, part in zip(orders, found, strict=True):
            moved = matrix.copy()
            moved[:, group] = matrix[order][:, group]
            np.testing.assert_allclose(part, model.predicted(moved), atol=1e-9)


@pytest.mark.parametrize("classes", [0, 2, 4])
def test_the_columns_contributions_make_the_score_of_a_linear_model(classes):
    _, matrix, _, model = fitted(classes, "linear")
    told = matrix[:, model.told]
    parts = contributions(model.model, told)
    whole = parts.sum(axis=1) + model.model[-1].intercept_
    wanted = model.model.decision_function(told) if classes else model.model.predict(told)
    np.testing.assert_allclose(whole.squeeze(), wanted, atol=1e-9)
    assert contributions(fitted(classes, "boosting")[3].model, told) is None


def test_a_class_that_the_rows_lack_has_no_chance():
    rng, matrix, values, _ = fitted(4, "linear")
    kept = values != 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = fold_model(matrix[kept], values[kept], "linear", CODED, 4)
    orders = rng.permutation(len(matrix))[None]
    for found in (model.predicted(matrix), *model.shuffled(matrix, [[1]], orders)):
        chance = found.reshape(-1, 4)
        assert (chance[:, 1] == 0).all()
        np.testing.assert_allclose(chance.sum(axis=1), 1)


@pytest.mark.parametrize("classes", [0, 3])
def test_rows_without_anything_to_learn_give_a_constant(classes):
    empty = np.full((30, 2), np.nan)
    values = np.repeat([0, 2, 2], 10) if classes else np.arange(30.0)
    model = fold_model(empty, values, "linear", np.zeros(2, bool), classes)
    wanted = [1 / 3, 0, 2 / 3] if classes else [14.5]
    for found in (model.predicted(empty), *model.shuffled(empty, [[0]], np.arange(30)[None])):
        np.testing.assert_allclose(found.reshape(30, -1), [wanted] * 30)


@pytest.mark.parametrize("learner", ["linear", "boosting"])
def test_each_fold_is_told_of_once_and_in_order(learner):
    folds = np.array([3, 1, 1, 0, 3])
    found = of_each_fold(folds, learner, lambda outside: np.flatnonzero(outside).tolist())
    assert found == [[3], [1, 2], [0, 4]]


@pytest.mark.parametrize(("classes", "iterations"), [(0, 100), (2, 100), (4, 75)])
def test_boosting_takes_as_many_iterations_for_a_number_as_for_two_classes(classes, iterations):
    model = fitted(classes, "boosting")[3].model
    assert (model.n_iter_, model.n_trees_per_iteration_) == (
        iterations,
        classes if classes > 2 else 1,
    )


@pytest.mark.parametrize("learner", ["linear", "boosting"])
@pytest.mark.parametrize("classes", [0, 3])
def test_what_is_predicted_out_of_fold_comes_of_the_other_folds(classes, learner):
    rng, matrix, values, _ = fitted(classes, learner)
    folds = rng.permutation(np.arange(600) % 3)
    task = "classification" if classes else "regression"
    found = out_of_fold(matrix, values, folds, task, learner, CODED)
    for fold in range(3):
        there = folds != fold
        other = (matrix[there], values[there])
        wanted = predictions_of(other, matrix[~there], task, learner, CODED)
        if classes:
            np.testing.assert_array_equal(found.probabilities[~there], wanted)
            np.testing.assert_array_equal(found.predicted[~there], wanted.argmax(axis=1))
        else:
            assert found.probabilities is None
            np.testing.assert_array_equal(found.predicted[~there], wanted)
    chance = np.mean((values - values.mean()) ** 2) if not classes else 1 - 1 / classes
    missed = found.predicted != values if classes else (found.predicted - values) ** 2
    assert missed.mean() < 0.9 * chance
