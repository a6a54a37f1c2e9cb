"""MLflow's database and file store, whole and broken."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from mldebug.adapters.runs import runs, sqlite_files
from mldebug.errors import InputError
from tests.tracker_logs import (
    assert_same,
    by_library,
    mlflow_database,
    mlflow_store,
    rows_of,
    simulated,
)

LIBRARY = """
import mlflow
mlflow.set_tracking_uri({uri!r})
mlflow.set_experiment('one')
with mlflow.start_run(run_name='nice'):
    mlflow.log_params({{'lr': 0.1, 'opt': 'adam'}})
    for step, row in rows.items():
        mlflow.log_metrics(row, step=step)
    mlflow.log_text('numpy==2', 'requirements.txt')
"""


def test_the_database_gives_the_run(tmp_path):
    run = simulated()
    (read,) = runs(mlflow_database(tmp_path / "any.db", rows_of(run)))
    assert_same(read, run)
    assert (read.name, read.tracker, dict(read.config)) == ("run abc", "MLflow", {"lr": 0.1})
    assert read.series[0].times[0] == 1_700_000_000.0
    assert read.record == {
        "user": "ann",
        "started": "2023-11-14T22:13:20.000+00:00",
        "ended": "2023-11-14T22:13:25.000+00:00",
        "code_version": "f00",
        "code_dirty": True,
        "status": "finished",
        "data": {"set (training)": "d1"},
    }


def test_the_store_gives_the_run_from_each_of_its_folders(tmp_path):
    run = simulated()
    mlflow_store(tmp_path / "mlruns", rows_of(run))
    for place in ("mlruns", "mlruns/1", "mlruns/1/abc", "."):
        (read,) = runs(tmp_path / place)
        assert_same(read, run)
        assert read.name == "run abc"
        assert read.record["environment"] == ("requirements.txt",)
        assert (read.record["user"], read.record["status"]) == ("ann", "finished")
        assert "code_version" not in read.record


@pytest.mark.parametrize("uri", ["sqlite:///mlflow.db", "mlruns"])
def test_the_library_gives_the_run(tmp_path, uri):
    run = simulated()
    by_library("mlflow", LIBRARY.format(uri=uri), tmp_path, rows_of(run))
    (read,) = runs(tmp_path / ("mlflow.db" if "sqlite" in uri else "mlruns"))
    assert_same(read, run)
    assert read.config == {"lr": 0.1, "opt": "adam"}
    assert read.record["status"] == "finished"
    assert read.record["environment"] == ("requirements.txt",)
    assert {"user", "started", "ended", "artifacts"} <= read.record.keys()


def test_several_runs_each_with_its_own_points_and_no_deleted_one(tmp_path):
    path = mlflow_database(tmp_path / "a.db", {1: {"loss": 1.0}}, "a")
    mlflow_database(path, {1: {"loss": 2.0}, 2: {"acc": 3.0}}, "b")
    mlflow_database(path, {1: {"loss": 9.0}}, "c", stage="deleted")
    read = runs(path)
    assert [run.name for run in read] == ["run a", "run b"]
    assert [[one.values.tolist() for one in run.series] for run in read] == [
        [[1.0]],
        [[2.0], [3.0]],
    ]


def test_many_series_are_told_apart(tmp_path):
    rows = {step: {f"m{key}": float(key + step) for key in range(90)} for step in range(30)}
    (read,) = runs(mlflow_database(tmp_path / "a.db", rows))
    assert [one.name for one in read.series] == [f"m{key}" for key in range(90)]
    assert read.series[7].values.tolist() == [7.0 + step for step in range(30)]


@pytest.mark.parametrize("write", [mlflow_database, mlflow_store])
def test_values_that_are_no_numbers_and_steps_out_of_order_stay(tmp_path, write):
    values = [1.0, float("nan"), float("inf"), float("-inf"), 2.0]
    rows = dict(zip([0, 30, 20, 10, 40], ({"loss": one} for one in values), strict=True))
    (read,) = runs(write(tmp_path / "log", rows))
    np.testing.assert_array_equal(read.series[0].values, values)
    assert read.series[0].steps.tolist() == [0, 30, 20, 10, 40]


def test_a_locked_database(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite_files, "WAIT", 0.01)
    path = mlflow_database(tmp_path / "mlflow.db", {1: {"loss": 1.0}})
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(InputError, match=r"mlflow\.db is locked by a process that writes"):
            runs(path)


def test_what_is_no_database(tmp_path):
    (tmp_path / "mlflow.db").write_bytes(b"no database at all")
    with pytest.raises(InputError, match="is no SQLite database"):
        runs(tmp_path / "mlflow.db")


def test_a_damaged_database(tmp_path):
    path = mlflow_database(tmp_path / "a.db", {step: {"loss": 1.0} for step in range(2000)})
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(InputError, match="is damaged"):
        runs(path)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="is damaged"):
        runs(path)


def test_a_text_for_a_number(tmp_path):
    path = mlflow_database(tmp_path / "a.db", {1: {"loss": 1.0}})
    with closing(sqlite3.connect(path)) as base:
        base.execute("UPDATE metrics SET value = 'x'")
        base.commit()
    with pytest.raises(InputError, match="holds a text where its tool writes a number"):
        runs(path)


def test_a_database_of_another_tool_and_one_without_runs(tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.db")) as base:
        base.execute("CREATE TABLE runs (a)")
        base.commit()
    with pytest.raises(InputError, match="no log of a run"):
        runs(tmp_path / "other.db")
    path = mlflow_database(tmp_path / "a.db", {}, stage="deleted")
    with pytest.raises(InputError, match="holds no run of MLflow"):
        runs(path)


def test_the_schema_runs_nothing(tmp_path):
    path = mlflow_database(tmp_path / "a.db", {1: {"loss": 1.0}})
    with closing(sqlite3.connect(path)) as base:
        base.execute("ALTER TABLE metrics RENAME TO hidden")
        base.execute("CREATE VIEW metrics AS SELECT * FROM hidden")
        base.commit()
    with pytest.raises(InputError, match="no log of a run"):
        runs(path)


def test_the_database_is_not_written_to(tmp_path):
    path = mlflow_database(tmp_path / "a.db", {1: {"loss": 1.0}})
    before = path.read_bytes()
    runs(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.db"]
    with sqlite_files.opened(path) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM metrics")


def test_files_elsewhere_are_not_listed(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "name.txt").write_text("x")
    (tmp_path / "log").mkdir()
    path = mlflow_database(tmp_path / "log" / "a.db", {1: {"loss": 1.0}})
    with closing(sqlite3.connect(path)) as base:
        base.execute("UPDATE runs SET artifact_uri = ?", (str(tmp_path / "secret"),))
        base.commit()
    assert "artifacts" not in runs(path)[0].record


def test_a_store_with_cut_off_lines_and_links_in_a_loop(tmp_path):
    store = mlflow_store(tmp_path / "mlruns", {1: {"loss": 1.0}, 2: {"loss": 2.0}})
    with (store / "1" / "abc" / "metrics" / "loss").open("a") as file:
        file.write("17000")
    (store / "loop").symlink_to(store)
    (store / "1" / "loop").symlink_to(store / "1")
    (store / "1" / "abc" / "metrics" / "loop").symlink_to(store)
    (read,) = runs(store)
    assert read.series[0].values.tolist() == [1.0, 2.0]
    assert any("1 line is cut off" in one for one in read.remarks)


def test_a_store_whose_settings_are_a_bomb(tmp_path):
    store = mlflow_store(tmp_path / "mlruns", {1: {"loss": 1.0}})
    meta = store / "1" / "abc" / "meta.yaml"
    levels = "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 12))
    meta.write_text(meta.read_text() + "a0: &a0 [x, x]\n" + levels)
    with pytest.raises(InputError, match="aliases"):
        runs(store)


def test_an_empty_store(tmp_path):
    (tmp_path / "mlruns" / "1").mkdir(parents=True)
    meta = "artifact_location: x\nexperiment_id: '1'\n"
    (tmp_path / "mlruns" / "1" / "meta.yaml").write_text(meta)
    with pytest.raises(InputError, match="holds no run"):
        runs(tmp_path / "mlruns")
