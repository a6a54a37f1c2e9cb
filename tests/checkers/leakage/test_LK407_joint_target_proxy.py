"""LK407 joint-target-proxy: found in pairs, sums and ratios; silent beside honest interactions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, only, reason, state
from tests.clean_tables import interactions, perfect_feature, strong_features, two_columns
from tests.planted_scores import strength_of
from tests.tables import Case, base

CODE = "LK407"
CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
NYSE = CASES / "leakage" / "data" / "wooldridge_nyse.csv"
FEATURES = 5
WRONG = 0.01
"""Of a pair that tells the class: this share of its rows tells the wrong one."""

# As LK406: forty seeds of each dose fit reference learners, which takes hours at 20,000 rows.
SIZES = (500, 2_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Add two columns that together know more than the features do, by ``dose``; alone nothing."""
    features = rng.normal(0, 1, (n, FEATURES))
    score = features @ rng.permutation([0.6, 0.5, 0.4, 0.3, 0.3])
    score /= score.std()
    kind = str(rng.choice(["xor", "signs", "difference", "ratio"]))
    if kind in ("xor", "signs"):
        strength = strength_of(max(1 - 2 * WRONG - dose, 0.0))
        y: Any = (strength * score + rng.logistic(0, 1, n) > 0).astype(int)
        one, two = _halves(rng, np.where(rng.random(n) < WRONG, 1 - y, y), kind)
    else:
        skill = max(0.99 - dose, 0.0)
        y = np.sqrt(skill) * score + np.sqrt(1 - skill) * rng.normal(0, 1, n)
        one, two = _parts(rng, y, kind)
    frame = pd.DataFrame({f"x{one}": features[:, one] for one in range(FEATURES)})
    frame.insert(int(rng.integers(0, FEATURES)), "first", one)
    frame.insert(int(rng.integers(0, FEATURES)), "second", two)
    subject = {"columns": ["first", "second"]}
    return Case("joint-proxy", frame.assign(y=y), target="y", subject=subject)


def _halves(rng, told, kind):
    """Two columns of which neither tells the class: their parity does, or that of their signs."""
    one = rng.integers(0, 2, len(told))
    two = one ^ told
    if kind == "xor":
        return np.array(["red", "blue"], object)[one], np.array(["up", "down"], object)[two]
    return tuple((2 * half - 1) * rng.gamma(2.0, 1.0, len(told)) for half in (one, two))


def _parts(rng, y, kind):
    """A large quantity before and after: their difference or their ratio is the target."""
    if kind == "difference":
        before = 500 + 100 * rng.normal(0, 1, len(y))
        return before + y, before
    before = rng.lognormal(5, 1, len(y))
    return before * np.exp(y / 50), before


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table, in which columns work together and none of them knows it all."""
    task = rng.choice(["classification", "regression"])
    frame = base(rng, n, task=task)
    return Case("joint-proxy", frame.assign(x8=frame["x0"] - 5 * frame["x1"]), target="y")


def test_a_price_and_the_one_before_give_the_return():
    rng = np.random.default_rng(0)
    change = rng.normal(0.1, 2, 600)
    price = 50 * np.cumprod(1 + change / 100)
    lag = np.roll(change, 1)
    frame = pd.DataFrame({"price": price, "volume": rng.lognormal(3, 1, 600), "lag": lag})
    frame["before"] = price / (1 + change / 100)
    frame.loc[0, "before"] = np.nan
    finding = only(audited(CODE, frame.assign(gain=change), target="gain"))
    assert finding.severity == "error"
    assert dict(finding.subject) == {"columns": ("price", "before")}
    assert finding.measurement.details["rest"] < 0.1


@pytest.mark.skipif(not NYSE.is_file(), reason="the real cases are not here")
def test_the_weekly_returns_of_new_york_are_told_by_two_prices():
    finding = only(audited(CODE, NYSE, target="return"))
    assert finding.severity == "error"
    assert set(finding.subject["columns"]) == {"price", "price_1"}


def test_a_total_of_three_parts_is_found_with_all_three():
    rng = np.random.default_rng(1)
    frame = base(rng, 800, task="regression", strength=0.3, columns=4)
    a, b = 30 * rng.normal(0, 1, (2, 800))
    frame = frame.assign(a=a, b=b, c=frame["y"] - a - b)
    finding = only(audited(CODE, frame, target="y"))
    assert dict(finding.subject) == {"columns": ("a", "b", "c")}
    assert finding.message.startswith("Together a, b and c get")


def test_a_parity_of_two_categories_is_found():
    case = plant(np.random.default_rng(2), 600, 0.9)
    told = only(audited(CODE, case.train, target="y")).measurement
    assert told.value == pytest.approx(
        told.details["own"] - max(told.details["alone"], told.details["rest"], 0.0)
    )


@pytest.mark.parametrize("recipe", [interactions, perfect_feature, strong_features, two_columns])
@pytest.mark.parametrize("seed", range(3))
def test_honest_tables_are_silent(recipe, seed):
    case = recipe(np.random.default_rng(seed), 0)
    assert audited(CODE, case.train.head(1_200), target="y").worst() is None


def test_a_pair_that_the_others_tell_as_well_is_honest():
    rng = np.random.default_rng(3)
    frame = base(rng, 800, columns=4)
    one = rng.integers(0, 2, 800)
    frame = frame.assign(one=one, two=one ^ frame["y"])
    for number in range(5):
        frame[f"sight{number}"] = 2.5 * frame["y"] + rng.normal(0, 1, 800)
    assert state(audited(CODE, frame, target="y")) == "passed"


def test_two_features_are_nothing_to_compare_with():
    rng = np.random.default_rng(4)
    frame = base(rng, 300, columns=2)
    assert "fewer than three features" in reason(audited(CODE, frame, target="y"), CODE)
