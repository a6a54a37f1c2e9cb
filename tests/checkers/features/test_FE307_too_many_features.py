"""FE307 too-many-features: found where a model does better without half of its features."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mldebug.artefacts import Target
from mldebug.checker import Unavailable
from mldebug.checkers.features.too_many_features import too_many_features
from mldebug.derive.encoded import Encoded
from mldebug.derive.held_out_importances import held_out_importances
from mldebug.derive.reference_models import reference_models
from mldebug.learners import OutOfFold
from tests.audits import audited, only, reason, state
from tests.tables import Case, base

CODE = "FE307"
UNEXPLAINED = 0.35
KEPT_NOISE = 0.6
"""The half that is kept holds the noise that happens to fit in the training rows, so dropping the
other gains less than dropping half of the noise at random would: about so much of it."""

# A gain of twice the rung can be told from the rung itself only in tables of several thousand rows and
# a thousand features, whose models nobody fits forty times; this gain takes some hundred of both.
DOSES = {"D1": 0.05}
SIZES = (2_000,)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Add as many columns of noise to features that help as make half of them worth ``dose``."""
    count = features_of(0.8 * n, dose / KEPT_NOISE / UNEXPLAINED)
    useful = int(np.clip(count // 10, 5, 40))
    hidden = rng.normal(0, 1, (n, count))
    y = np.sqrt((1 - UNEXPLAINED) / useful) * hidden[:, :useful].sum(axis=1)
    y += np.sqrt(UNEXPLAINED) * rng.normal(0, 1, n)
    shapes: Any = (lambda one: 5 + 2 * one, np.exp, np.sinh, lambda one: np.round(10 * one, 1))
    made = {f"x{one}": shapes[one % 4](hidden[:, one]) for one in range(count)}
    named = [f"x{one}" for one in rng.permutation(count)]
    return Case("too-many-features", pd.DataFrame(made)[named].assign(y=y), target="y")


def features_of(n: float, gain: float) -> int:
    """How many features make least squares on n rows lose ``gain`` of the noise's variance by half.

    The expected squared error of new rows is (1 + d / (n - d - 1)) of the noise's variance, for d
    features of a normal distribution.
    """
    counts = np.arange(10, int(0.8 * n), 2)
    lost = counts / (n - counts - 1) - counts / 2 / (n - counts / 2 - 1)
    return int(counts[np.argmin(np.abs(lost - gain))])


def twin(rng: np.random.Generator, n: int) -> Case:
    """Ten to sixteen columns of all kinds, each of which helps."""
    task = rng.choice(["classification", "regression"])
    frame = base(rng, n, columns=int(rng.integers(10, 17)), task=task)
    return Case("too-many-features", frame, target="y")


def crowded(task="regression", n=600, columns=150):
    rng = np.random.default_rng(0)
    frame = base(rng, n, columns=5, kinds=["normal"] * 5, task=task)
    if task == "regression":
        # A straight line, which a linear model tells best and which noise harms; boosting shrugs.
        told = frame.drop(columns="y")
        frame["y"] = ((told - told.mean()) / told.std()).sum(axis=1) + rng.normal(0, 1, n)
    noise = pd.DataFrame(rng.normal(0, 1, (n, columns))).add_prefix("z")
    return noise.join(frame)


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_a_crowd_of_noise_is_found_and_its_cost_told(task):
    finding = only(audited(CODE, crowded(task), target="y"))
    told = finding.measurement
    assert finding.severity == "warning"
    assert told.value == pytest.approx(told.details["reduced"] - told.details["skill"])
    assert (told.details["features"], told.details["dropped"]) == (155, 77)
    assert told.details["rows_each"] == pytest.approx(0.8 * 600 / 155)
    assert told.n == 600
    assert "Without 77 of 155 features a linear model does better" in finding.message
    assert "(3.1 training rows a feature)" in finding.message
    assert [one["label"] for one in told.figure["items"]] == ["all features", "the better half"]


def test_the_dose_is_the_gain_that_is_measured():
    cases = [plant(np.random.default_rng(seed), 500, 0.05) for seed in range(6)]
    told = [audited(CODE, case.train, target="y").measurements[0].value for case in cases]
    assert np.mean(told) == pytest.approx(0.05, rel=0.3)


def test_half_as_many_columns_that_all_help_lose():
    rng = np.random.default_rng(2)
    diagnosis = audited(CODE, base(rng, 2_000, columns=12), target="y")
    assert state(diagnosis) == "passed"
    assert diagnosis.measurements[0].interval[1] < 0


def test_a_little_noise_in_many_rows_is_no_harm():
    rng = np.random.default_rng(3)
    frame = base(rng, 4_000, columns=4, task="regression")
    noise = pd.DataFrame(rng.normal(0, 1, (4_000, 12))).add_prefix("z")
    diagnosis = audited(CODE, noise.join(frame), target="y")
    assert state(diagnosis) == "passed"
    assert abs(diagnosis.measurements[0].value) < 0.01


def test_columns_that_do_not_differ_are_one_and_are_dropped_together():
    rng = np.random.default_rng(4)
    frame = crowded(n=400, columns=40)
    frame["twin"] = frame["x0"] + 0.01 * rng.normal(0, 1, 400)
    told = audited(CODE, frame, target="y").measurements[0]
    assert told.details["features"] == 46
    assert told.details["dropped"] in (22, 23)


def test_noise_alone_cannot_be_told():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(0, 1, (800, 12))).add_prefix("x")
    diagnosis = audited(CODE, frame.assign(y=rng.integers(0, 3, 800)), target="y")
    assert state(diagnosis) == "inconclusive"
    assert "do not predict held-out rows" in diagnosis.outcomes[CODE].reason


def test_few_features_have_no_half_to_spare():
    frame = base(np.random.default_rng(6), 200, columns=7)
    assert "there are 7" in reason(audited(CODE, frame, target="y"), CODE)


def test_two_folds_leave_no_rows_to_choose_in():
    rng = np.random.default_rng(7)
    matrix, values = rng.normal(0, 1, (80, 9)), rng.normal(0, 1, 80)
    names = tuple(f"x{one}" for one in range(9))
    encoded = Encoded(names, matrix, np.zeros(9, bool), values, np.arange(80) % 2, np.arange(80))
    target = Target("y", "regression", (), inferred=True)
    linear = (OutOfFold("linear", values, None),)
    models = reference_models.make(encoded, target)
    told = held_out_importances.make(encoded, target, models, linear, 0, None)
    with pytest.raises(Unavailable, match="free to be held out"):
        list(too_many_features.run(encoded, told, 0))
