"""DA119 clipped-values: found where an end was cut off, silent where values end by nature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, by_column, measured, only, reason
from tests.tables import BUILDERS, Case, base

CODE = "DA119"
COLUMNS = ("x0", "x1", "x4", "x6")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Cut one continuous column off, so that the share ``dose`` of its values lie at one end."""
    case = twin(rng, n)
    column = str(rng.choice(COLUMNS))
    values = case.train[column].to_numpy(float).copy()
    ranked = np.argsort(np.where(np.isnan(values), np.inf, values))[: np.sum(~np.isnan(values))]
    rows = max(2, round(dose * len(ranked)))
    cut = ranked[-rows:] if rng.random() < 0.5 or column == "x1" else ranked[:rows]
    values[cut] = values[cut[0] if cut[0] == ranked[-rows] else cut[-1]]
    frame = case.train.assign(**{column: values})
    return replace(case, train=frame, subject={"column": column}, rows=tuple(np.sort(cut).tolist()))


def standardised(values: np.ndarray) -> np.ndarray:
    """The values with mean 0 and standard deviation 1."""
    return (values - values.mean()) / values.std()


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table; amounts begin at 0, numbers are rounded, tails are long."""
    frame = base(rng, n)
    frame["spent"] = BUILDERS["zero_inflated"](rng, n)
    frame["rounded"] = np.round(rng.normal(500, 80, n))
    frame["heavy"] = rng.standard_t(2, n)
    frame["uniform"] = rng.integers(0, 1_000, n)
    frame["price"] = 10 + np.round(rng.exponential(40, n), 2)
    return Case("clipped-values", frame, target="y")


@pytest.mark.parametrize(("side", "severity"), [("largest", "error"), ("smallest", "warning")])
def test_both_ends_are_looked_at(side, severity):
    rng = np.random.default_rng(0)
    values = rng.normal(10, 2, 2_000)
    ends = {"largest": (-np.inf, np.quantile(values, 0.8)), "smallest": (6.5, np.inf)}
    frame = pd.DataFrame({"x": values.clip(*ends[side]), "z": rng.normal(size=2_000)})
    finding = only(audited(CODE, frame))
    told = finding.measurement
    assert (told.details["side"], finding.severity) == (side, severity)
    end = frame["x"].max() if side == "largest" else frame["x"].min()
    assert told.details["held"] == (frame["x"] == end).sum()
    assert told.value == pytest.approx((told.details["held"] - 1) / 2_000, rel=1e-9)


def test_the_interval_holds_the_share_that_was_cut_off():
    held = 0
    for seed in range(200):
        values = np.random.default_rng(seed).normal(size=1_000).clip(max=1.75)
        low, high = measured(audited(CODE, pd.DataFrame({"x": values})), column="x").interval
        held += low <= 0.04006 <= high
    assert held >= 182


def test_the_rows_are_those_at_the_end_also_after_a_split_by_fraction():
    values = np.random.default_rng(1).lognormal(0, 0.6, 2_000)
    frame = pd.DataFrame({"x": values.clip(max=np.quantile(values, 0.95))})
    kept = tables(frame, 0.25).train.positions
    diagnosis = audited(CODE, frame, 0.25)
    wanted = [row for row in kept if frame["x"][row] == frame["x"].max()]
    assert sorted(diagnosis.rows(CODE)["train"]) == sorted(wanted)


@pytest.mark.parametrize(
    "values",
    [
        lambda rng: np.where(rng.random(3_000) < 0.5, 0, rng.exponential(5, 3_000)),
        lambda rng: rng.normal(0, 1, 3_000).clip(min=0),
        lambda rng: standardised(np.where(rng.random(3_000) < 0.8, 0, rng.exponential(5, 3_000))),
        lambda rng: np.round(rng.exponential(300, 3_000)) + 18,
        lambda rng: rng.integers(0, 256, 3_000),
        lambda rng: np.minimum(rng.zipf(2.0, 3_000), 10**9),
        lambda rng: np.round(rng.beta(8, 2, 3_000), 3),
        lambda rng: 10 * (1 + rng.pareto(1.5, 3_000)),
    ],
    ids=["rain", "from 0", "rain, standardised", "rounded", "bytes", "zipf", "shares", "pareto"],
)
def test_what_ends_by_nature_is_not_cut_off(values):
    frame = pd.DataFrame({"x": values(np.random.default_rng(2))})
    assert not audited(CODE, frame).findings


def test_a_code_far_outside_is_not_an_end():
    values = np.random.default_rng(3).normal(50, 5, 2_000)
    values[:100] = 999
    frame = pd.DataFrame({"x": values})
    assert measured(audited(CODE, frame), column="x").value < 0.001
    assert [one.rule.code for one in audited("DA103,DA119", frame).findings] == ["DA103"]


def test_few_distinct_values_are_not_measured():
    frame = base(np.random.default_rng(4), 300)
    assert set(by_column(audited(CODE, frame, target="y"))) == {"x0", "x1", "x4", "x6", "x7"} - {
        name for name in ("x7",) if frame[name].nunique() <= 100
    }
    diagnosis = audited(CODE, pd.DataFrame({"x": np.arange(300) % 7}))
    assert reason(diagnosis, CODE) == "no column of numbers has more than 100 distinct values"
