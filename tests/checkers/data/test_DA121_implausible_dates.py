"""DA121 implausible-dates: found where dates cannot be, silent where they go on into the future."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, measured, only, reason
from tests.tables import Case, base

CODE = "DA121"
NOW = np.datetime64(datetime.now(UTC).date(), "us")
EPOCH = np.datetime64("1970-01-01", "us")


def days(rng: np.random.Generator, n: int, first: str, span: int) -> np.ndarray:
    """Days, in microseconds, from one on."""
    return np.datetime64(first, "us") + rng.integers(0, span, n).astype("timedelta64[D]")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Make the share ``dose`` of one column's dates impossible, in one of four ways."""
    case = twin(rng, n)
    rows = np.sort(rng.choice(n, max(1, round(dose * n)), replace=False))
    way = int(rng.integers(4))
    if way == 3:
        words = pd.Series(case.train["seen"]).dt.strftime("%Y-%m-%dT%H:%M:%S").to_numpy(object)
        words[rows] = [word + str(rng.choice(["Z", "+02:00", "-0500"])) for word in words[rows]]
        values, column = words, "seen"
    else:
        column = "seen" if way == 1 else str(rng.choice(["seen", "born"]))
        values = case.train[column].to_numpy("datetime64[us]").copy()
        years = rng.choice([60, 100, 180, 1_000]).astype("timedelta64[Y]")
        ahead = (
            values[rows].astype("datetime64[Y]")
            + years
            + (values[rows] - values[rows].astype("datetime64[Y]"))
        )
        zone = rng.integers(-12, 13).astype("timedelta64[h]").astype("timedelta64[us]")
        values[rows] = (ahead, EPOCH + zone, np.datetime64("2203-04-01", "us"))[way]
        if way == 0 and column == "born":
            values[rows] = ahead + np.timedelta64(36_525, "D")
    planted = case.train.assign(**{column: values})
    return replace(case, train=planted, subject={"column": column}, rows=tuple(rows.tolist()))


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with moments, birthdays on both sides of 1970, and due dates to come."""
    frame = base(rng, n)
    frame["seen"] = days(rng, n, "2015-02-03", 3_000)
    frame["seen"] += rng.integers(0, 86_400, n).astype("timedelta64[s]")
    frame["born"] = days(rng, n, "1935-01-01", 25_000)
    frame["due"] = NOW + rng.integers(-2_000, 1_500, n).astype("timedelta64[D]")
    return Case("implausible-dates", frame, target="y")


def dated(n: int = 400, seed: int = 0) -> pd.DataFrame:
    return twin(np.random.default_rng(seed), n).train


def test_years_ahead_are_counted_and_their_rows_named_also_after_a_split():
    frame = dated()
    frame.loc[::50, "born"] = pd.Timestamp("2203-04-01")
    frame.loc[1::50, "born"] = pd.Timestamp("9999-12-31")
    finding = only(audited(CODE, frame, target="y"))
    assert finding.severity == "error"
    assert finding.measurement.details["implausible"] == 8
    assert "8 after the audit on" in finding.message
    assert "(2203-04-01)" in finding.message
    kept = tables(frame, 0.25, target="y").train.positions
    diagnosis = audited(CODE, frame, 0.25, target="y")
    assert sorted(diagnosis.rows(CODE)["train"]) == sorted(row for row in kept if row % 50 == 0)


@pytest.mark.parametrize("hours", [0, -8, 5.5, 13])
def test_a_clock_s_zero_in_any_time_zone(hours):
    frame = dated()
    frame.loc[[5, 7], "seen"] = pd.Timestamp(0) + pd.Timedelta(hours=hours)
    finding = only(audited(CODE, frame, target="y"))
    assert finding.measurement.value == 2 / 400
    assert "2 at the zero of a computer's clock" in finding.message


def test_a_pile_at_zero_among_birthdays_counts_and_a_birthday_does_not():
    frame = dated()
    frame.loc[[5, 7], "born"] = pd.Timestamp(0)
    assert not audited(CODE, frame, target="y").findings
    frame.loc[:30, "born"] = pd.Timestamp(0)
    assert only(audited(CODE, frame, target="y")).measurement.details["implausible"] == 31
    years = pd.to_datetime([f"{year}-01-01" for year in range(1970, 2020)])
    assert not audited(CODE, pd.DataFrame({"year": years})).findings


@pytest.mark.parametrize("zoned", [20, 180])
def test_the_rarer_of_dates_with_and_without_a_zone(zoned):
    words = [f"2024-03-{1 + row % 28:02d}T10:00:00" for row in range(200)]
    words = [word + "+01:00" if row < zoned else word for row, word in enumerate(words)]
    told = only(audited(CODE, pd.DataFrame({"when": words})))
    assert told.measurement.value == 0.1
    assert ("with a time zone" in told.message) == (zoned == 20)
    assert ("without a time zone" in told.message) == (zoned == 180)
    moments = [
        datetime(2024, 3, 1 + row % 28, tzinfo=UTC if row < zoned else None) for row in range(200)
    ]
    frame = pd.DataFrame({"when": pd.Series(moments, dtype=object)})
    assert measured(audited(CODE, frame), column="when").value == 0.1


def test_offsets_that_differ_are_no_fault():
    words = [f"2024-{1 + row % 12:02d}-05T10:00:00+0{1 + row % 2}:00" for row in range(200)]
    assert not audited(CODE, pd.DataFrame({"when": words})).findings


def test_observations_have_no_future_and_due_dates_have_one():
    frame = dated()
    frame["seen"] = frame["seen"].astype("datetime64[us]")
    frame.loc[[3, 4], "seen"] = pd.Timestamp(NOW) + timedelta(days=40)
    assert not audited(CODE, frame, target="y").findings
    told = audited(CODE, frame, target="y", time="seen")
    assert only(told).measurement.details["implausible"] == 2
    frame["ends"] = NOW + np.arange(100, 10_100, 25).astype("timedelta64[D]")
    frame["long"] = NOW + np.arange(-9_000, 3_000, 30).astype("timedelta64[D]")
    assert [one.measurement.subject["column"] for one in audited(CODE, frame).findings] == []


def test_without_dates_it_is_not_checked():
    diagnosis = audited(CODE, pd.DataFrame({"x": np.arange(60) / 7}))
    assert reason(diagnosis, CODE) == "no column holds dates"
