"""Optuna's storage, and cv_results_ as CSV and JSON: trials and candidates as runs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.runs import runs
from mldebug.errors import InputError
from tests.tracker_logs import by_library

SCHEMA = """
CREATE TABLE studies (study_id INTEGER PRIMARY KEY, study_name TEXT);
CREATE TABLE study_directions (direction TEXT, study_id INTEGER, objective INTEGER);
CREATE TABLE trials (trial_id INTEGER PRIMARY KEY, number INTEGER, study_id INTEGER, state TEXT,
  datetime_start TEXT, datetime_complete TEXT);
CREATE TABLE trial_params (param_id INTEGER PRIMARY KEY, trial_id INTEGER, param_name TEXT,
  param_value FLOAT, distribution_json TEXT);
CREATE TABLE trial_values (trial_id INTEGER, objective INTEGER, value FLOAT, value_type TEXT);
CREATE TABLE trial_intermediate_values (trial_intermediate_value_id INTEGER PRIMARY KEY,
  trial_id INTEGER, step INTEGER, intermediate_value FLOAT, intermediate_value_type TEXT);
INSERT INTO studies VALUES (1, 'a <study>');
INSERT INTO study_directions VALUES ('MAXIMIZE', 1, 0);
INSERT INTO trials VALUES (1, 0, 1, 'COMPLETE', '2026-01-01 10:00:00.5', '2026-01-01 10:00:09.5'),
  (2, 1, 1, 'PRUNED', '2026-01-01 10:01:00', NULL), (3, 2, 1, 'FAIL', NULL, NULL);
INSERT INTO trial_params VALUES
  (1, 1, 'lr', 0.01, '{"name": "FloatDistribution", "attributes": {"low": 1e-05, "high": 0.1, '
    || '"log": true, "step": null}}'),
  (2, 1, 'opt', 1.0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["a", "b"]}}'),
  (3, 1, 'depth', 3.0, '{"name": "IntDistribution", "attributes": {"low": 1, "high": 9, '
    || '"log": false, "step": 1}}'),
  (4, 2, 'lr', 0.02, 'no json');
INSERT INTO trial_values VALUES (1, 0, 0.9, 'FINITE'), (2, 0, NULL, 'INF_NEG');
INSERT INTO trial_intermediate_values VALUES (1, 1, 0, 0.5, 'FINITE'), (2, 1, 1, NULL, 'NAN'),
  (3, 1, 2, 0.9, 'FINITE');
"""
LIBRARY = """
import optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(storage='sqlite:///optuna.db', study_name='s', direction='minimize')
def objective(trial):
    lr = trial.suggest_float('lr', 1e-4, 1e-1, log=True)
    depth = trial.suggest_int('depth', 1, 9)
    trial.suggest_categorical('opt', ['a', 'b'])
    for step in range(5):
        trial.report(lr + depth / (step + 1), step)
    if trial.number == 2:
        raise optuna.TrialPruned
    return lr + depth
study.optimize(objective, n_trials=4)
json.dump([[t.params, t.value, t.state.name.lower(), t.intermediate_values] for t in study.trials],
    open('told.json', 'w'))
"""


def storage(path):
    with closing(sqlite3.connect(path)) as base:
        base.executescript(SCHEMA)
    return path


def test_each_trial_is_a_run(tmp_path):
    first, second, third = runs(storage(tmp_path / "any.db"))
    assert (first.name, first.tracker) == ("trial 0", "Optuna")
    assert first.config == {"lr": 0.01, "opt": "b", "depth": 3}
    assert first.record == {
        "study": "a <study>",
        "trial": 0,
        "state": "complete",
        "status": "finished",
        "started": "2026-01-01T10:00:00.5",
        "ended": "2026-01-01T10:00:09.5",
        "direction": "higher",
        "value": 0.9,
        "space": {
            "lr": {"low": 1e-05, "high": 0.1, "log": True, "step": None},
            "opt": {"choices": ("a", "b")},
            "depth": {"low": 1, "high": 9, "log": False, "step": 1},
        },
    }
    (series,) = first.series
    assert (series.split, series.direction, series.steps.tolist()) == ("eval", "higher", [0, 1, 2])
    np.testing.assert_array_equal(series.values, [0.5, float("nan"), 0.9])
    assert (second.record["state"], second.record["value"]) == ("pruned", float("-inf"))
    assert (third.record["status"], third.series) == ("failed", ())
    assert "value" not in third.record


def test_the_library_gives_the_same_trials(tmp_path):
    by_library("optuna", LIBRARY, tmp_path)
    told = json.loads((tmp_path / "told.json").read_text())
    read = runs(tmp_path / "optuna.db")
    assert len(read) == len(told) == 4
    for run, (config, value, state, values) in zip(read, told, strict=True):
        assert run.config == config
        assert run.record["value"] == value
        assert (run.record["state"], run.record["direction"]) == (state, "lower")
        np.testing.assert_array_equal(run.series[0].values, list(values.values()))
        assert (run.series[0].split, run.series[0].direction) == ("eval", "lower")
        assert run.record["space"]["lr"] == {"low": 1e-4, "high": 0.1, "log": True, "step": None}


def test_a_storage_without_trials_and_a_damaged_one(tmp_path):
    path = storage(tmp_path / "any.db")
    with closing(sqlite3.connect(path)) as base:
        base.execute("DELETE FROM trials")
        base.commit()
    with pytest.raises(InputError, match="holds no trial"):
        runs(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(InputError, match="is damaged"):
        runs(path)


def search():
    from sklearn.datasets import make_classification
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    features, labels = make_classification(120, random_state=0)
    grid = [{"C": [0.1, 1.0]}, {"C": [10.0], "class_weight": ["balanced"]}]
    return GridSearchCV(LogisticRegression(), grid, cv=3).fit(features, labels).cv_results_


@pytest.mark.parametrize("form", ["csv", "columns.json", "orient.json", "records.json"])
def test_each_candidate_is_a_run(tmp_path, form):
    found = search()
    path = tmp_path / f"grid.{form}"
    frame = pd.DataFrame(found)
    if form == "csv":
        frame.to_csv(path)
    elif form == "orient.json":
        frame.to_json(path)
    elif form == "records.json":
        frame.to_json(path, orient="records")
    else:
        path.write_text(json.dumps({key: list(frame[key]) for key in frame}, default=str))
    read = runs(path)
    assert [run.name for run in read] == ["candidate 0", "candidate 1", "candidate 2"]
    assert [run.config for run in read] == found["params"]
    assert [run.series for run in read] == [(), (), ()]
    for number, run in enumerate(read):
        assert run.record["value"] == pytest.approx(found["mean_test_score"][number])
        folds = [found[f"split{fold}_test_score"][number] for fold in range(3)]
        assert run.record["folds"] == pytest.approx(folds)
        told = (run.record["trial"], run.record["direction"], run.record["state"])
        assert told == (number, "higher", "complete")


def test_a_candidate_that_failed_and_an_empty_table(tmp_path):
    path = tmp_path / "grid.csv"
    head = "param_C,mean_test_score,split0_test_score,rank_test_score\n"
    path.write_text(head + "1,nan,nan,1\n")
    (read,) = runs(path)
    assert read.record["state"] == "fail"
    path.write_text(head)
    with pytest.raises(InputError, match="holds no candidate"):
        runs(path)
