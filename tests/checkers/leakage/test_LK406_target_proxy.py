"""LK406 target-proxy: found where a column was made of the target, silent beside good features."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, only, reason
from tests.clean_tables import perfect_feature
from tests.planted_scores import strength_of
from tests.tables import Case, base

CODE = "LK406"
FEATURES = 5
WRONG = 0.01
"""Of a proxy of classes: this share of its rows tells the wrong one."""
NOISE = 0.1
"""Of a proxy of numbers: its noise against the target's spread."""

# Forty seeds of each dose fit forty reference learners a size; at 20,000 rows that takes hours.
SIZES = (500, 2_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Add a proxy of the target to features whose skill falls short of the proxy's by ``dose``."""
    features = rng.normal(0, 1, (n, FEATURES))
    score = features @ rng.permutation([0.8, 0.5, 0.3, 0.1, 0.1])
    score /= score.std()
    name, kind = rng.choice([("total", "number"), ("code", "words"), ("level", "classes")])
    if kind == "number":
        own = 1 - NOISE**2 / (1 + NOISE**2)
        skill = own - dose
        y: Any = np.sqrt(skill) * score + np.sqrt(1 - skill) * rng.normal(0, 1, n)
        proxy: Any = 100 + 7 * (y + NOISE * rng.normal(0, 1, n))
    else:
        skill = 1 - 2 * WRONG - dose
        y = (strength_of(skill) * score + rng.logistic(0, 1, n) > 0).astype(int)
        told = np.where(rng.random(n) < WRONG, 1 - y, y)
        proxy = np.array(["open", "closed"], object)[told]
        proxy = 10 * told + rng.normal(0, 1, n) if kind == "classes" else proxy
    frame = pd.DataFrame({f"x{one}": features[:, one] for one in range(FEATURES)})
    frame.insert(int(rng.integers(0, FEATURES)), name, proxy)
    return Case("target-proxy", frame.assign(y=y), target="y", subject={"column": str(name)})


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table, in which every column helps and none knows it all."""
    task = rng.choice(["classification", "regression"])
    return Case("target-proxy", base(rng, n, task=task), target="y")


def with_proxy() -> pd.DataFrame:
    """A table of which one column nearly tells the class; the others tell little of it."""
    rng = np.random.default_rng(0)
    frame = base(rng, 300, columns=3, strength=0.3)
    return frame.assign(closed_on=10 * frame["y"] + rng.normal(0, 1, 300))


def test_the_gap_is_what_the_message_says():
    finding = only(audited(CODE, with_proxy(), target="y"))
    told = finding.measurement
    assert (finding.severity, dict(finding.subject)) == ("error", {"column": "closed_on"})
    assert told.value == pytest.approx(told.details["own"] - told.details["rest"])
    assert told.details["own"] == 1.0
    assert told.details["cluster"] == ["closed_on"]
    assert (
        "closed_on alone gets 100% of the way from guessing the target to knowing it;"
        in finding.message
    )


def test_what_goes_with_the_proxy_does_not_hide_it():
    frame = with_proxy()
    frame = frame.assign(closed_week=frame["closed_on"] / 7)
    finding = only(audited(CODE, frame, target="y"))
    assert finding.measurement.details["cluster"] == ["closed_on", "closed_week"]
    assert "(as does what goes with it: closed_week)" in finding.message


def test_a_copy_is_told_once_as_an_unusable_target():
    frame = with_proxy().drop(columns="closed_on").assign(copy=lambda one: one["y"])
    diagnosis = audited(f"LB207,{CODE}", frame, target="y")
    assert [one.rule.code for one in diagnosis.findings] == ["LB207"]
    assert diagnosis.outcomes[CODE].reason == "explained by LB207"


def test_columns_that_are_nearly_empty_or_wild_are_no_obstacle():
    frame = with_proxy()[["closed_on", "y"]]
    rare = np.where(frame.index == 7, 1.0, np.nan)
    frame = frame.assign(rare=rare, wild=np.where(frame.index % 9 == 0, np.inf, 1e300), word="a")
    told = only(audited(CODE, frame, target="y")).measurement
    assert told.value == pytest.approx(1.0, abs=0.05)
    told = only(audited(CODE, frame[["closed_on", "rare", "y"]], target="y")).measurement
    assert told.details["rest"] == 0.0


def flipped(rng, y, share, names=("open", "closed")):
    """The classes in these words, the other one in this share of the rows."""
    return np.array(names, object)[np.where(rng.random(len(y)) < share, 1 - y, y)]


def pairs_of_proxies():
    rng = np.random.default_rng(9)
    honest = base(rng, 400, columns=4, strength=0.3)
    y = honest["y"]
    words, number = flipped(rng, y, 0.02), 10 * y + rng.normal(0, 1, 400)
    yield "number and words", honest.assign(one=number, two=words)
    other = flipped(rng, y, 0.04, ("p", "q"))
    yield "words and words", honest.assign(one=words, two=other)
    yield "number and number", honest.assign(one=number, two=(4 * y + rng.normal(0, 1, 400)) ** 3)
    y = rng.integers(0, 4, 400)
    told = {"one": flipped_to(rng, y, 4), "two": flipped_to(rng, y, 4)}
    yield "four classes", honest.assign(**told, y=y)


def flipped_to(rng, y, classes):
    return np.where(rng.random(len(y)) < 0.05, rng.integers(0, classes, len(y)), y).astype(str)


PAIRS = dict(pairs_of_proxies())


@pytest.mark.parametrize("pair", PAIRS)
def test_two_proxies_do_not_hide_each_other(pair):
    finding = only(audited(CODE, PAIRS[pair], target="y"))
    assert finding.severity == "error"
    assert finding.measurement.details["cluster"] == ["one", "two"]
    column = finding.subject["column"]
    assert column in ("one", "two")
    other = "two" if column == "one" else "one"
    assert f"(as does what goes with it: {other})" in finding.message


def test_a_rest_that_knows_as_much_leaves_no_gap():
    rng = np.random.default_rng(9)
    honest = base(rng, 400, columns=4, strength=0.3)
    sights = {f"s{one}": 2.5 * honest["y"] + rng.normal(0, 1, 400) for one in range(6)}
    frame = honest.assign(closed_on=8 * honest["y"] + rng.normal(0, 1, 400), **sights)
    told = audited(CODE, frame, target="y").measurements[0]
    assert told.details["cluster"] == ["closed_on"]
    assert told.value < 0.2


def test_a_target_that_most_columns_tell_is_an_easy_one():
    rng = np.random.default_rng(9)
    honest = base(rng, 400, columns=4, strength=0.3)
    sights = {f"s{one}": 5 * honest["y"] + rng.normal(0, 1, 400) for one in range(4)}
    diagnosis = audited(CODE, honest.assign(**sights), target="y")
    assert diagnosis.worst() is None
    assert diagnosis.measurements[0].details["own"] > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_honest_features_that_decide_the_target_are_no_proxies(seed):
    case = perfect_feature(np.random.default_rng(seed), 0)
    diagnosis = audited(CODE, case.train.head(1_200), target="y")
    assert diagnosis.worst() is None
    assert diagnosis.measurements[0].details["own"] > 0.85


@pytest.mark.parametrize(
    ("size", "centre"), [(1e-310, 0.0), (1e-300, 3.0), (1e300, 0.0), (4e307, 3.0)]
)
def test_the_size_of_the_target_does_not_matter(size, centre):
    rng = np.random.default_rng(3)
    frame = base(rng, 300, columns=3, task="regression", strength=0.5)
    y = frame["y"] / frame["y"].abs().max() + centre
    frame = frame.assign(paid=y + 0.03 * rng.normal(0, 1, 300))
    plain, scaled = (
        only(audited(CODE, frame.assign(y=one), target="y")).measurement for one in (y, y * size)
    )
    assert dict(scaled.subject) == {"column": "paid"}
    for name in ("own", "rest"):
        assert scaled.details[name] == pytest.approx(plain.details[name], abs=0.01)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"y": [0, 1] * 50}), "no feature"),
        (pd.DataFrame({"x": np.arange(12) / 7, "y": [0, 1] * 6}), "too few rows have a target"),
        (pd.DataFrame({"x": np.arange(60) / 7, "y": [1] * 60}), "one value only"),
        (pd.DataFrame({"x": range(60), "y": [0, 1] * 30}), "no feature"),
    ],
)
def test_where_no_model_can_be_fitted_it_is_not_checked(frame, words):
    assert words in reason(audited(CODE, frame, target="y"), CODE)


@pytest.mark.parametrize("as_date", [True, False])
def test_the_course_of_a_target_over_time_is_no_proxy(as_date):
    rng = np.random.default_rng(0)
    days = np.arange(800)
    when = pd.date_range("2020-01-01", periods=800) if as_date else days / 7 + 0.1
    level = np.cumsum(rng.normal(0, 1, 800)) + days / 20
    frame = pd.DataFrame({"when": when, "x": rng.normal(0, 1, 800), "y": level})
    told = audited(CODE, frame, target="y", **({} if as_date else {"time": "when"}))
    assert not told.findings
    assert told.measurements[0].subject["column"] == "x"
    if not as_date:  # a number that is not known to be the time is a column as any other
        assert only(audited(CODE, frame, target="y")).subject["column"] == "when"
    alone = audited(CODE, frame[["when", "y"]], target="y", time="when")
    assert reason(alone, CODE) == "train has no feature but dates"
