"""The files and the table of ``benchmarks/speed_data.py``, and what ``time_labels.py`` tells."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def speed_data():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        yield importlib.import_module("speed_data")
    for name in ("speed", "speed_data"):
        del sys.modules[name]


@pytest.fixture
def speed(speed_data):
    return sys.modules[speed_data.Line.__module__]


@pytest.fixture(scope="module")
def folder(speed_data, tmp_path_factory):
    made = tmp_path_factory.mktemp("labels-3000x5")
    speed_data.label_files(made, 3_000, 5)
    return made


def test_the_wrong_labels_are_those_that_the_probabilities_contradict(folder):
    labels, chances = (np.load(folder / f"{one}.npy") for one in ("labels", "probabilities"))
    wrong = np.load(folder / "wrong.npy")
    assert chances.dtype == np.float32
    assert chances.sum(axis=1) == pytest.approx(1, abs=1e-5)
    contradicted = chances.argmax(axis=1) != labels
    assert 0.02 < wrong.mean() < 0.06
    assert contradicted[wrong].mean() > 0.9
    assert contradicted[~wrong].mean() < 0.1


def timed(folder, **variables):
    command = [sys.executable, str(ROOT / "benchmarks" / "time_labels.py"), str(folder)]
    given = {name: value for name, value in os.environ.items() if name != "SPEED_OUT"}
    done = subprocess.run(
        command, capture_output=True, text=True, env=given | variables, check=True
    )
    return done.stdout


def test_the_seconds_of_label_issues_are_kept(folder, tmp_path):
    assert not timed(folder, SPEED_OUT=str(tmp_path))
    assert 0 < float((tmp_path / "labels-5.seconds").read_text(encoding="utf-8")) < 5


def test_both_lists_are_told_with_what_they_find(folder):
    lines = timed(folder).splitlines()
    assert [line.partition(":")[0] for line in lines[:2]] == ["contradicted_labels", "label_noise"]
    assert all(float(line.partition("precision ")[2][:4]) > 0.8 for line in lines[:2])


def test_a_peer_is_compared_with_the_line_before_it(speed, speed_data, tmp_path):
    peer = str(tmp_path / ".venv-peer" / "bin" / "python")
    chosen = [
        speed.Line("own", "ours", ("python", "own")),
        speed.Line("whole", "a peer", (peer, "once")),
        speed.Line("again", "a peer that repeats", (peer, "time.py", "labels")),
    ]
    timings = {one.name: [speed.Timing(2.0 * n, 0, 1e6, {})] for n, one in enumerate(chosen, 1)}
    told = {"own": [0.1, 0.1, 9.0], "whole": [1.0], "again": [0.4, 0.6]}
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in speed_data.table(chosen, timings, told).splitlines()[2:]
    ]
    assert [row[-2:] for row in rows] == [["", ""], ["2.0 x", "10.0 x"], ["", "5.0 x"]]


def test_the_work_alone_leaves_out_reading(speed, speed_data, tmp_path):
    line = speed.Line("one", "one", ("python",))
    assert speed_data.work_of(line, tmp_path) is None
    told = '{"provenance": {"seconds": {"reading": 5.0, "a": 1.0, "b": 0.5}}}'
    (tmp_path / "one.json").write_text(told, encoding="utf-8")
    assert speed_data.work_of(line, tmp_path) == 1.5
    (tmp_path / "one.seconds").write_text("0.25", encoding="utf-8")
    assert speed_data.work_of(line, tmp_path) == 0.25
