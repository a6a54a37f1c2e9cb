"""LK402 near-shared-rows: found where eval holds changed copies of train, silent on a random split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, measured, only, reason
from tests.near_copies import CHANGES, KINDS, changed
from tests.tables import Case, base, split

CODE = "LK402"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Put changed copies of train's rows in the place of the share ``dose`` of the eval rows."""
    case = twin(rng, n)
    assert case.eval is not None
    count = max(1, round(dose * len(case.eval)))
    rows = rng.choice(len(case.eval), count, replace=False)
    copied = rng.choice(len(case.train), count, replace=False)
    ways = rng.integers(len(CHANGES), size=count)
    kept = case.eval.drop(index=rows)
    parts = [kept]
    for way, change in enumerate(CHANGES):
        if (ways == way).any():
            copies = changed(case.train.iloc[copied[ways == way]], change, rng)
            parts.append(copies.set_axis(rows[ways == way], axis=0))
    held = pd.concat(parts).sort_index()
    return replace(case, eval=held, rows=tuple(sorted(rows.tolist())), rows_table="eval")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of one table, in which no two rows are near."""
    train, held = split(base(rng, n, kinds=KINDS), rng)
    return Case("near-shared-rows", train, held, target="y")


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_found_and_told(change):
    rng = np.random.default_rng(0)
    train, held = split(base(rng, 1_200, kinds=KINDS), rng)
    copies = changed(train.iloc[50:70], change, rng)
    finding = only(audited(CODE, train, pd.concat([copies, held], ignore_index=True), target="y"))
    assert finding.measurement.details["changes"] == {change: 20}
    assert {item.row: item.match for item in finding.measurement.rows.items} == {
        row: ("train", 50 + row) for row in range(20)
    }
    assert finding.measurement.value == 20 / 320
    assert finding.severity == "error"


def test_all_rows_copied_with_jitter_are_all_found():
    rng = np.random.default_rng(1)
    train = pd.DataFrame(rng.normal(size=(3_000, 6))).add_prefix("x")
    held = train + 1e-6 * rng.normal(size=train.shape)
    assert only(audited(CODE, train, held)).measurement.value == 1


def test_rows_are_named_in_the_file_after_a_split_by_fraction():
    rng = np.random.default_rng(2)
    frame = base(rng, 300, kinds=KINDS)
    frame = pd.concat([frame, changed(frame, "rounding", rng)], ignore_index=True)
    sides = tables(frame, 0.25, target="y")
    ours, theirs = sides.train.positions, sides.eval.positions
    told = only(audited(CODE, frame, 0.25, target="y")).measurement
    assert sorted(item.row for item in told.rows.items) == sorted(
        set(theirs) & set((ours + 300) % 600)
    )
    assert all(item.match == ("train", (item.row + 300) % 600) for item in told.rows.items)
    assert all(abs(row - match) == 300 for row, match, *_ in told.figure["rows"])


def test_equal_rows_and_another_type_of_float_are_no_near_copies():
    rng = np.random.default_rng(3)
    train, held = split(base(rng, 800), rng)
    assert measured(audited(CODE, train, train.iloc[:50], target="y")).value == 0
    floats = dict.fromkeys(train.select_dtypes("float64"), "float32")
    assert measured(audited(CODE, train, train.iloc[:50].astype(floats), target="y")).value == 0
    assert measured(audited(CODE, train, held, target="y")).value == 0


def test_what_chance_brings_near_does_not_count():
    rng = np.random.default_rng(4)
    for frame in (
        pd.DataFrame(rng.normal(size=(6_000, 2))).assign(c=rng.integers(0, 2, 6_000)),
        pd.DataFrame(rng.integers(0, 5, (6_000, 7))),
        pd.DataFrame(np.outer(rng.standard_t(2, 6_000), np.arange(1, 6))),
    ):
        frame.columns = [f"c{name}" for name in frame]
        assert measured(audited(CODE, *split(frame, rng))).value == 0


def test_why_it_is_not_checked():
    told = audited(CODE, base(np.random.default_rng(5), 50))
    assert told.outcomes[CODE].missing == ("--eval",)
    told = reason(audited(CODE, pd.DataFrame({"a": [0.5, 1.5]}), pd.DataFrame({"b": [0.5]})), CODE)
    assert told == "train and eval have no column in common that rows could be compared by"
