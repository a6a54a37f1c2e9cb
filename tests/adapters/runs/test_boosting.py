"""Evaluation dictionaries of gradient boosting as JSON, and which of their sets trained."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mldebug.adapters.runs import runs
from mldebug.errors import InputError

VALUES = [0.6, 0.5, 0.4]
CASES = [
    (
        {"train": {"logloss": VALUES}, "eval": {"logloss": VALUES}},
        "gradient boosting",
        ["train", "eval"],
    ),
    (
        {"validation_0": {"auc": VALUES}, "validation_1": {"auc": VALUES}},
        "XGBoost",
        ["train", "eval"],
    ),
    ({"validation_0": {"auc": VALUES}}, "XGBoost", ["eval"]),
    ({"training": {"l2": VALUES}, "valid_1": {"l2": VALUES}}, "LightGBM", ["train", "eval"]),
    ({"valid_0": {"l2": VALUES}, "valid_1": {"l2": VALUES}}, "LightGBM", ["eval", "eval"]),
    ({"learn": {"RMSE": VALUES}, "validation": {"RMSE": VALUES}}, "CatBoost", ["train", "eval"]),
]


@pytest.mark.parametrize(("held", "tool", "splits"), CASES, ids=lambda one: str(one)[:30])
def test_data_sets_and_tools(tmp_path, held, tool, splits):
    (tmp_path / "evals_result.json").write_text(json.dumps(held))
    (run,) = runs(tmp_path / "evals_result.json")
    assert run.tracker == tool
    assert [one.split for one in run.series] == splits
    assert len({one.metric for one in run.series}) == 1
    assert list(run.series[0].values) == VALUES
    assert list(run.series[0].steps) == [0, 1, 2]


def test_the_convention_is_said(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(CASES[1][0]))
    assert any(
        "the first is taken for the training data" in one for one in runs(tmp_path)[0].remarks
    )


def test_values_that_are_not_finite(tmp_path):
    (tmp_path / "a.json").write_text('{"train": {"logloss": [NaN, Infinity, null, 1.0]}}')
    (series,) = runs(tmp_path / "a.json")[0].series
    assert np.isnan(series.values).sum() == 2
    assert np.isinf(series.values).sum() == 1


@pytest.mark.parametrize(
    "content", ['{"train": {"logloss": [0.5, 0.4', '{"train": {"logloss": [0.5], "x": 3}}']
)
def test_what_is_broken_is_one_sentence(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(InputError, match=r"a\.json"):
        runs(tmp_path / "a.json")
