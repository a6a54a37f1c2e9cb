"""``mldebug audit --run``: alone, several, configured, and what it must not overwrite."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv as pa_csv

LOG = "step,loss,val_loss\n" + "".join(f"{n},{2 / (n + 1)},{2.2 / (n + 1)}\n" for n in range(30))
TABLE = "x,y\n" + "".join(f"{n},{n % 2}\n" for n in range(60))


@pytest.fixture
def logs(folder):
    for name in ("first", "second"):
        (folder / "runs" / name).mkdir(parents=True)
        (folder / "runs" / name / "metrics.csv").write_text(LOG)
    (folder / "train.csv").write_text(TABLE)
    return folder


def document(folder, name="out.json"):
    return json.loads((folder / name).read_text())


def names(told):
    return [run["name"] for run in told["provenance"]["runs"]]


def test_a_run_alone(run, logs):
    ran = run("audit", "--run", "runs/first", "--json", "out.json")
    assert ran.status in (0, 1)
    assert ran.err == ""
    told = document(logs)
    assert names(told) == ["first"]
    assert told["provenance"]["tables"] == {}


def test_several_runs_and_a_table(run, logs):
    ran = run(
        "audit", "train.csv", "--run", "runs/second", "--run", "runs/first", "--json", "out.json"
    )
    assert ran.status in (0, 1)
    assert names(document(logs)) == ["second", "first"]
    assert "train" in document(logs)["provenance"]["tables"]


def test_settings_of_the_runs(run, logs):
    (logs / "hp.yaml").write_text("optimizer: {name: adam, lr: 0.1}\n")
    run("audit", "--run", "runs", "--run-config", "hp.yaml", "--json", "out.json")
    for told in document(logs)["provenance"]["runs"]:
        assert told["config"] == {"optimizer.name": "adam", "optimizer.lr": 0.1}


def test_a_configured_run_lies_beside_the_configuration(run, logs, monkeypatch):
    (logs / "mldebug.toml").write_text(
        '[audits.a]\nrun = ["runs/first", "runs/second"]\nrun-config = "hp.json"\njson = "a.json"\n'
        '[audits.b]\nrun = "runs/first"\njson = "b.json"\n'
    )
    (logs / "hp.json").write_text('{"lr": 0.5}')
    monkeypatch.chdir(logs / "runs")
    assert run("audit", "--config", "../mldebug.toml", "--all").status in (0, 1)
    assert names(document(logs, "a.json")) == ["first", "second"]
    assert document(logs, "a.json")["provenance"]["runs"][0]["config"] == {"lr": 0.5}
    assert names(document(logs, "b.json")) == ["first"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--run", "none"), "--run: none does not exist"),
        (("--run", ""), "--run: the path is empty"),
        (
            ("--run", "train.csv"),
            "has no column step, epoch or iteration among its columns ('x', 'y')",
        ),
        (("--run", "empty"), "--run: empty holds no log of a run that mldebug knows"),
        (("--run", "runs", "--run-config", "none.json"), "--run-config: none.json does not exist"),
        (("--run", "runs", "--run-config", "runs"), "--run-config: runs is a folder"),
        (("--run", "runs", "--run-config", "train.csv"), "--run-config: train.csv must be a JSON"),
        (
            ("--run", "runs", "--run-config", "laughs.yaml"),
            "--run-config: the aliases of laughs.yaml",
        ),
        (("train.csv", "--run-config", "hp.json"), "--run-config: there is no run to configure"),
        (("--run", "runs", "--all"), "leave --run out, or --all"),
        (("--run", "runs", "--name", "a"), "leave --run out, or --name"),
        (
            ("--run", "runs", "--eval", "train.csv"),
            "--eval: an evaluation table needs the training",
        ),
    ],
)
def test_what_is_wrong_is_one_line_and_status_2(run, logs, arguments, sentence):
    (logs / "empty").mkdir()
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
    )
    (logs / "laughs.yaml").write_text(laughs)
    ran = run("audit", *arguments)
    assert ran.status == 2
    assert sentence in ran.complaint


@pytest.mark.parametrize("wrong", ["3", "[]", "[3]", '""'])
def test_a_configured_run_that_is_no_path(run, logs, wrong):
    (logs / "mldebug.toml").write_text(f"[audits.a]\nrun = {wrong}\n")
    ran = run("audit")
    assert ran.status == 2
    assert "[audits.a]" in ran.complaint
    assert "run must be" in ran.complaint


def test_outputs_never_overwrite_a_log(run, logs):
    (logs / "history.json").write_text('{"loss": [2, 1, 0.5], "val_loss": [2, 1.5, 1]}')
    before = (logs / "history.json").read_text()
    ran = run("audit", "--run", "history.json", "--json", "history.json")
    assert ran.status == 2
    assert "is read as --run" in ran.complaint
    (logs / "runs" / "first" / "args.json").write_text("{}")
    assert (
        "is read as --run"
        in run("audit", "--run", "runs", "--json", "runs/first/args.json").complaint
    )
    (logs / "hp.json").write_text("{}")
    ran = run("audit", "--run", "runs", "--run-config", "hp.json", "--json", "hp.json")
    assert "is read as --run-config" in ran.complaint
    assert (logs / "history.json").read_text() == before


def test_a_report_in_the_folder_of_the_runs_can_be_written_again(run, logs):
    for _ in range(2):
        ran = run(
            "audit", "--run", "runs", "--json", "runs/diagnosis.json", "--report", "runs/r.html"
        )
        assert ran.status in (0, 1), ran.err
    assert names(document(logs, "runs/diagnosis.json")) == ["first", "second"]


@pytest.mark.usefixtures("logs")
def test_progress_names_what_is_read(run, monkeypatch):
    from mldebug.cli import console

    said = []
    told = console.Progress.__init__
    monkeypatch.setattr(
        console.Progress,
        "__init__",
        lambda self, text, *rest: (said.append(text), told(self, text, *rest))[1],
    )
    run("audit", "--run", "runs/first")
    run("audit", "train.csv", "--run", "runs")
    assert said == ["reading runs/first", "reading train.csv, runs"]


@pytest.mark.skipif(sys.platform != "linux", reason="its peak is read from /proc")
def test_ten_million_points_take_less_than_500_mb(tmp_path):
    """On an idle machine of two cores it also takes less than 20 seconds, which no test can hold."""
    count = 10_000_000
    noise = np.random.default_rng(0).normal(0, 0.05, count).astype(np.float32)
    losses = (2 / np.sqrt(1 + np.arange(count, dtype=np.float32) / 1e5) + 0.3) * np.exp(noise)
    log = tmp_path / "long.csv"
    table = pa.table({"step": np.arange(count), "train_loss": losses})
    pa_csv.write_csv(table, log)
    told = tmp_path / "told.json"
    # Not ru_maxrss: of a process that was started by another, it begins with the other's peak.
    code = (
        "import sys; from mldebug.cli import main; status = main(sys.argv[1:]); "
        "peak = [line for line in open('/proc/self/status') if line.startswith('VmHWM')]; "
        "print(int(peak[0].split()[1]) * 1024, file=sys.stderr); sys.exit(status)"
    )
    words = ["audit", "--run", str(log), "--json", str(told), "--report", str(tmp_path / "r.html")]
    ran = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stderr.split()[-1]) < 500_000_000
    outcomes = json.loads(told.read_text(encoding="utf-8"))["outcomes"]
    assert outcomes["FT812"]["state"] == "passed"
    assert not [code for code, one in outcomes.items() if one["state"] == "failed"]
