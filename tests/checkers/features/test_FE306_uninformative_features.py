"""FE306 uninformative-features: found where most columns bring nothing, silent where few do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mldebug.checkers.features.useless_features import bearable
from tests.audits import audited, only, reason, state
from tests.clean_tables import clusters, perfect_feature, wide
from tests.tables import KINDS, Case, add_target, base, features

CODE = "FE306"

# All features useless would be twice the rung, but then there is no skill to have a part in.
DOSES = {"D1": 0.75}
SIZES = (2_000, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Columns of all kinds, of which the share ``dose`` has nothing to do with the target."""
    count = int(rng.choice([12, 16, 20]))
    useless = round(dose * count)
    task = rng.choice(["classification", "regression"])
    drawn = rng.choice([one for one in KINDS if one != "correlated"], count).tolist()
    honest = add_target(rng, features(rng, n, drawn[useless:]), task)
    noise = features(rng, n, drawn[:useless]).add_prefix("z")
    columns = [*honest.columns[:-1], *noise.columns]
    frame = pd.concat([noise, honest], axis=1)[[*rng.permutation(columns), "y"]]
    return Case("uninformative-features", frame, target="y")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A table in which every column helps."""
    task = rng.choice(["classification", "regression"])
    frame = base(rng, n, columns=int(rng.integers(4, 17)), task=task)
    return Case("uninformative-features", frame, target="y")


def noisy(columns=9, n=1_000, task="regression", seed=0):
    """Three columns that help, and columns of noise named z0, z1, ..."""
    rng = np.random.default_rng(seed)
    frame = base(rng, n, columns=3, kinds=["normal", "category", "count"], task=task)
    noise = {f"z{one}": rng.normal(0, 1, n) for one in range(columns)}
    return pd.DataFrame(noise).join(frame)


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_the_useless_columns_are_counted_and_named(task):
    finding = only(audited(CODE, noisy(task=task, n=2_000), target="y"))
    told = finding.measurement
    assert finding.severity == "warning"
    assert told.value == 9 / 12
    assert set(told.details["useless"]) <= {f"z{one}" for one in range(9)}
    assert told.interval[0] * 12 == told.details["sure"] == len(told.details["useless"])
    assert told.details["features"] == 12
    assert (
        f"{told.details['sure']} of 12 features each bring a linear model less" in finding.message
    )
    assert " and " in told.details["named"]
    figure = told.figure["items"]
    assert len(figure) == 12
    assert figure[0]["label"] in ("x0", "x1", "x2")
    assert figure[-1]["label"].startswith("z")


def test_the_figure_shows_both_ends_of_many_features():
    told = only(audited(CODE, noisy(columns=30), target="y")).measurement
    labels = [one["label"] for one in told.figure["items"]]
    assert len(labels) == len(set(labels)) == 14
    assert {"x0", "x1", "x2"} <= set(labels[:7])


def test_columns_that_move_together_count_once():
    rng = np.random.default_rng(3)
    frame = noisy(columns=4)
    for one in range(5):
        frame[f"twin{one}"] = frame["x0"] + 0.05 * rng.normal(0, 1, len(frame))
    told = audited(CODE, frame, target="y").measurements[0]
    assert told.details["features"] == 7
    assert told.value == pytest.approx(4 / 7)


@pytest.mark.parametrize("make", [perfect_feature, clusters])
def test_columns_that_another_replaces_tell_something_by_themselves(make):
    case = make(np.random.default_rng(1), 0)
    frame = case.train.drop(columns="when", errors="ignore").head(1_500)
    diagnosis = audited(CODE, frame, target=case.target)
    assert state(diagnosis) == "passed"
    assert diagnosis.measurements[0].value == 0


def test_many_weak_columns_that_help_together_are_not_useless():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, (3_000, 150))
    frame = pd.DataFrame(x).add_prefix("x").assign(y=x.sum(axis=1) + 9 * rng.normal(0, 1, 3_000))
    told = audited(CODE, frame, target="y").measurements[0]
    assert told.details["skill"] > 0.5
    assert told.interval[0] < 0.2


def test_blocks_of_related_columns_are_not_useless():
    case = wide(np.random.default_rng(4), 1)
    assert state(audited(CODE, case.train, target="y")) != "found"


def test_no_more_may_be_shuffled_together_than_is_not_surely_missed():
    assert bearable([1, 2, 4, 8], np.array([-0.1, 0.0, 0.1, -0.2])) == 2
    assert bearable([1, 2], np.array([-0.1, -0.1])) == 2
    assert bearable([1, 2], np.array([0.1, -0.1])) == 0


def test_half_of_the_columns_useless_is_rarely_taken_for_more():
    """The lower end lies beyond the truth in at most 2.5 % of tables, if each interval holds."""
    above = 0
    for seed in range(20):
        case = plant(np.random.default_rng(seed), 600, 0.5)
        above += audited(CODE, case.train, target="y").measurements[0].interval[0] > 0.5
    assert above <= 2


def test_without_any_skill_it_cannot_be_told():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(0, 1, (1_200, 6))).add_prefix("x")
    diagnosis = audited(CODE, frame.assign(y=rng.integers(0, 2, 1_200)), target="y")
    assert state(diagnosis) == "inconclusive"
    assert "do not predict held-out rows" in diagnosis.outcomes[CODE].reason


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"y": [0, 1] * 50}), "no feature"),
        (pd.DataFrame({"x": np.arange(12) / 7, "y": [0, 1] * 6}), "too few rows have a target"),
        (pd.DataFrame({"x": np.arange(60) / 7, "y": [1] * 60}), "one value only"),
    ],
)
def test_where_no_model_can_be_fitted_it_is_not_checked(frame, words):
    assert words in reason(audited(CODE, frame, target="y"), CODE)
