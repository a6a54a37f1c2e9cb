"""EV901 small-eval-set: found where few rows are held out, silent where the score is known well."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from tests.audits import audited, measured, only, reason
from tests.tables import Case, base, split

CODE = "EV901"
TASKS = {"classification": 0.5, "regression": math.sqrt(0.5)}
"""The spread of one row's part in the score, by task."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Hold out as few rows as leave the score uncertain by ``dose``."""
    task = str(rng.choice(list(TASKS)))
    # At n = 500, half a score point more than the rung takes more rows than there are.
    rows = min(math.ceil((1.96 * TASKS[task] / dose) ** 2), n // 2)
    frame = base(rng, n, task=task)
    train, held = split(frame, rng, rows / n)
    return Case("small-eval-set", train, held, target="y")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A quarter of the rows of a classification, held out at random."""
    train, held = split(base(rng, n), rng)
    return Case("small-eval-set", train, held, target="y")


@pytest.mark.parametrize("task", list(TASKS))
@pytest.mark.parametrize("rows", [20, 97, 400])
def test_the_half_width_is_that_of_the_formula(task, rows):
    frame = base(np.random.default_rng(0), 500, task=task)
    told = measured(audited(CODE, frame.iloc[rows:], frame.iloc[:rows], target="y"))
    assert told.value == pytest.approx(norm.ppf(0.975) * TASKS[task] / math.sqrt(rows))
    assert told.details["resolves"] == pytest.approx(math.sqrt(2) * told.value)
    assert told.n == rows
    needed = told.details["rows_needed"]
    assert needed == {"classification": 385, "regression": 769}[task]


@pytest.mark.parametrize(
    ("rows", "severity"), [(96, "warning"), (97, "note"), (384, "note"), (385, None)]
)
def test_the_rungs_in_rows(rows, severity):
    frame = base(np.random.default_rng(0), 500)
    assert audited(CODE, frame.iloc[rows:], frame.iloc[:rows], target="y").worst() == severity


def test_only_rows_with_a_target_count():
    train, held = split(base(np.random.default_rng(1), 400), np.random.default_rng(1))
    held = held.assign(y=held["y"].where(held.index < 40))
    assert only(audited(CODE, train, held, target="y")).measurement.n == 40
    told = reason(audited(CODE, train, held.assign(y=None), target="y"), CODE)
    assert told == "no evaluation row has a target"


def test_what_it_needs():
    train, held = split(base(np.random.default_rng(1), 400), np.random.default_rng(1))
    assert audited(CODE, train, held).outcomes[CODE].missing == ("--target",)
    assert audited(CODE, train).outcomes[CODE].missing == ("--target", "--eval")
    told = reason(audited(CODE, train, held.drop(columns="y"), target="y"), CODE)
    assert told == "the eval table has no column 'y'"
