"""DA108 outlying-rows: found where slips stand far out, silent where the tail itself is heavy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base

CODE = "DA108"
NUMBERS = ("x0", "x1", "x4")
SLIP = (60.0, 200.0)
"""A slip moves a number by so many of its column's standard deviations."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Move one to three numbers of the share ``dose`` of the rows far out, each its own way."""
    frame = base(rng, n)
    rows = rng.choice(n, round(dose * n), replace=False)
    for name in NUMBERS:
        values = frame[name].to_numpy(copy=True)
        struck = rows[rng.random(len(rows)) < 0.5] if name != NUMBERS[0] else rows
        away = rng.uniform(*SLIP, len(struck)) * rng.choice([-1, 1], len(struck))
        values[struck] += away * values.std()
        frame[name] = values
    return Case("outlying-rows", frame, target="y", rows=tuple(int(row) for row in rows))


def twin(rng: np.random.Generator, n: int) -> Case:
    """Heavy and skewed tails, counts and coarse numbers, all honest."""
    kinds = rng.permutation(["heavy", "pareto", "skewed", "count", "large_count", "normal"])
    return Case("outlying-rows", base(rng, n, kinds=kinds.tolist()), target="y")


def test_the_rows_are_named_the_farthest_first():
    frame = base(np.random.default_rng(0), 3_000)
    frame.loc[[5, 77, 400], "x0"] += [4_000, 900, -2_000]
    told = measured(audited(CODE, frame, target="y"))
    assert [one.row for one in told.rows.items] == [5, 400, 77]
    assert told.value == 3 / 3_000
    assert told.details["columns"]["x0"] == 3
    assert "in x0" in told.details["where"]


def test_the_rows_are_those_of_the_file_after_a_split():
    case = plant(np.random.default_rng(1), 3_000, 0.02)
    finding = only(audited(CODE, case.train, 0.25, target="y"))
    named = [one.row for one in finding.measurement.rows.items]
    assert len(named) > 30
    assert set(named) <= set(case.rows)
    assert finding.measurement.figure["rows"][0][0] == named[0]


@pytest.mark.parametrize("name", ["t2", "pareto", "lognormal", "poisson", "cauchy", "mixture"])
@pytest.mark.parametrize("n", [300, 3_000, 60_000])
def test_tails_that_are_heavy_have_no_outliers(name, n):
    rng = np.random.default_rng(n)
    made = {
        "t2": lambda: rng.standard_t(2, n),
        "pareto": lambda: 1 + rng.pareto(1.6, n),
        "lognormal": lambda: rng.lognormal(0, 2, n),
        "poisson": lambda: rng.poisson(3, n),
        "cauchy": lambda: rng.standard_cauchy(n),
        "mixture": lambda: np.where(rng.random(n) < 0.5, rng.normal(0, 1, n), rng.normal(9, 1, n)),
    }[name]
    frame = pd.DataFrame({"a": made(), "b": made(), "c": rng.normal(0, 1, n)})
    diagnosis = audited(CODE, frame)
    assert state(diagnosis) != "found"
    assert diagnosis.measurements[0].value <= max(2 / n, 0.001)


def test_rows_that_break_what_columns_share_are_far_from_their_neighbours():
    rng = np.random.default_rng(2)
    hidden = rng.normal(0, 1, 4_000)
    frame = pd.DataFrame({f"x{one}": hidden + rng.normal(0, 0.02, 4_000) for one in range(6)})
    odd = rng.choice(4_000, 40, replace=False)
    frame.loc[odd] *= rng.choice([-1, 1], (40, 6))
    finding = only(audited(CODE, frame))
    signs = np.sign(frame.loc[odd]).sum(axis=1).abs()
    broken = {int(row) for row in odd if abs(hidden[row]) > 0.5 and signs[row] < 6}
    named = {one.row for one in finding.measurement.rows.items}
    assert named <= set(odd.tolist())
    assert len(named & broken) > 0.7 * len(broken)
    assert "in all together" in finding.message


def test_a_code_is_no_outlier():
    frame = base(np.random.default_rng(3), 2_000)
    frame.loc[:40, "x0"] = -99_999.0
    told = measured(audited(CODE, frame, target="y"))
    assert "x0" not in told.details["columns"]


def test_the_target_and_identifiers_are_not_looked_at():
    frame = base(np.random.default_rng(4), 2_000, task="regression")
    frame.loc[:30, "y"] *= 1e4
    assert measured(audited(CODE, frame, target="y")).value == 0


def test_words_alone_are_compared_too_and_a_handful_of_rows_is_not():
    words = base(np.random.default_rng(5), 500, kinds=["category"] * 4)
    assert measured(audited(CODE, words, target="y")).value == 0
    few = base(np.random.default_rng(6), 15)
    assert "too few rows" in reason(audited(CODE, few, target="y"), CODE)
