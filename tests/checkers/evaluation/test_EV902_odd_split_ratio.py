"""EV902 odd-split-ratio: noted where very few or very many rows are held out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured
from tests.tables import Case, base, split

CODE = "EV902"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Hold out ``dose`` times fewer rows than a tenth."""
    fewest = min(0.1 * n, 5_000)
    train, held = split(base(rng, n), rng, max(round(fewest / dose), 1) / n)
    return Case("odd-split-ratio", train, held, target="y")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A quarter of the rows is held out."""
    train, held = split(base(rng, n), rng)
    return Case("odd-split-ratio", train, held, target="y")


@pytest.mark.parametrize(
    ("rows", "held", "value", "side"),
    [
        (1_000, 250, 1.0, "many"),
        (1_000, 100, 1.0, "many"),
        (1_000, 20, 5.0, "few"),
        (1_000, 900, 3.0, "many"),
    ],
)
def test_the_excess(rows, held, value, side):
    frame = base(np.random.default_rng(0), rows)
    told = measured(audited(CODE, frame.iloc[held:], frame.iloc[:held]))
    assert told.value == pytest.approx(value)
    assert told.details["side"] == side


def test_of_very_many_rows_a_few_thousand_are_enough():
    frame = base(np.random.default_rng(0), 120_000, columns=2)
    told = audited(CODE, frame.iloc[5_000:], frame.iloc[:5_000])
    assert measured(told).value == 1.0
    assert audited(CODE, frame.iloc[1_000:], frame.iloc[:1_000]).worst() == "note"
