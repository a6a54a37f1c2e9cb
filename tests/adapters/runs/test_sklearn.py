"""scikit-learn's curves as JSON."""

from __future__ import annotations

import json

import pytest

from mldebug.adapters.runs import runs
from mldebug.errors import InputError


def test_a_network(tmp_path):
    held = {
        "loss_curve_": [2, 1.5, 1],
        "validation_scores_": [0.1, 0.2, 0.3],
        "params": {"alpha": 1},
    }
    (tmp_path / "mlp.json").write_text(json.dumps(held, indent=2))
    (run,) = runs(tmp_path / "mlp.json")
    assert (run.name, run.tracker) == ("mlp", "scikit-learn")
    assert [(one.role, one.split, one.direction) for one in run.series] == [
        ("loss", "train", "lower"),
        ("score", "eval", "higher"),
    ]
    assert run.config == {"alpha": 1}


def test_staged_scores(tmp_path):
    held = {"staged_train_scores": [0.5, 0.9], "staged_validation_scores": [0.5, 0.7]}
    (tmp_path / "ada.json").write_text(json.dumps(held))
    assert [one.split for one in runs(tmp_path / "ada.json")[0].series] == ["train", "eval"]


def test_a_curve_of_nothing(tmp_path):
    (tmp_path / "mlp.json").write_text('{"loss_curve_": []}')
    with pytest.raises(InputError, match="holds no curve"):
        runs(tmp_path / "mlp.json")
