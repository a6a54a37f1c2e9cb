"""LK417 position-leak: found where a record number carries the target; a note for a sorted file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.clean_tables import random_uuid, sequential_id
from tests.planted_scores import scores_with_area
from tests.tables import Case, base

CODE = "LK417"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Number the records so that the number predicts the target with the area ``dose``."""
    case = twin(rng, n)
    ranks = scores_with_area(rng, case.train["y"], dose).rank().astype(int)
    column, numbers = _numbered(rng, ranks.to_numpy() if rng.random() < 0.5 else n - ranks)
    frame = case.train.assign(**{str(column): numbers})
    return replace(case, train=frame, subject={"column": str(column)})


def _numbered(rng, ranks):
    """A name and numbers in this order: without gaps, or with some."""
    if rng.random() < 0.5:
        return rng.choice(["nr", "serial"]), ranks + int(rng.integers(1, 10_000))
    gaps = np.cumsum(rng.integers(1, 2_000, ranks.max() + 1))
    return rng.choice(["record_id", "customer_id"]), gaps[ranks]


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table whose records were numbered at random, and another number in row order."""
    task = rng.choice(["classification", "classification", "regression"])
    frame = base(rng, n, task=task, classes=int(rng.choice([2, 2, 3])))
    frame.insert(0, "case_no", rng.permutation(n) + 1)
    return Case("position-leak", frame, target="y")


def in_order_of_the_target(rows=600):
    frame = base(np.random.default_rng(0), rows).sort_values("y", ignore_index=True)
    return frame.assign(nr=np.arange(5, rows + 5))


def test_a_number_given_in_order_of_the_target_is_found():
    frame = in_order_of_the_target().sample(frac=1, random_state=0)
    finding = only(audited(CODE, frame, target="y"))
    assert (finding.severity, dict(finding.subject)) == ("warning", {"column": "nr"})
    assert finding.measurement.value > 0.99
    assert finding.message.startswith("nr numbers the records and predicts whether y is 1")


@pytest.mark.parametrize("held_out", [None, 0.25])
def test_where_the_file_is_merely_sorted_it_is_a_note(held_out):
    finding = only(audited(CODE, in_order_of_the_target(), held_out, target="y"))
    assert finding.severity == "note"
    assert finding.measurement.details["order"] == "rows"


def test_a_block_in_the_middle_is_found_though_no_trend_is():
    rng = np.random.default_rng(1)
    frame = base(rng, 600).assign(nr=rng.permutation(600))
    frame["y"] = frame["nr"].between(200, 399).astype(int)
    assert only(audited(CODE, frame, target="y")).measurement.value > 0.95


@pytest.mark.parametrize("recipe", [sequential_id, random_uuid])
@pytest.mark.parametrize("seed", range(4))
def test_honest_ids_are_silent(recipe, seed):
    case = recipe(np.random.default_rng(seed), 0)
    assert state(audited(CODE, case.train.head(900), target="y")) in ("passed", "inconclusive")


def test_without_a_number_the_area_is_one_half():
    told = measured(audited(CODE, base(np.random.default_rng(2), 200), target="y"))
    assert (told.value, told.interval) == (0.5, (0.5, 0.5))


def test_numbers_of_chance_exceed_one_half_no_more_often_than_they_may():
    rng = np.random.default_rng(3)
    lows = []
    for _ in range(60):
        frame = pd.DataFrame({"nr": rng.permutation(300), "x": rng.normal(0, 1, 300)})
        frame["y"] = rng.integers(0, 2, 300)
        lows.append(measured(audited(CODE, frame, target="y"), column="nr").interval[0])
    assert np.mean(np.array(lows) > 0.5) <= 0.1


def test_too_few_rows_are_not_checked():
    frame = pd.DataFrame({"nr": range(12), "y": [0, 1] * 6})
    assert "too few rows" in reason(audited(CODE, frame, target="y"), CODE)
