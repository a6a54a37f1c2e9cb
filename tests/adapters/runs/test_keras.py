"""Keras: the file of CSVLogger and the history of fit as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mldebug.adapters.runs import runs
from mldebug.errors import InputError

LOG = """epoch,accuracy,loss,val_accuracy,val_loss
0,0.5,2.0,0.4,2.1
1,0.6,nan,NA,NA
2,0.7,inf,0.6,1.9
"""


def test_the_logger_keeps_what_is_not_finite(tmp_path):
    (tmp_path / "training.csv").write_text(LOG)
    (run,) = runs(tmp_path / "training.csv")
    assert run.tracker == "Keras"
    assert run.name == tmp_path.name
    found = {one.name: one for one in run.series}
    assert np.isnan(found["loss"].values[1])
    assert np.isinf(found["loss"].values[2])
    assert list(found["val_loss"].steps) == [0, 2]
    assert (found["accuracy"].split, found["val_accuracy"].split) == ("train", "eval")


def test_another_separator(tmp_path):
    (tmp_path / "cnn.csv").write_text(LOG.replace(",", ";"))
    (run,) = runs(tmp_path / "cnn.csv")
    assert (run.name, run.tracker, len(run.series)) == ("cnn", "Keras", 4)


HISTORY = {
    "loss": [2.0, 1.0],
    "accuracy": [0.5, 0.6],
    "val_loss": [2.0, 3.0],
    "val_accuracy": [0.5, 0.4],
}


@pytest.mark.parametrize(
    "content",
    [
        HISTORY,
        {"history": HISTORY, "epoch": [0, 1]},
        {name: dict(enumerate(values)) for name, values in HISTORY.items()},
    ],
    ids=["lists", "within history", "by pandas"],
)
def test_a_history_as_json(tmp_path, content):
    (tmp_path / "history.json").write_text(json.dumps(content, indent=1))
    (run,) = runs(tmp_path / "history.json")
    assert run.tracker == "Keras"
    assert {one.name: list(one.values) for one in run.series} == HISTORY
    assert list(run.series[0].steps) == [0, 1]


def test_a_history_that_is_cut_off(tmp_path):
    (tmp_path / "history.json").write_text(json.dumps(HISTORY)[:40])
    with pytest.raises(InputError, match=r"history.json is (cut off|no JSON) at line 1"):
        runs(tmp_path / "history.json")


def test_a_history_of_nothing_but_texts(tmp_path):
    (tmp_path / "history.json").write_text('{"loss": ["a", "b"]}')
    with pytest.raises(InputError, match=r"history\.json"):
        runs(tmp_path / "history.json")
