"""Series whose values last for a while, with the time named: chance is no drift, a change is one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from mldebug.artefacts import TimeColumn
from mldebug.derive.split_units import STRETCHES, split_units
from tests.audits import audited, by_column, measured, only
from tests.clean_series import series

CODES = ("DA102", "DA113", "DA114", "DA115")


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def hours(rng, n=4_000, lasting=0.9):
    """Two lasting series, one of independent values, and a target of all."""
    frame = pd.DataFrame({"when": pd.date_range("2023-01-01", periods=n, freq="h")})
    frame["slow"], frame["quick"] = series(rng, n, lasting), rng.normal(size=n)
    frame["y"] = frame["slow"] + frame["quick"] + series(rng, n, lasting)
    return cut(frame)


def cut(frame):
    place = round(0.75 * len(frame))
    return frame[:place], frame[place:].reset_index(drop=True)


def in_time(code, *tables, **options):
    return audited(code, *tables, target="y", time="when", **options)


def test_chance_in_a_lasting_series_is_no_drift(rng):
    surprising = {"alone": 0, "in time": 0}
    for _ in range(20):
        train, held = hours(rng, 1_200)
        alone = by_column(
            audited("DA113", *(one.drop(columns="when") for one in (train, held)), target="y")
        )
        told = by_column(in_time("DA113", train, held))
        surprising["alone"] += alone["slow"].p < 0.01
        surprising["in time"] += told["slow"].p < 0.01
        assert told["slow"].value == alone["slow"].value
        assert told["slow"].n < 0.5 * alone["slow"].n
        assert told["quick"].n > told["slow"].n
    assert surprising["alone"] >= 8
    assert surprising["in time"] <= 1


@pytest.mark.parametrize("lasting", [0.0, 0.8])
def test_a_change_of_level_is_a_drift(rng, lasting):
    train, held = hours(rng, lasting=lasting)
    held["slow"] += 1.5
    told = only(in_time("DA113", train, held)).measurement
    assert dict(told.subject) == {"column": "slow"}
    assert only(in_time("DA114", train, held)).severity in ("warning", "error")


def test_words_gaps_and_targets_last_too(rng):
    train, held = hours(rng, lasting=0.95)
    later = pd.concat([train, held], ignore_index=True)
    later["word"] = np.where(later["slow"] > 0, "warm", "cold")
    later.loc[series(rng, len(later), 0.95) > 1, "quick"] = np.nan
    later["y"] = np.where(later["y"] > 0, "up", "down")
    tables = cut(later)
    plain = [one.drop(columns="when") for one in tables]
    for code, subject in (
        ("DA113", {"column": "word"}),
        ("DA102", {"column": "quick"}),
        ("DA115", {}),
    ):
        alone = measured(audited(code, *plain, target="y"), **subject)
        told = measured(in_time(code, *tables), **subject)
        assert told.value <= alone.value + 0.01
        assert told.p > alone.p
        assert told.interval[1] - told.interval[0] > alone.interval[1] - alone.interval[0]


def test_a_random_split_of_a_series_has_no_stretches(rng):
    train, held = hours(rng)
    both = pd.concat([train, held]).sample(frac=1, random_state=1)
    tables = [one.reset_index(drop=True) for one in cut(both)]
    told = by_column(in_time("DA113", *tables))
    assert told["slow"].n == len(both)


def test_eval_may_be_the_earlier_one(rng):
    held, train = hours(rng)
    assert by_column(in_time("DA113", train, held))["slow"].n < len(train)


@pytest.mark.parametrize("code", CODES)
def test_short_or_undated_tables_are_no_fault(rng, code):
    train, held = hours(rng, 100)
    for short in (held, held[:20], held[:5], held[:1]):
        assert in_time(code, train, short).outcomes[code].state != "failed"
    frame, later = hours(rng)
    later["when"] = pd.NaT
    assert in_time(code, frame, later).outcomes[code].state != "failed"
    later = later.drop(columns="when")
    assert audited(code, frame, later, target="y").outcomes[code].state != "failed"


def test_stretches_are_as_long_in_both_tables(rng):
    train, held = hours(rng, 1_000)
    loaded = tables(train, held, target="y")
    units = split_units.make(loaded.train, loaded.eval, TimeColumn("when", given=True), None, None)
    assert units.alike
    assert np.bincount(units.eval).tolist() == [25] * STRETCHES
    assert np.bincount(units.train).tolist() == [25] * 3 * STRETCHES
    assert (np.diff(units.train) >= 0).all()


def test_trees_that_look_up_the_time_are_no_sign_of_a_rough_target(rng):
    train, _ = hours(rng, lasting=0.95)
    assert measured(in_time("AS503", train)).value < 0.05
    train["y"] = np.where((train["quick"] * 5).round() % 2 == 0, 1.0, -1.0) + 0.1 * train["slow"]
    assert only(in_time("AS503", train)).rule.code == "AS503"


def test_a_table_of_a_date_alone_has_no_roughness(rng):
    train, _ = hours(rng, 400)
    diagnosis = in_time("AS503", train[["when", "y"]])
    assert diagnosis.outcomes["AS503"].state in ("not_checked", "inconclusive", "passed")
    assert not diagnosis.findings
