"""DVCLive's folder, whole and broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mldebug.adapters.runs import runs
from mldebug.errors import InputError
from tests.tracker_logs import assert_same, by_library, dvclive_folder, rows_of, simulated

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "explogs"
LIBRARY = """
from dvclive import Live
with Live('dvclive', save_dvc_exp=False, dvcyaml=None) as live:
    live.log_params({'optimizer': {'lr': 0.1}})
    for step, row in rows.items():
        live.step = step
        for name, value in row.items():
            live.log_metric(name, value)
"""


def test_the_folder_gives_the_run(tmp_path):
    run = simulated()
    (read,) = runs(dvclive_folder(tmp_path / "dvclive", rows_of(run)))
    assert_same(read, run)
    assert (read.name, read.tracker) == ("dvclive", "DVCLive")
    assert read.config == {"optimizer.lr": 0.1}
    assert read.record == {}


def test_the_library_gives_the_run(tmp_path):
    run = simulated()
    by_library("dvclive", LIBRARY, tmp_path, rows_of(run))
    (read,) = runs(tmp_path / "dvclive")
    assert_same(read, run)
    assert read.config == {"optimizer.lr": 0.1}


@pytest.mark.skipif(not CASES.is_dir(), reason="the real cases are not beside the checkout")
def test_the_real_log_whose_train_loss_is_an_average_at_the_end():
    from mldebug.derive.learning_curves import learning_curves

    (read,) = runs(CASES / "dvclive_nomelt-model")
    points = {one.name: len(one.values) for one in read.series}
    assert (points["loss"], points["eval_loss"], points["train_loss"]) == (637, 91, 1)
    assert all(one.epochs is not None for one in read.series)
    (curves,) = learning_curves.make((read,))
    assert (curves.train.series.name, curves.eval.series.name) == ("loss", "eval_loss")
    assert (len(curves.train), len(curves.eval)) == (637, 91)


def test_values_that_are_no_numbers_and_steps_out_of_order_stay(tmp_path):
    values = [1.0, float("nan"), float("inf"), 2.0]
    rows = dict(zip([0, 20, 10, 30], ({"loss": one} for one in values), strict=True))
    (read,) = runs(dvclive_folder(tmp_path / "log", rows))
    np.testing.assert_array_equal(read.series[0].values, values)
    assert read.series[0].steps.tolist() == [0, 20, 10, 30]


def test_a_row_that_is_cut_off_and_files_without_points(tmp_path):
    folder = dvclive_folder(tmp_path / "log", {k: {"loss": 1.0 + k} for k in range(5)})
    metrics = folder / "plots" / "metrics"
    with (metrics / "loss.tsv").open("a") as file:
        file.write("5\t")
    (metrics / "empty.tsv").write_text("")
    (metrics / "bare.tsv").write_text("step\tbare\n")
    (metrics / "loop").symlink_to(folder)
    (read,) = runs(folder)
    assert read.series[0].values.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    said = " ".join(read.remarks)
    assert "1 row of" in said
    assert "empty.tsv is empty" in said
    assert "bare.tsv has a header but no rows" in said


def test_a_folder_without_a_point(tmp_path):
    metrics = tmp_path / "plots" / "metrics"
    metrics.mkdir(parents=True)
    (metrics / "loss.tsv").write_text("step\tloss\n")
    with pytest.raises(InputError, match="hold no point"):
        runs(tmp_path)


def test_settings_that_are_a_bomb_are_left_out_and_told(tmp_path):
    folder = dvclive_folder(tmp_path / "log", {1: {"loss": 1.0}})
    levels = "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 12))
    (folder / "params.yaml").write_text("a0: &a0 [x, x]\n" + levels)
    (read,) = runs(folder)
    assert read.config == {}
    assert any("aliases" in one for one in read.remarks)


def test_a_folder_of_tables_elsewhere_is_none(tmp_path):
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "loss.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(InputError, match="no log of a run"):
        runs(tmp_path)
