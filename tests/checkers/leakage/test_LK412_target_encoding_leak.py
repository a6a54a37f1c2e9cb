"""LK412 target-encoding-leak: in-sample means are found however smoothed, out-of-fold ones are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import TargetEncoder

from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base

CODE = "LK412"
FEWEST_SMOOTHED = 12
"""With fewer groups, a mean smoothed in an unknown way cannot be told from any number."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Encode a category of ``dose`` groups a row by its own target, in one of several ways."""
    case = twin(rng, n, groups=max(round(dose * n), 2))
    frame = case.train
    y = frame["y"].astype(float) if frame["y"].nunique() != 3 else (frame["y"] == 1).astype(float)
    ways = ["mean", "others", "gone", "bayes"]
    if frame["town"].nunique() >= FEWEST_SMOOTHED:
        ways += ["smoothed", "scaled"]
    way = rng.choice(ways)
    frame = frame.assign(encoded=encoded(way, frame["town"], y))
    if way == "gone":
        frame = frame.drop(columns="town")
    order = [*rng.permutation([name for name in frame if name != "y"]), "y"]
    return replace(case, train=frame[order], subject={"column": "encoded"})


def encoded(way: str, town: pd.Series, y: pd.Series) -> pd.Series:
    """The category encoded by the target of the same rows."""
    of_town = y.groupby(town)
    counts, sums = of_town.transform("size"), of_town.transform("sum")
    if way == "others":
        return ((sums - y) / (counts - 1).clip(lower=1)).where(counts > 1, y.mean())
    if way in ("smoothed", "scaled"):
        means = (sums + 5 * y.mean()) / (counts + 5)
        return means if way == "smoothed" else (means - means.mean()) / means.std()
    if way == "bayes":
        kind = "continuous" if y.nunique() > 2 else "binary"
        made = TargetEncoder(target_type=kind).fit(town.to_frame(), y)
        return pd.Series(made.transform(town.to_frame())[:, 0], town.index)
    return sums / counts


