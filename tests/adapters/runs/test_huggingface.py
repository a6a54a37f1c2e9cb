"""Hugging Face's trainer_state.json: alone, in a checkpoint, in the folder of the checkpoints."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mldebug.adapters.runs import runs
from mldebug.errors import InputError

HISTORY = [
    {"epoch": 0.5, "grad_norm": 1.5, "learning_rate": 5e-5, "loss": 2.0, "step": 10},
    {"epoch": 1.0, "grad_norm": float("nan"), "learning_rate": 4e-5, "loss": 1.0, "step": 20},
    {"epoch": 1.0, "eval_loss": 1.5, "eval_accuracy": 0.7, "eval_runtime": 2.0, "step": 20},
]
SUMMARY = {"epoch": 1.0, "step": 20, "total_flos": 1e9, "train_loss": 1.5, "train_runtime": 60.0}


def state(history, **more):
    return json.dumps(
        {"best_metric": 1.5, "global_step": 20, "max_steps": 40, **more} | {"log_history": history}
    )


def test_the_series_of_a_state(tmp_path):
    (tmp_path / "trainer_state.json").write_text(state([*HISTORY, SUMMARY], num_train_epochs=2))
    for given in (tmp_path, tmp_path / "trainer_state.json"):
        (run,) = runs(given)
        assert run.tracker == "Hugging Face Trainer"
        assert run.name == tmp_path.name
        found = {one.name: one for one in run.series}
        assert set(found) == {
            *("grad_norm", "learning_rate", "loss", "eval_loss", "eval_accuracy", "eval_runtime"),
        }
        assert list(found["loss"].values) == [2.0, 1.0]
        assert list(found["loss"].steps) == [10, 20]
        assert list(found["eval_loss"].epochs) == [1.0]
        assert (found["loss"].split, found["eval_loss"].split) == ("train", "eval")
        assert np.isnan(found["grad_norm"].values[1])
        assert run.config["num_train_epochs"] == 2
        assert run.record["status"] == "finished"


def test_a_run_that_did_not_end_has_no_status(tmp_path):
    (tmp_path / "trainer_state.json").write_text(state(HISTORY))
    assert "status" not in runs(tmp_path)[0].record


def test_the_last_checkpoint_holds_the_whole_run(tmp_path):
    for number, length in ((100, 2), (20, 1)):
        folder = tmp_path / "out" / f"checkpoint-{number}"
        folder.mkdir(parents=True)
        (folder / "trainer_state.json").write_text(state(HISTORY[:length]))
    (tmp_path / "out" / "training_args.json").write_text('{"weight_decay": 0.01}')
    (tmp_path / "out" / "checkpoint-100" / "config.json").write_text('{"hidden_size": 64}')
    (tmp_path / "out" / "checkpoint-100" / "training_args.bin").write_bytes(b"\x80\x04danger")
    (run,) = runs(tmp_path / "out")
    assert run.name == "out"
    assert len(run.series[0].values) == 2
    assert run.config["weight_decay"] == 0.01
    assert run.config["model.hidden_size"] == 64
    (again,) = runs(tmp_path)
    assert again.series[0].name == run.series[0].name


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (state(HISTORY)[:-30], "is cut off at line 1"),
        ("{]", "is no JSON at line 1"),
        ('{"log_history": 3}', "has no list log_history"),
        ("", "is empty"),
        ("[" * 100_000, "nested too deeply|is no JSON|is cut off"),
    ],
)
def test_a_broken_state_is_one_sentence(tmp_path, content, sentence):
    file = tmp_path / "trainer_state.json"
    file.write_text(content)
    with pytest.raises(InputError, match=sentence) as caught:
        runs(file)
    assert str(file) in str(caught.value)
