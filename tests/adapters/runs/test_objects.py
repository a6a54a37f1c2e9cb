"""Runs in memory: mappings, frames, histories, trainers, and estimators that remember their curves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mldebug.adapters.runs import runs
from mldebug.errors import InputError


def told(run):
    return [(one.name, one.role, one.split, one.direction, len(one.values)) for one in run.series]


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4))
    return x, (x[:, 0] + rng.normal(size=300) > 0).astype(int)


def test_a_mapping():
    (run,) = runs({"step": [0, 10, 20], "loss": [3.0, float("nan"), 1.0], "val_loss": [3, 2, None]})
    assert told(run) == [
        ("loss", "loss", "train", "lower", 3),
        ("val_loss", "loss", "eval", "lower", 2),
    ]
    assert list(run.series[0].steps) == [0, 10, 20]
    assert np.isnan(list(run.series[0].values)[1])


def test_a_history_of_keras():
    class History:
        epoch = (3, 4, 5)
        history = {"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 2.5, 2.0]}  # noqa: RUF012

    history = History()
    history.epoch = [3, 4, 5]
    (run,) = runs(history)
    assert run.tracker == "Keras"
    assert list(run.series[1].steps) == [3, 4, 5]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_frame(make):
    (run,) = runs(make({"epoch": [0, 1, 2, 3], "loss": [4.0, 3.0, 2.0, 1.0], "word": ["a"] * 4}))
    assert told(run) == [("loss", "loss", "train", "lower", 4)]


def test_a_frame_of_several_runs():
    frame = pd.DataFrame({"run": ["a", "b"] * 3, "step": [0, 0, 1, 1, 2, 2], "loss": range(6)})
    first, second = runs(frame)
    assert (first.name, second.name) == ("run: a", "run: b")
    assert list(second.series[0].values) == [1, 3, 5]
    assert second.config["run"] == "b"


def test_a_sparse_frame_has_points_only_where_they_were_logged():
    evaluated = [np.nan] * 20
    evaluated[4::5] = [4.0, 3.0, 2.0, 1.0]
    (run,) = runs(pd.DataFrame({"step": range(20), "loss": range(20), "val_loss": evaluated}))
    assert list(run.series[1].steps) == [4, 9, 14, 19]


def test_a_frame_whose_loss_stays_nan_keeps_it():
    values = [3.0, 2.0, 1.0, *[np.nan] * 17]
    (run,) = runs(pd.DataFrame({"step": range(20), "loss": values, "lr": [0.1] * 20}))
    assert np.isnan(run.series[0].values).sum() == 17


def test_a_list_of_records_is_one_run_and_a_list_of_mappings_several():
    (run,) = runs([{"step": 0, "loss": 2.0}, {"step": 5, "loss": 1.0, "val_loss": 3.0}])
    assert list(run.series[0].steps) == [0, 5]
    assert list(run.series[1].steps) == [5]
    two = runs([{"loss": [2, 1]}, {"loss": [4, 3]}])
    assert len({one.name for one in two}) == 2


def test_a_trainer():
    class State:
        log_history = [  # noqa: RUF012
            {"step": 1, "epoch": 0.5, "loss": 2.0, "grad_norm": 1.0},
            {"step": 2, "epoch": 1.0, "eval_loss": 1.5},
            {"step": 2, "epoch": 1.0, "train_loss": 1.8, "train_runtime": 3.0},
        ]

    class Trainer:
        state = State()

    (run,) = runs(Trainer())
    assert [one.name for one in run.series] == ["loss", "grad_norm", "eval_loss"]
    assert runs(State())[0].series[0].epochs[0] == 0.5


def test_a_network_of_scikit_learn_also_in_a_pipeline(data):
    network = MLPClassifier(
        (5,), early_stopping=True, max_iter=12, n_iter_no_change=20, random_state=0
    )
    with pytest.warns(UserWarning, match="Maximum iterations"):
        network.fit(*data)
    (run,) = runs(network)
    assert told(run) == [
        ("loss_curve_", "loss", "train", "lower", 12),
        ("validation_scores_", "score", "eval", "higher", 12),
    ]
    assert run.config["early_stopping"] is True
    (piped,) = runs(make_pipeline(StandardScaler(), network))
    assert told(piped) == told(run)


def test_boosting_of_scikit_learn(data):
    x, y = data
    (run,) = runs(GradientBoostingRegressor(n_estimators=7).fit(x, y))
    assert told(run) == [("train_score_", "loss", "train", "lower", 7)]
    histogram = HistGradientBoostingClassifier(max_iter=6, early_stopping=True).fit(x, y)
    (run,) = runs(histogram)
    assert [row[1:4] for row in told(run)] == [
        ("score", "train", "higher"),
        ("score", "eval", "higher"),
    ]


@pytest.mark.filterwarnings("ignore:The argument 'eval_set'")
def test_a_booster_of_lightgbm(data):
    lightgbm = pytest.importorskip("lightgbm")
    x, y = data
    model = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1)
    model.fit(x, y, eval_set=[(x, y), (x[:50], y[:50])], eval_names=["training", "valid_1"])
    (run,) = runs(model)
    assert run.tracker == "LightGBM"
    assert [one.split for one in run.series] == ["train", "eval"]


def test_what_looks_like_a_booster_of_xgboost():
    class Booster:
        def evals_result(self):
            return {"validation_0": {"rmse": [2.0, 1.0]}, "validation_1": {"rmse": [2.5, 2.0]}}

        def get_params(self):
            return {"max_depth": 3}

    (run,) = runs(Booster())
    assert [one.split for one in run.series] == ["train", "eval"]
    assert run.config == {"max_depth": 3}


@pytest.mark.parametrize(
    "given",
    [3, object(), {"a": "b"}, {"name": ["x", "y"]}, {}, pd.DataFrame({"word": ["a"]}), []],
    ids=["number", "object", "words", "lists of words", "nothing", "a frame of words", "empty"],
)
def test_what_is_no_run_is_one_sentence(given):
    with pytest.raises(InputError, match="--run: "):
        runs(given)


def test_an_estimator_that_remembers_nothing(data):
    with pytest.raises(InputError, match="LogisticRegression remembers no run"):
        runs(LogisticRegression().fit(*data))


def test_settings_are_laid_over_those_of_the_log(tmp_path):
    (run,) = runs({"loss": [2, 1]}, {"optimizer": {"lr": 0.1}})
    assert run.config == {"optimizer.lr": 0.1}
    (tmp_path / "a.toml").write_text("[optimizer]\nlr = 0.2\n")
    assert runs({"loss": [2, 1]}, tmp_path / "a.toml")[0].config == {"optimizer.lr": 0.2}
    with pytest.raises(InputError, match=r"--run-config: .* does not exist"):
        runs({"loss": [2, 1]}, tmp_path / "b.toml")
    with pytest.raises(InputError, match="--run-config: hyperparameters are a mapping"):
        runs({"loss": [2, 1]}, 3)