def twin(rng: np.random.Generator, n: int, groups: int | None = None) -> Case:
    """An honest table with a category, its out-of-fold means, and an average known from elsewhere."""
    task = rng.choice(["classification", "classification", "regression"])
    frame = base(rng, n, task=task, classes=int(rng.choice([2, 2, 3])))
    groups = groups or int(rng.integers(3, n // 8))
    weights = rng.uniform(0.2, 1, groups)
    codes = np.concatenate(
        [np.arange(groups), rng.choice(groups, n - groups, p=weights / weights.sum())]
    )
    codes = rng.permutation(codes)
    frame.insert(0, "town", [f"town {code}" for code in codes])
    y = (frame["y"] == frame["y"].iloc[0]).astype(float) if task == "classification" else frame["y"]
    fold = rng.integers(0, 5, n)
    honest = np.empty(n)
    for one in range(5):
        means = y[fold != one].groupby(frame["town"][fold != one]).mean()
        honest[fold == one] = frame["town"][fold == one].map(means).fillna(y.mean())
    income = rng.normal(0, 1, groups)[codes] + y.groupby(frame["town"]).transform("mean")
    frame = frame.assign(
        cross_fitted=honest, income=income, size=frame.groupby("town")["y"].transform("size")
    )
    return Case("target-encoding-leak", frame[[*[c for c in frame if c != "y"], "y"]], target="y")


def with_towns(rng, n=400, groups=60):
    frame = base(rng, n)
    return frame.assign(town=[f"town {code}" for code in rng.integers(0, groups, n)])


@pytest.mark.parametrize("way", ["mean", "others", "smoothed", "scaled", "bayes", "gone"])
@pytest.mark.parametrize("kind", ["classes", "numbers"])
def test_each_way_is_found(way, kind):
    rng = np.random.default_rng(0)
    frame = with_towns(rng)
    if kind == "numbers":
        frame["y"] = frame["y"] + rng.normal(0, 1, 400)
    frame["mean_y"] = encoded(way, frame["town"], frame["y"])
    frame = frame.drop(columns="town") if way == "gone" else frame
    finding = only(audited(CODE, frame, target="y"))
    assert (finding.severity, dict(finding.subject)) == ("error", {"column": "mean_y"})
    assert ("its own values" if way == "gone" else "the levels of town") in finding.message


def test_the_value_is_the_weight_of_the_own_target():
    frame = with_towns(np.random.default_rng(1))
    frame["mean_y"] = encoded("mean", frame["town"], frame["y"])
    told = only(audited(CODE, frame, target="y")).measurement
    assert told.value == pytest.approx((1 / frame.groupby("town")["y"].transform("size")).mean())
    assert told.details["groups"] == frame["town"].nunique()


def test_means_rounded_to_three_decimals_and_sigmoid_shrinkage_are_found():
    rng = np.random.default_rng(2)
    frame = with_towns(rng, 2_000)
    frame["mean_y"] = encoded("mean", frame["town"], frame["y"]).round(3)
    assert only(audited(CODE, frame, target="y")).measurement.details["way"] == "mean"
    counts = frame.groupby("town")["y"].transform("size")
    weight = 1 / (1 + np.exp(-(counts - 20) / 10))
    mean = encoded("mean", frame["town"], frame["y"])
    frame["mean_y"] = weight * mean + (1 - weight) * frame["y"].mean()
    assert only(audited(CODE, frame, target="y")).measurement.details["way"] == "shrunk mean"


def test_means_of_the_whole_file_are_found_after_a_split():
    frame = with_towns(np.random.default_rng(3), 800)
    frame["mean_y"] = encoded("mean", frame["town"], frame["y"])
    finding = only(audited(CODE, frame, 0.25, target="y"))
    assert "computed on the training and evaluation rows together" in finding.message


@pytest.mark.parametrize("seed", range(6))
def test_means_of_other_rows_are_silent(seed):
    case = twin(np.random.default_rng(seed), 600)
    assert state(audited(CODE, case.train, target="y")) == "passed"
    rng = np.random.default_rng(seed)
    other, frame = with_towns(rng, 600), with_towns(rng, 600)
    frame["mean_y"] = frame["town"].map(other.groupby("town")["y"].mean()).fillna(0.5)
    assert state(audited(CODE, frame, target="y")) == "passed"


def test_a_target_that_its_group_decides_is_no_encoding():
    rng = np.random.default_rng(5)
    frame = with_towns(rng)
    frame["y"] = frame["town"].str[5:].astype(int) * 1.5
    frame["level"] = frame["y"] * 2 + 1
    assert measured(audited(CODE, frame, target="y")).value == 0


def test_without_numbers_it_is_not_checked():
    frame = pd.DataFrame({"x": ["a", "b"] * 30, "y": [0, 1] * 30})
    assert "no feature holds numbers" in reason(audited(CODE, frame, target="y"), CODE)


@pytest.mark.parametrize("seed", range(5))
def test_coarse_numbers_that_go_with_a_coarse_target_are_no_means(seed):
    rng = np.random.default_rng(seed)
    x = rng.poisson(4, 2_000)
    frame = pd.DataFrame(
        {"x": x, "half": x // 2, "y": np.round(1_000 + 40 * x + rng.normal(0, 90, 2_000))}
    )
    assert state(audited(CODE, frame, target="y", task="regression")) == "passed"


def test_of_very_many_columns_the_first_are_compared_and_it_says_so():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(0, 1, (60, 510))).add_prefix("x")
    frame["town"], frame["y"] = rng.choice(["a", "b", "c"], 60), rng.normal(0, 1, 60)
    frame.insert(0, "early", frame.groupby("town")["y"].transform("mean"))
    frame["late"] = frame["early"]
    (told,) = audited(CODE, frame, target="y").measurements
    assert told.subject["column"] == "early"
    assert told.details["left_out"] == 12
