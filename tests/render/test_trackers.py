"""A diagnosis written back into trackers: what they are told, and what the real ones then hold."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pandas as pd
import pytest

import mldebug
from mldebug.adapters.runs import runs
from mldebug.errors import InputError
from mldebug.render import trackers
from tests.tracker_logs import by_library

FOUND = {
    "findings": [
        {"code": "LK401", "severity": "warning"},
        {"code": "LK401", "severity": "error"},
        {"code": "DA1\u202e <b>", "severity": "note"},
    ]
}
AUDIT = """
import pandas as pd, mldebug
a = [(k * 37 % 199) * 1.5 for k in range(300)]
train = pd.DataFrame({'a': a, 'b': [k**0.5 for k in range(300)], 'y': [0, 1, 0] * 100})
diagnosis = mldebug.audit(train, eval=train, target='y')
json.dump(mldebug.render.trackers.severities(diagnosis.to_dict()), open('told.json', 'w'))
"""
IMPORT = "import mldebug.render.trackers\n"


class Recorder:
    """A ``Live`` that records what it is told."""

    def __init__(self, folder):
        self.dir, self.told, self.summaries = str(folder), {}, 0

    def log_metric(self, name, val, *, plot=True):
        assert not plot
        self.told[name] = val

    def make_summary(self):
        self.summaries += 1


def diagnosis():
    train = pd.DataFrame({"a": [1.5, 2.5, 3.5] * 20, "y": [0, 1, 0] * 20})
    return mldebug.audit(train, target="y", select="LK401,DA101")


def test_keys_are_plain_and_hold_the_worst_severity():
    assert trackers.severities(FOUND) == {"mldebug.DA1___b_": "note", "mldebug.LK401": "error"}


def test_counts():
    assert trackers.counts(FOUND) == {
        "mldebug/errors": 1,
        "mldebug/warnings": 1,
        "mldebug/notes": 1,
    }


def test_a_live_is_told_severities_and_counts_and_its_folder_gets_the_report(tmp_path):
    live = Recorder(tmp_path / "live")
    told = diagnosis()
    told.log_to_dvclive(live)
    document = told.to_dict()
    assert live.told == {**trackers.counts(document), **trackers.severities(document)}
    assert live.summaries == 1
    assert "<html" in (tmp_path / "live" / "mldebug.html").read_text(encoding="utf-8")


def test_what_is_no_run_is_refused():
    told = diagnosis()
    with pytest.raises(InputError, match=r"dvclive\.Live is needed, not str"):
        told.log_to_dvclive("x")
    with pytest.raises(InputError, match=r"wandb\.init returned is needed, not SimpleNamespace"):
        told.log_to_wandb(SimpleNamespace())


def test_mlflow_holds_it(tmp_path):
    script = """
import mlflow
mlflow.set_tracking_uri('sqlite:///mlflow.db')
with mlflow.start_run() as run:
    mlflow.log_metric('loss', 1.0, step=1)
diagnosis.log_to_mlflow(run)
diagnosis.log_to_mlflow(run.info.run_id)
held = mlflow.get_run(run.info.run_id).data
json.dump([held.tags, held.metrics], open('held.json', 'w'))
"""
    by_library("mlflow", IMPORT + AUDIT + script, tmp_path)
    tags, metrics = json.loads((tmp_path / "held.json").read_text())
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["mldebug.LK401"] == "error"
    assert {key: one for key, one in tags.items() if key.startswith("mldebug.")} == told
    assert metrics["mldebug/errors"] >= 1
    (read,) = runs(tmp_path / "mlflow.db")
    assert read.record["artifacts"] == ("mldebug.html",)


def test_wandb_holds_it(tmp_path):
    script = """
import wandb
run = wandb.init(project='p', dir='.')
run.log({'loss': 1.0})
diagnosis.log_to_wandb(run)
json.dump([list(run.tags), {key: run.summary[key] for key in run.summary.keys()}],
    open('held.json', 'w'), default=str)
run.finish()
"""
    by_library("wandb", IMPORT + AUDIT + script, tmp_path)
    tags, summary = json.loads((tmp_path / "held.json").read_text())
    told = json.loads((tmp_path / "told.json").read_text())
    assert tags == list(told)
    assert {key: summary[key] for key in told} == told
    assert summary["mldebug/errors"] >= 1
    (read,) = runs(tmp_path / "wandb")
    assert any(one.startswith("mldebug-") for one in read.record["artifacts"])


def test_dvclive_holds_it(tmp_path):
    script = """
from dvclive import Live
with Live('live', save_dvc_exp=False, dvcyaml=None) as live:
    live.log_metric('loss', 1.0)
    live.next_step()
diagnosis.log_to_dvclive(live)
"""
    by_library("dvclive", IMPORT + AUDIT + script, tmp_path)
    held = json.loads((tmp_path / "live" / "metrics.json").read_text())
    told = json.loads((tmp_path / "told.json").read_text())
    assert {key: held[key] for key in told} == told
    assert held["mldebug"]["errors"] >= 1
    assert (tmp_path / "live" / "mldebug.html").stat().st_size > 10_000
    assert [one.name for one in runs(tmp_path / "live")[0].series] == ["loss"]
