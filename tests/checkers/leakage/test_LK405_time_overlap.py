"""LK405 time-overlap: found where train reaches past eval's beginning, silent after a clean cut."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base, split

CODE = "LK405"
DOSES = {"D2": 0.4}
"""Twice the error rung of a time column that the user named."""

START = pd.Timestamp("2023-01-01")
DAYS = 365.0
"""Eval covers this many days after the beginning of the year; train those before it."""
QUANTILE = 0.05
"""Eval begins, for this rule, when this share of its rows has passed."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let the share ``dose`` of train lie later than the beginning of eval."""
    train, held = split(base(rng, n), rng)
    late = np.arange(len(train)) >= len(train) - round(dose * len(train))
    before = rng.uniform(-3 * DAYS, 0, len(train))
    days = np.where(late, rng.uniform(QUANTILE * DAYS, DAYS, len(train)), before)
    ours, theirs = (
        one.assign(when=when.sort_values(ignore_index=True))
        for one, when in ((train, _dates(days)), (held, _dates(rng.uniform(0, DAYS, len(held)))))
    )
    options = {"time": "when"}
    return Case(
        "time-overlap", ours, theirs, target="y", options=options, subject={"column": "when"}
    )


def _dates(days: np.ndarray) -> pd.Series:
    return pd.Series(START + pd.to_timedelta(np.round(days * 24), unit="h"))


def twin(rng: np.random.Generator, n: int) -> Case:
    """A split by time: all of train is earlier than all of eval."""
    return plant(rng, n, 0.0)


def sides(share: float = 0.3, n: int = 2_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    case = plant(np.random.default_rng(0), n, share)
    assert case.eval is not None
    return case.train, case.eval


def test_the_share_is_that_of_pandas():
    train, held = sides()
    told = only(audited(CODE, train, held, target="y", time="when")).measurement
    start = held["when"].sort_values().iloc[int(QUANTILE * (len(held) - 1))]
    assert told.details["later"] == (train["when"] > start).sum()
    assert told.value == (train["when"] > start).mean()
    assert told.interval[0] <= told.value <= told.interval[1]
    assert told.details["begins"] == str(start).replace(" ", "T").removesuffix("T00:00:00")
    later = held["when"].to_numpy()[:, None] > train["when"].to_numpy()
    assert told.details["auc"] == pytest.approx(later.mean(), abs=0.01)


def test_a_random_split_leaves_nearly_all_of_train_in_the_evaluations_time():
    frame = pd.concat(sides(), ignore_index=True)
    finding = only(audited(CODE, frame, 0.25, target="y", time="when"))
    assert finding.severity == "error"
    assert finding.measurement.value == pytest.approx(0.95, abs=0.03)


def test_a_date_that_nobody_named_is_a_note():
    train, held = sides()
    finding = only(audited(CODE, train, held, target="y"))
    assert (finding.severity, finding.measurement.details["time"]) == ("note", "detected")


def test_numbers_order_the_rows_if_they_are_named():
    train, held = (one.assign(when=one["when"].astype("int64") // 10**9) for one in sides())
    named = only(audited(CODE, train, held, target="y", time="when"))
    assert named.measurement.value == pytest.approx(0.3, abs=0.01)
    outcome = audited(CODE, train, held, target="y").outcomes[CODE]
    assert (outcome.state, outcome.missing) == ("not_checked", ("--time",))


def test_dates_with_zones_are_compared_as_instants():
    train, held = sides(0.0)
    train = train.assign(when=train["when"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"))
    held = held.assign(when=held["when"].dt.tz_localize("UTC").dt.tz_convert("America/Lima"))
    assert state(audited(CODE, train, held, target="y", time="when")) == "passed"


def test_times_that_cannot_be_compared_are_not():
    train, held = sides()
    numbered = held.assign(when=range(len(held)))
    told = reason(audited(CODE, train, numbered, target="y", time="when"), CODE)
    assert told == "eval has no column 'when' with times"
    few = held.assign(when=held["when"].where(held.index < 9))
    told = reason(audited(CODE, train, few, target="y", time="when"), CODE)
    assert told == "fewer than 10 rows of train or of eval have a time"


def test_missing_times_are_left_out():
    train, held = sides()
    train = train.assign(when=train["when"].where(train.index % 2 == 0))
    told = measured(audited(CODE, train, held, target="y", time="when"), column="when")
    assert told.n == 750 + 500


def test_the_day_on_which_eval_begins_is_not_later_than_itself():
    days = pd.date_range("2024-01-01", periods=30)
    train = pd.DataFrame({"when": days.repeat(10), "x": np.arange(300) / 7})
    held = pd.DataFrame({"when": [days[-1]] * 50 + [days[-1] + pd.Timedelta("1D")] * 50})
    told = measured(audited(CODE, train, held, time="when"), column="when")
    assert (told.value, told.details["begins"]) == (0.0, "2024-01-30")
