"""Files that were never meant to be logs, and logs that stretch what a log may be."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest

from mldebug.adapters.runs import runs
from mldebug.errors import InputError

LOSSES = [round(2 * 0.95**k + 0.1, 6) for k in range(60)]
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")


def table(path, header, rows):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@UNIX
@pytest.mark.parametrize("name", ["log", "metrics.csv", "run.wandb", "x.json", "mlflow.db"])
def test_a_pipe_is_never_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    for place in (tmp_path / name, tmp_path):
        with pytest.raises(InputError, match="no log of a run that mldebug knows"):
            runs(place)


@UNIX
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/random"])
def test_a_device_is_never_read(tmp_path, device):
    (tmp_path / "log.csv").symlink_to(device)
    for place in (device, tmp_path / "log.csv", tmp_path):
        with pytest.raises(InputError, match="no log of a run that mldebug knows"):
            runs(place)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="nothing is closed to this user"
)
def test_a_folder_that_is_closed_is_told_and_left_out(tmp_path):
    table(tmp_path / "open.csv", "step,loss", ["1,2", "2,1"])
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    try:
        (run,) = runs(tmp_path)
        assert any("closed cannot be read: permission denied" in one for one in run.remarks)
        with pytest.raises(InputError, match="closed cannot be read: permission denied"):
            runs(closed)
    finally:
        closed.chmod(0o700)


def test_two_columns_of_one_name_are_told_apart_or_told(tmp_path):
    rows = [f"{k},{v},{v + 1},{v}" for k, v in enumerate(LOSSES)]
    (run,) = runs(table(tmp_path / "a.csv", "step,loss,loss,val_loss", rows))
    names = [one.name for one in run.series]
    assert len(set(names)) == len(names)
    assert {"loss", "val_loss"} <= set(names)
    assert run.series[names.index("loss")].values.tolist() == LOSSES


def test_steps_of_text_count_the_rows(tmp_path):
    rows = [f"step {k},{v}" for k, v in enumerate(LOSSES)]
    (run,) = runs(table(tmp_path / "a.csv", "step,loss", rows))
    assert run.series[0].steps.tolist() == list(range(60))
    assert run.series[0].values.tolist() == LOSSES


def test_negative_and_enormous_steps_keep_their_order(tmp_path):
    rows = [f"{k - 30},{v}" for k, v in enumerate(LOSSES)]
    (run,) = runs(table(tmp_path / "a.csv", "step,loss", rows))
    assert run.series[0].steps.tolist() == list(range(-30, 30))
    rows = [f"{10**k},{v}" for k, v in enumerate(LOSSES)]
    (run,) = runs(table(tmp_path / "b.csv", "step,loss", rows))
    assert run.series[0].steps.tolist()[:19] == [10**k for k in range(19)]
    assert (np.diff(run.series[0].steps) >= 0).all()


def test_numbers_of_thousands_of_digits(tmp_path):
    (tmp_path / "a.json").write_text('{"loss": [1%s, 2], "val_loss": [1, 2]}' % ("0" * 5000))
    with pytest.raises(InputError, match=r"a\.json"):
        runs(tmp_path / "a.json")
    rows = [f"{k},{'9' * 400},{v}" for k, v in enumerate(LOSSES)]
    (run,) = runs(table(tmp_path / "b.csv", "step,loss,val_loss", rows))
    assert np.isinf(run.series[0].values).all()


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_names_in_another_encoding(tmp_path, ending):
    content = {"csv": "step,validée\n1,2\n2,1\n", "json": '{"loss": [1, 2], "val_lossé": [1, 2]}'}
    path = tmp_path / f"a.{ending}"
    path.write_bytes(content[ending].encode("latin-1"))
    if ending == "json":
        with pytest.raises(InputError, match=r"is not UTF-8 \(byte 26\); save it as UTF-8"):
            runs(path)
    else:
        assert runs(path)[0].series[0].name == "validée"


def test_one_log_among_thousands_of_other_files(tmp_path):
    for number in range(5_000):
        (tmp_path / f"{number}.bin").write_bytes(b"\x00\x01\x02")
    table(tmp_path / "run.csv", "step,loss", ["1,2", "2,1"])
    assert [run.name for run in runs(tmp_path)] == ["run"]


def test_anchors_that_stand_within_themselves(tmp_path):
    folder = tmp_path / "version_0"
    folder.mkdir()
    table(folder / "metrics.csv", "epoch,step,train_loss", ["0,1,2", "0,2,1"])
    (folder / "hparams.yaml").write_text("base: &b {lr: 0.1}\nmine: &m\n  me: *m\n  <<: *b\n")
    (run,) = runs(folder)
    assert run.config == {}
    assert any("stands within itself" in one for one in run.remarks)
