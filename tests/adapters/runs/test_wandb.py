"""W&B's offline file, whole and broken."""

from __future__ import annotations

import numpy as np
import pytest

from mldebug.adapters.runs import runs
from mldebug.errors import InputError
from tests.tracker_logs import assert_same, by_library, rows_of, simulated, wandb_file

NAME = "run-abc.wandb"
LIBRARY = """
import wandb
run = wandb.init(project='p', name='nice', config={'optimizer': {'lr': 0.1}}, dir='.')
for step, row in rows.items():
    run.log(row, step=step)
run.log({'nest': {'a': 1.5}, 'hist': wandb.Histogram([1, 2, 3])})
run.finish()
"""


def test_the_file_gives_the_run(tmp_path):
    run = simulated(600)
    path = wandb_file(tmp_path / "offline-run-1-abc" / NAME, rows_of(run))
    assert path.stat().st_size > 70_000
    for place in (path, path.parent, tmp_path):
        (read,) = runs(place)
        assert_same(read, run)
        assert (read.name, read.tracker) == ("nice", "W&B")
        assert read.config == {"optimizer.lr": 0.1}
        assert read.series[0].times[0] == 1_700_000_000.0
        assert read.record == {
            "user": "ann",
            "started": "2023-11-14T22:13:20.000+00:00",
            "ended": "2023-11-14T22:13:29.000+00:00",
            "status": "finished",
            "code_version": "f00",
            "code_dirty": True,
            "data": {"set": "d1"},
            "artifacts": ("requirements.txt", "diff.patch"),
            "environment": ("requirements.txt",),
        }


def test_the_library_gives_the_run(tmp_path):
    run = simulated()
    by_library("wandb", LIBRARY, tmp_path, rows_of(run))
    (read,) = runs(tmp_path / "wandb")
    nested = [one for one in read.series if one.name == "nest.a"]
    assert [one.values.tolist() for one in nested] == [[1.5]]
    object.__setattr__(read, "series", tuple(one for one in read.series if one not in nested))
    assert_same(read, run)
    assert read.name == "nice"
    assert read.config == {"optimizer.lr": 0.1}
    assert read.record["status"] == "finished"
    assert {"started", "ended"} <= read.record.keys()


def test_values_that_are_no_numbers_and_steps_out_of_order_stay(tmp_path):
    values = [1.0, float("nan"), float("inf"), 2.0]
    rows = dict(zip([0, 20, 10, 30], ({"loss": one} for one in values), strict=True))
    (read,) = runs(wandb_file(tmp_path / NAME, rows))
    np.testing.assert_array_equal(read.series[0].values, values)
    assert read.series[0].steps.tolist() == [0, 20, 10, 30]


@pytest.mark.parametrize("cut", [1, 30, 90])
def test_what_comes_before_a_cut_is_kept_and_told(tmp_path, cut):
    path = wandb_file(tmp_path / NAME, {k: {"loss": float(k)} for k in range(50)}, ended=False)
    path.write_bytes(path.read_bytes()[:-cut])
    (read,) = runs(path)
    assert 47 < len(read.series[0].values) < 50
    assert "is cut off at byte" in read.remarks[0]
    assert read.record["status"] == "running"
    assert "ended" not in read.record


def test_what_comes_before_a_wrong_sum_is_kept_and_told(tmp_path):
    path = wandb_file(tmp_path / NAME, {k: {"loss": float(k)} for k in range(50)}, ended=False)
    whole = bytearray(path.read_bytes())
    whole[-5] ^= 1
    path.write_bytes(whole)
    (read,) = runs(path)
    assert len(read.series[0].values) == 49
    assert "wrong check sum at byte" in read.remarks[0]


def test_a_file_of_which_nothing_can_be_read(tmp_path):
    path = tmp_path / NAME
    for held, said in ((b"", "is empty"), (b"some other file", "is no file of an offline run")):
        path.write_bytes(held)
        with pytest.raises(InputError, match=said):
            runs(path)
    wandb_file(path, {})
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(InputError, match="nothing could be read"):
        runs(path)


def test_a_link_to_the_latest_run_is_not_read_twice(tmp_path):
    wandb_file(tmp_path / "offline-run-1-abc" / NAME, {1: {"loss": 1.0}})
    (tmp_path / "latest-run").symlink_to(tmp_path / "offline-run-1-abc")
    assert len(runs(tmp_path)) == 1
    assert len(runs(tmp_path / "latest-run")) == 1
