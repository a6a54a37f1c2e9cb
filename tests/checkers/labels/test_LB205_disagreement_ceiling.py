"""LB205 disagreement-ceiling: what equal rows with different labels allow at most."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mldebug.checkers.labels.disagreement_ceiling import _least_error
from tests.audits import audited, measured, only, reason
from tests.tables import Case, base

CODE = "LB205"
SIZES = (500, 2_000)
TIMES = 5


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Rows that stand five times each, the share ``dose`` of them with the other label."""
    case = twin(rng, n)
    wrong = rng.choice(n, round(dose * n), replace=False)
    y = case.train["y"].to_numpy().copy()
    y[wrong] = 1 - y[wrong]
    return Case("disagreement-ceiling", case.train.assign(y=y), target="y")


def twin(rng: np.random.Generator, n: int) -> Case:
    """Rows that stand five times each, always with the same label."""
    once = base(rng, n // TIMES)
    order = rng.permutation(n)
    frame = once.iloc[np.arange(n) % len(once)].iloc[order].reset_index(drop=True)
    return Case("disagreement-ceiling", frame, target="y")


def repeated(rng, sets, size, error, k=2):
    """Class counts of sets of equal rows of which each is off its class with this chance."""
    own = rng.integers(0, k, (sets, 1))
    labels = np.where(
        rng.random((sets, size)) < error, (own + rng.integers(1, k, (sets, size))) % k, own
    )
    return np.stack([(labels == one).sum(axis=1) for one in range(k)], axis=1)


@pytest.mark.parametrize("size", [2, 3, 20])
@pytest.mark.parametrize("error", [0.0, 0.1, 0.3])
def test_the_bound_is_the_error_where_all_sets_are_alike(size, error):
    rng = np.random.default_rng(0)
    found = [_least_error(repeated(rng, 400, size, error)) for _ in range(60)]
    assert np.mean([value for value, _ in found]) == pytest.approx(error, abs=0.02)
    held = [low <= error <= high for _, (low, high) in found]
    assert sum(held) >= 53


@pytest.mark.parametrize("k", [2, 4])
def test_the_bound_is_never_above_the_error_where_sets_differ(k):
    rng = np.random.default_rng(1)
    errors = rng.choice([0.0, 0.3], 400)
    values = []
    for _ in range(60):
        parts = [repeated(rng, 1, 4, error, k) for error in errors]
        values.append(_least_error(np.concatenate(parts))[0])
    assert 0.4 * errors.mean() < np.mean(values) < errors.mean() + 0.01


def test_the_ceiling_is_told_with_what_a_model_attains():
    case = plant(np.random.default_rng(2), 1_000, 0.2)
    found = only(audited(CODE, case.train, target="y"))
    told = found.measurement
    assert found.severity == "note"
    assert told.n == 1_000
    assert told.details["sets"] == 200
    assert told.details["ceiling"] == pytest.approx(0.8, abs=0.04)
    assert told.details["attained"] <= told.details["ceiling"] + 0.02
    assert "a lower bound" in found.message


def test_sets_that_chance_brings_together_count_too():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({name: rng.integers(0, 3, 600) for name in "ab"})
    frame["y"] = np.where(rng.random(600) < 0.25, 1, 0)
    told = measured(audited(CODE, frame, target="y"))
    assert told.n == 600
    assert told.value == pytest.approx(0.25, abs=0.05)


def test_rows_without_a_label_do_not_count():
    case = plant(np.random.default_rng(4), 1_000, 0.2)
    frame = case.train.astype({"y": object})
    frame.loc[:499, "y"] = None
    assert measured(audited(CODE, frame, target="y")).n <= 500


def test_few_repeats_and_numbers_are_not_checked():
    frame = base(np.random.default_rng(5), 300)
    assert "too few labelled rows repeat" in reason(audited(CODE, frame, target="y"), CODE)
    numbers = frame.assign(y=np.arange(300) / 7)
    assert "is a number" in reason(audited(CODE, numbers, target="y"), CODE)
