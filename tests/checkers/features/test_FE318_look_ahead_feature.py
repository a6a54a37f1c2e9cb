"""FE318 look-ahead-feature: later targets are found, lags and smooth companions are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, by_column, only, state
from tests.tables import Case, base

CODE = "FE318"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Add a feature that equals a later target, or a mean that reaches forward, in ``dose`` rows."""
    case = twin(rng, n)
    y = case.train.sort_values("when")["y"]
    way = int(rng.integers(3))
    if way == 0:
        later = y.shift(-int(rng.integers(1, 6)))
    elif way == 1:
        width = int(rng.integers(2, 31))
        later = y[::-1].rolling(width).mean()[::-1].shift(-int(rng.integers(0, 2)))
    else:
        later = y.rolling(2 * int(rng.integers(1, 10)) + 1, center=True).mean()
    there = np.flatnonzero(later.notna())
    spoilt = rng.choice(there, round((1 - dose) * len(there)), replace=False)
    later.iloc[spoilt] += rng.normal(0, y.std(), len(spoilt))
    frame = case.train.assign(ahead=later)
    return replace(case, train=frame, subject={"column": "ahead"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A series with its lags, a trailing mean and a forecast that is nearly right."""
    frame = base(rng, n, task="regression").assign(when=pd.date_range("2020", periods=n, freq="h"))
    frame["y"] = frame["y"] + 3 * np.sin(np.arange(n) / 50)
    lags = {f"lag{one}": frame["y"].shift(one) for one in (1, 2, 7)}
    trailing = frame["y"].shift(1).rolling(5).mean()
    forecast = frame["y"].shift(-1) + rng.normal(0, 0.01, n)
    frame = frame.assign(**lags, trailing=trailing, forecast=forecast)
    shuffled = frame.iloc[rng.permutation(n)].reset_index(drop=True)
    return Case("look-ahead", shuffled, target="y", options={"time": "when"})


def test_a_shift_the_wrong_way_is_named():
    frame = twin(np.random.default_rng(0), 300).train.sort_values("when", ignore_index=True)
    frame["next"] = frame["y"].shift(-1)
    finding = only(audited(CODE, frame.sample(frac=1, random_state=1), target="y", time="when"))
    assert finding.severity == "error"
    assert finding.message == "next is y of the next row, in 299 of 299 rows (100.0%)"


def test_a_window_within_groups_is_found_only_with_them():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"shop": np.repeat(["a", "b", "c", "d"], 100), "y": rng.normal(0, 1, 400)})
    frame["when"] = np.tile(pd.date_range("2020", periods=100), 4)
    frame["ahead"] = frame.groupby("shop")["y"].transform(
        lambda one: one[::-1].rolling(7).mean()[::-1]
    )
    found = audited(CODE, frame, target="y", time="when", groups="shop")
    assert "the mean of y over the row and the 6 after it" in only(found).message
    assert state(audited(CODE, frame, target="y", time="when")) == "passed"


@pytest.mark.parametrize("seed", range(6))
def test_a_later_class_in_short_groups_is_not_taken_for_a_lag(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"who": np.repeat(np.arange(10), 12), "y": rng.integers(0, 2, 120)})
    frame["when"] = np.tile(pd.date_range("2020", periods=12), 10)
    frame["next"] = frame.groupby("who")["y"].shift(-1)
    assert only(audited(CODE, frame, target="y", time="when", groups="who")).severity == "error"


@pytest.mark.parametrize("seed", range(3))
def test_lags_smooth_series_and_persistent_classes_are_silent(seed):
    rng = np.random.default_rng(seed)
    y = np.cumsum(rng.normal(0, 1e-3, 500))
    frame = pd.DataFrame({"when": pd.date_range("2020", periods=500), "lag": np.roll(y, 1), "y": y})
    assert state(audited(CODE, frame, target="y", time="when")) == "passed"
    weeks = np.repeat(rng.integers(0, 2, 50), 10)
    frame = frame.assign(y=weeks, lag=pd.Series(weeks).shift(1), copy=weeks)
    assert state(audited(CODE, frame, target="y", time="when")) == "passed"
    frame["next"] = frame["y"].shift(-1)
    assert by_column(audited(CODE, frame, target="y", time="when"))["next"].value == 1


@pytest.mark.parametrize(("period", "lag"), [(2, 1), (7, 2), (7, 5), (24, 20)])
def test_the_lag_of_a_target_that_repeats_exactly_is_honest_and_a_leak_of_another_is_not(
    period, lag
):
    rng = np.random.default_rng(period)
    frame = pd.DataFrame({"when": pd.date_range("2020", periods=500, freq="h")})
    frame["y"] = np.resize(rng.permutation(period).astype(float), 500)
    frame["lag"] = frame["y"].shift(lag)
    frame["trailing"] = frame["y"].shift(1).rolling(3).mean()
    assert state(audited(CODE, frame, target="y", time="when")) == "passed"
    frame.loc[::50, "y"] += rng.normal(0, 1, 10)
    frame["lag"], frame["next"] = frame["y"].shift(lag), frame["y"].shift(-1)
    frame = frame.drop(columns="trailing")
    assert dict(only(audited(CODE, frame, target="y", time="when")).subject) == {"column": "next"}


def test_without_a_time_it_is_not_checked():
    outcome = audited(CODE, base(np.random.default_rng(2), 100), target="y").outcomes[CODE]
    assert (outcome.state, outcome.missing) == ("not_checked", ("--time",))
