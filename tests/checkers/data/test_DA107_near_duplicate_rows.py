"""DA107 near-duplicate-rows: found where copies were changed, silent where chance brings rows near."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only
from tests.near_copies import CHANGES, KINDS, changed
from tests.tables import Case, base

CODE = "DA107"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Put copies of rows at random places, each changed in one of five ways: the share ``dose``."""
    copies = max(1, round(dose * n))
    case = twin(rng, n - copies)
    copied = rng.choice(n - copies, copies, replace=False)
    ways = rng.integers(len(CHANGES), size=copies)
    parts = [case.train]
    for way, change in enumerate(CHANGES):
        if (ways == way).any():
            parts.append(changed(case.train.iloc[copied[ways == way]], change, rng))
    frame = pd.concat(parts, ignore_index=True)
    origin = np.concatenate([np.arange(n - copies), *(copied[ways == way] for way in range(5))])
    order = rng.permutation(n)
    repeats = np.flatnonzero(pd.Series(origin[order]).duplicated())
    return replace(
        case, train=frame.iloc[order].reset_index(drop=True), rows=tuple(repeats.tolist())
    )


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table, the rows of which were drawn one by one."""
    return Case("near-duplicate-rows", base(rng, n, kinds=KINDS), target="y")


def with_copies(change: str, n: int = 1_000, copies: int = 30, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = base(rng, n, kinds=KINDS)
    return pd.concat([frame, changed(frame.iloc[:copies], change, rng)], ignore_index=True)


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_found_and_told(change):
    finding = only(audited(CODE, with_copies(change), target="y"))
    told = finding.measurement
    assert told.details["changes"] == {change: 30}
    assert told.value == pytest.approx(30 / 1_030)
    assert {item.row: item.match for item in told.rows.items} == {
        1_000 + row: ("train", row) for row in range(30)
    }
    assert told.figure["rows"][0][2] == change
    if change == "one column":
        frame = with_copies(change)
        for row, match, _, name in told.figure["rows"]:
            assert frame.loc[row, name] != frame.loc[match, name]


def test_equal_rows_are_not_counted():
    frame = base(np.random.default_rng(1), 500)
    frame = pd.concat([frame, frame.iloc[:50]], ignore_index=True)
    told = measured(audited(CODE, frame, target="y"))
    assert (told.value, told.rows, told.figure) == (0, None, None)


def test_a_column_on_another_scale_brings_no_other_pairs():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(5_000, 10))).add_prefix("x")
    frame["x0"] *= 1e6
    copies = frame.iloc[:200] * (1 + 1e-6 * rng.normal(size=(200, 10)))
    told = only(audited(CODE, pd.concat([frame, copies], ignore_index=True))).measurement
    assert {item.row for item in told.rows.items} == set(range(5_000, 5_200))


CHANCE = {
    "two columns": lambda rng, n: pd.DataFrame(rng.normal(size=(n, 2))).round(4),
    "coarse": lambda rng, n: pd.DataFrame(rng.integers(0, 5, (n, 8))),
    "heavy": lambda rng, n: pd.DataFrame(rng.standard_t(1.2, (n, 5))),
    "one factor": lambda rng, n: pd.DataFrame(np.outer(rng.normal(size=n), np.arange(1, 9))),
    "curve": lambda rng, n: pd.DataFrame(rng.normal(size=(n, 2))).assign(
        a=lambda one: one[0] ** 2, b=lambda one: np.exp(one[1]), c=lambda one: one[0] + 1
    ),
    "words that go together": lambda rng, n: pd.DataFrame(
        {name: [f"{name}{one}" for one in code] for name, code in _tied(rng, n).items()}
    ),
}


def _tied(rng, n):
    region = rng.integers(0, 40, n)
    return {
        "region": region,
        "country": region // 4,
        "currency": region // 8,
        "plan": rng.integers(0, 3, n),
        "source": rng.integers(0, 5, n),
        "colour": rng.integers(0, 6, n),
    }


@pytest.mark.parametrize("kind", CHANCE)
@pytest.mark.parametrize("seed", range(3))
def test_what_chance_brings_near_does_not_count(kind, seed):
    frame = CHANCE[kind](np.random.default_rng(seed), 4_000)
    frame.columns = [f"c{name}" for name in frame]
    assert measured(audited(CODE, frame)).value == 0


def test_a_row_has_to_say_more_than_one_thing():
    frame = pd.DataFrame({"a": np.arange(50) / 7.0, "b": np.arange(50) % 3})
    assert measured(audited(CODE, frame)).value == 0
    assert measured(audited(CODE, frame.iloc[:1])).value == 0
