"""A table that keeps fewer digits than the other, or computed them in another order, has not moved."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited
from tests.tables import split

RULES = "DA113,DA114,DA115,DA118,DA123,LK420"
COLUMNS = ["price", "rate", "size", "y"]


def tables(rng: np.random.Generator, n: int = 9_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = pd.DataFrame(
        {
            "price": rng.integers(1, 6, n) / 10,
            "rate": np.round(rng.normal(0, 1, n), 1),
            "size": np.round(rng.exponential(1, n), 2),
        }
    )
    frame["y"] = np.round(frame.sum(axis=1) + rng.normal(0, 1, n), 1)
    return split(frame, rng, 0.3)


def in_float32(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(dict.fromkeys(COLUMNS, "float32"))


def summed(frame: pd.DataFrame) -> pd.DataFrame:
    """The same numbers as a sum of ten tenths gives them, of which many differ in the last digit."""
    return frame.assign(**{name: sum([frame[name] / 10] * 10) for name in COLUMNS})


@pytest.mark.parametrize("written", [in_float32, summed])
@pytest.mark.parametrize("which", ["train", "eval"])
def test_the_digits_that_one_table_keeps_are_no_drift(written, which):
    train, held = tables(np.random.default_rng(0))
    plain = train if which == "train" else held
    told = written(plain)
    assert (told["price"].astype(float) != plain["price"]).any()
    train, held = (told, held) if which == "train" else (train, told)
    diagnosis = audited(RULES, train, held, target="y", reference=held)
    assert not diagnosis.findings
    assert {"DA113", "DA114", "DA115"} <= {
        code for code, one in diagnosis.outcomes.items() if one.state == "passed"
    }


def test_a_drift_is_found_in_float32_all_the_same():
    train, held = tables(np.random.default_rng(1))
    held = in_float32(held.assign(price=held["price"] + 0.1))
    found = audited("DA113", train, held, target="y").findings
    assert [one.subject.label for one in found] == ["price"]
