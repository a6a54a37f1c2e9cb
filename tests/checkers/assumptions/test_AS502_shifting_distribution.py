"""AS502 shifting-distribution: found where a level changes, silent where neighbours are alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, by_column, measured, only, reason, state
from tests.tables import Case, base

CODE = "AS502"
CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"


def moments(rng: np.random.Generator, n: int) -> pd.DatetimeIndex:
    seconds = np.sort(rng.choice(400 * 86_400, n, replace=False))
    return pd.Timestamp("2023-01-01") + pd.to_timedelta(seconds, unit="s")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Move x0 by ``dose`` standard deviations from some moment on, in rows of any order."""
    frame = base(rng, n).assign(when=moments(rng, n))
    later = np.arange(n) >= rng.uniform(0.3, 0.7) * n
    frame["x0"] += dose * frame["x0"].std() * later * rng.choice([-1, 1])
    frame = frame.sample(frac=1, random_state=rng).reset_index(drop=True)
    return Case("shifting", frame, target="y", options={"time": "when"}, subject={"column": "x0"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """Columns that wander about one level, of which neighbours in time are much alike."""
    frame = base(rng, n).assign(when=moments(rng, n))
    for name in ("x0", "x1", "x4"):
        level = np.empty(n)
        steps = rng.normal(0, 1, n)
        level[0] = steps[0]
        for place in range(1, n):
            level[place] = 0.8 * level[place - 1] + 0.6 * steps[place]
        frame[name] = level
    return Case("shifting", frame, target="y", options={"time": "when"})


def test_the_moment_and_both_levels_are_told():
    case = plant(np.random.default_rng(0), 4_000, 1.5)
    finding = only(audited(CODE, case.train, target="y", time="when"))
    told = finding.measurement
    assert finding.severity == "error"
    frame = case.train
    later = frame["when"] >= told.details["when"]
    apart = frame.loc[later, "x0"].median() - frame.loc[~later, "x0"].median()
    assert told.details["after"] - told.details["before"] == pytest.approx(apart, rel=0.02)
    assert told.details["when"] in finding.message


def test_a_word_whose_share_changes_and_the_target_itself():
    rng = np.random.default_rng(1)
    frame = base(rng, 3_000).assign(t=np.arange(3_000.0) / 3)
    late = frame["t"] > 600
    frame["x2"] = np.where(late & (rng.random(3_000) < 0.5), "amber", frame["x2"])
    frame["y"] = np.where(late & (rng.random(3_000) < 0.5), 1, frame["y"])
    found = {
        one.subject["column"]: one for one in audited(CODE, frame, target="y", time="t").findings
    }
    assert set(found) == {"x2", "y"}
    assert "the share of amber goes from" in found["x2"].message
    assert float(found["y"].measurement.details["when"]) == pytest.approx(600, abs=30)


def test_a_steady_rise_is_a_change_half_way():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {"x": np.linspace(0, 4, 2_000) + rng.normal(0, 1, 2_000), "t": range(2_000)}
    )
    told = measured(audited(CODE, frame, time="t"), column="x")
    assert float(told.details["when"]) == pytest.approx(1_000, abs=100)
    assert told.p < 1e-6


def test_the_order_of_the_file_does_not_matter():
    case = plant(np.random.default_rng(3), 1_500, 0.8)
    turned = case.train.sample(frac=1, random_state=1)
    one, other = (
        by_column(audited(CODE, frame, target="y", time="when")) for frame in (case.train, turned)
    )
    assert {name: told.value for name, told in one.items()} == pytest.approx(
        {name: told.value for name, told in other.items()}
    )


def test_without_times_it_is_not_checked():
    frame = base(np.random.default_rng(4), 500)
    diagnosis = audited(CODE, frame, target="y")
    assert diagnosis.outcomes[CODE].missing == ("--time",)
    told = reason(audited(CODE, frame.assign(t=1.0), target="y", time="t"), CODE)
    assert told == "all rows have the same time"
    few = frame.head(30).assign(t=range(30))
    assert "fewer than 40 rows" in reason(audited(CODE, few, target="y", time="t"), CODE)


def test_wandering_columns_are_passed():
    case = twin(np.random.default_rng(5), 3_000)
    assert state(audited(CODE, case.train, target="y", time="when")) == "passed"


@pytest.mark.skipif(not CASES.is_dir(), reason="the real cases are not here")
def test_the_nile_falls_when_the_dam_is_built():
    path = next(CASES.rglob("datasets_Nile.csv"))
    finding = only(audited(CODE, path, target="value", time="time"))
    assert dict(finding.subject) == {"column": "value"}
    assert finding.severity == "error"
    assert finding.measurement.details["when"] == "1899"
