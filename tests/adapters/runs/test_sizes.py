"""Sample-size curves: made here, and the real ones beside the checkout."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mldebug.adapters.runs import runs
from mldebug.errors import InputError

REAL = Path(__file__).resolve().parents[4] / "shared" / "cases" / "curves" / "lcdb"
CURVE = "size_train,train,valid,test,sd_test,n\n16,1.0,0.2,0.25,0.01,25\n32,0.9,0.3,0.35,0.02,25\n"


def test_a_curve(tmp_path):
    (tmp_path / "forest.csv").write_text(CURVE)
    (run,) = runs(tmp_path / "forest.csv")
    assert (run.name, run.axis, run.tracker) == ("forest", "size", "sample-size curve")
    told = {one.name: (one.metric, one.role, one.split, one.direction) for one in run.series}
    assert told == {
        "train": ("score", "score", "train", "higher"),
        "valid": ("score", "score", "eval", "higher"),
        "test": ("score", "score", "test", "higher"),
        "sd_test": ("sd", "other", "test", ""),
        "n": ("repeats", "other", "", ""),
    }
    assert list(run.series[0].steps) == [16, 32]
    assert any("names no metric" in remark for remark in run.remarks)


def test_values_above_one_are_losses(tmp_path):
    (tmp_path / "a.csv").write_text("train_size;train;test\n10;5.5;9\n20;4.5;8\n")
    assert {one.role for one in runs(tmp_path / "a.csv")[0].series} == {"loss"}


def test_a_named_metric_speaks_for_itself(tmp_path):
    (tmp_path / "a.csv").write_text("n_train,train_rmse,test_rmse\n10,1,2\n20,1,1.5\n")
    (run,) = runs(tmp_path / "a.csv")
    assert [(one.metric, one.direction) for one in run.series] == [("rmse", "lower")] * 2
    assert not run.remarks


def test_a_size_that_is_missing_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("size_train,train,test\n10,1,2\n,1,1.5\n")
    with pytest.raises(InputError, match=r"'size_train' of .* must hold a number in every row"):
        runs(tmp_path / "a.csv")


@pytest.mark.skipif(not REAL.is_dir(), reason="the real cases are not beside the checkout")
def test_the_real_ones():
    found = runs(REAL)
    assert len(found) == len(list(REAL.glob("*.csv"))) == 20
    for run in found:
        with Path(run.source).open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert run.axis == "size"
        assert run.name == Path(run.source).stem
        for series in run.series:
            assert list(series.values) == [float(row[series.name]) for row in rows]
            assert list(series.steps) == [int(row["size_train"]) for row in rows]
