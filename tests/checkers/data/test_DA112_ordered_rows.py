"""DA112 ordered-rows: a warning where folds are blocks of a sorted file, a note where they are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.clean_tables import sorted_by_class
from tests.tables import Case, base

CODE = "DA112"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Put the rows in an order in which neighbours have the rank correlation ``dose`` in x0."""
    frame = base(rng, n)
    order = along(rng, n, dose)
    frame = frame.sort_values("x0").iloc[order].reset_index(drop=True)
    return Case(
        "ordered-rows", frame, target="y", options={"cv": "folds:5"}, subject={"column": "x0"}
    )


def along(rng: np.random.Generator, n: int, correlation: float) -> np.ndarray:
    """Ranks along a normal autoregression whose neighbours have this rank correlation."""
    share = 2 * np.sin(np.pi * correlation / 6)
    steps = rng.normal(0, 1, n)
    level = np.empty(n)
    level[0] = steps[0]
    for place in range(1, n):
        level[place] = share * level[place - 1] + np.sqrt(1 - share**2) * steps[place]
    return np.argsort(np.argsort(level))


def twin(rng: np.random.Generator, n: int) -> Case:
    """Rows in random order, or a sorted file whose folds are shuffled."""
    if rng.random() < 0.5:
        return Case("ordered-rows", base(rng, n), target="y", options={"cv": "folds:5"})
    frame = base(rng, n).sort_values("x0", ignore_index=True)
    return Case("ordered-rows", frame, target="y", options={"cv": "shuffled:5"})


def test_a_sorted_file_in_blocks_is_a_warning_and_shuffled_a_note():
    frame = base(np.random.default_rng(0), 1_000).sort_values("y", ignore_index=True)
    finding = only(audited(CODE, frame, target="y", cv="folds:5"))
    assert (finding.severity, dict(finding.subject)) == ("warning", {"column": "y"})
    assert "--cv folds:5 holds out blocks" in finding.message
    assert only(audited(CODE, frame, target="y", cv="shuffled:5")).severity == "note"
    assert only(audited(CODE, frame, target="y")).severity == "note"


def test_the_value_is_one_less_half_of_bartels_ratio():
    frame = base(np.random.default_rng(1), 1_001, task="regression", kinds=["normal"])
    frame = frame.sort_values(
        "y", key=lambda one: one + np.random.default_rng(2).normal(0, 1, 1_001)
    )
    told = measured(audited(CODE, frame, target="y"), column="y")
    ranks = frame["y"].rank().to_numpy()
    ratio = np.sum(np.diff(ranks) ** 2) / np.sum((ranks - ranks.mean()) ** 2)
    assert told.value == pytest.approx(1 - ratio / 2, abs=0.02)


def test_one_end_of_a_sorted_file_as_eval_is_a_warning():
    frame = base(np.random.default_rng(3), 1_000, task="regression")
    frame = frame.sort_values("y", ignore_index=True)
    frame["part"] = np.where(np.arange(1_000) < 750, "train", "test")
    finding = only(audited(CODE, frame, target="y", split_column="part"))
    assert finding.severity == "warning"
    assert "eval is one end of the file" in finding.message
    frame["part"] = np.random.default_rng(4).permutation(frame["part"])
    assert only(audited(CODE, frame, target="y", split_column="part")).severity == "note"


@pytest.mark.parametrize("rising", [True, False])
def test_an_eval_table_that_goes_on_where_train_ends_is_a_warning(rising):
    frame = base(np.random.default_rng(0), 800, task="regression")
    frame = frame.sort_values("y", ascending=rising, ignore_index=True)
    train, held = frame.iloc[:600], frame.iloc[600:].reset_index(drop=True)
    finding = only(audited(CODE, train, held, target="y"))
    assert finding.severity == "warning"
    assert finding.message.endswith(", and eval goes on where train ends")
    assert only(audited(CODE, train, train.iloc[::3], target="y")).severity == "note"


def test_rows_that_take_turns_are_unlike():
    frame = base(np.random.default_rng(5), 1_000, kinds=["normal"] * 3)
    frame = frame.assign(arm=np.array(["a", "b"], object)[np.arange(1_000) % 2])
    finding = only(audited(CODE, frame, target="y", cv="folds:5"))
    assert dict(finding.subject) == {"column": "arm"}
    assert "are unlike in arm" in finding.message


def test_the_time_column_dates_and_row_numbers_are_not_looked_at():
    rng = np.random.default_rng(6)
    frame = base(rng, 1_000).assign(
        day=pd.date_range("2024-01-01", periods=1_000, freq="h"),
        id=range(1_000),
        t=np.arange(1_000.0) / 7,
    )
    told = audited(CODE, frame, target="y", time="t", cv="folds:5")
    assert state(told) == "passed"


@pytest.mark.parametrize("seed", range(3))
def test_a_file_sorted_by_class_gets_no_warning(seed):
    case = sorted_by_class(np.random.default_rng(seed), 0)
    diagnosis = audited(CODE, case.train, case.eval, target="y", cv=5)
    assert diagnosis.at_least("warning") == ()


def test_random_order_is_seldom_found():
    found = sum(
        audited(CODE, base(np.random.default_rng(seed), 150, columns=20), target="y").worst()
        is not None
        for seed in range(60)
    )
    assert found <= 4


def test_too_few_neighbours_cannot_tell():
    frame = base(np.random.default_rng(7), 40)
    assert "too few neighbouring rows" in reason(audited(CODE, frame, target="y"), CODE)


@pytest.mark.parametrize("correlation", [0.2, 0.5, 0.9])
def test_the_interval_holds_the_correlation(correlation):
    held = []
    for seed in range(50):
        rng = np.random.default_rng(seed)
        values = np.sort(rng.normal(0, 1, 1_500))[along(rng, 1_500, correlation)]
        told = measured(audited(CODE, pd.DataFrame({"x": values})), column="x")
        held.append(told.interval[0] <= correlation <= told.interval[1])
    assert np.mean(held) >= 0.86
