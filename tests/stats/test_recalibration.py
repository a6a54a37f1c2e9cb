"""Recalibrated predictions: what they mend, and what they leave."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.stats.recalibration import recalibrated_chances, recalibrated_numbers


@given(st.floats(0.01, 100), st.floats(-50, 50))
def test_numbers_in_another_unit_are_mended(slope, offset):
    truth = np.random.default_rng(0).normal(0, 1, 50)
    made = recalibrated_numbers((truth - offset) / slope, truth, (truth - offset) / slope)
    assert made == pytest.approx(truth, abs=1e-6)


def test_a_falling_line_is_a_constant():
    truth = np.arange(20.0)
    assert recalibrated_numbers(-truth, truth, -truth) == pytest.approx(np.full(20, 9.5))


@pytest.mark.parametrize("sureness", [0.3, 1.0, 3.0])
def test_chances_that_are_too_sure_or_of_another_mix_are_mended(sureness):
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 1.5, (20_000, 3))
    true = np.exp(scores)
    true /= true.sum(axis=1, keepdims=True)
    classes = (true.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    given_chances = np.exp(sureness * (scores + np.array([0.8, 0.0, -0.5])))
    given_chances /= given_chances.sum(axis=1, keepdims=True)
    made = recalibrated_chances(given_chances[:10_000], classes[:10_000], given_chances[10_000:])
    assert made.sum(axis=1) == pytest.approx(np.ones(10_000))
    assert np.abs(made - true[10_000:]).mean() < 0.02


def test_the_order_of_rows_stays():
    rng = np.random.default_rng(2)
    chance = rng.random(400)
    classes = (rng.random(400) < chance).astype(int)
    table = np.column_stack([chance, 1 - chance])
    made = recalibrated_chances(table, classes, table)
    order = np.argsort(chance)
    assert (np.diff(made[order, 0]) >= 0).all()
