"""What is audited: the command line laid over the configuration."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from cli_audits import diagnosis_with

WHOLE = """
select = ["labels"]
ignore = [{code = "LB204", reason = "known"}]
[rules.LK401]
above = {warning = 0.5}
[audits.a]
train = "data/a.csv"
eval = 0.25
target = "y"
kind = {x = "text"}
seed = 3
redact = true
json = "a.json"
"""


def called(audits):
    """The arguments of the one call, without those that every call has."""
    (given,) = audits.calls
    return {key: value for key, value in given.items() if key not in ("progress", "command")}


def test_every_option_of_the_command_line(run, audits):
    arguments = [
        *("audit", "t.csv", "--eval", "e.csv", "--split-column", "fold", "--reference", "r.csv"),
        *("--target", "y", "--task", "regression", "--kind", "a=text", "--kind", "b=c=id"),
        *("--time", "when", "--id", "key", "--groups", "who", "--cv", "groups:5"),
        *("--predictions", "p.npy", "--select", "LK, labels", "--ignore", "LB204"),
        *("--device", "cpu", "--seed", "5", "--redact"),
    ]
    assert run(*arguments).status == 0
    assert called(audits) == {
        "train": Path("t.csv"),
        "eval": Path("e.csv"),
        "split_column": "fold",
        "reference": Path("r.csv"),
        "target": "y",
        "task": "regression",
        "kinds": {"a": "text", "b=c": "id"},
        "time": "when",
        "id": "key",
        "groups": "who",
        "cv": "groups:5",
        "predictions": Path("p.npy"),
        "select": ["LK", "labels"],
        "ignore": {"LB204": "on the command line"},
        "rules": {},
        "device": "cpu",
        "seed": 5,
        "redact": True,
    }
    assert shlex.split(audits.calls[0]["command"]) == ["mldebug", *arguments]


def test_what_is_not_given_is_left_to_the_function(run, audits):
    run("audit", "t.csv")
    assert called(audits) == {"train": Path("t.csv"), "ignore": {}, "rules": {}}


def test_a_share_is_a_number(run, audits):
    run("audit", "t.csv", "--eval", "0.2")
    assert called(audits)["eval"] == 0.2


def test_a_table_on_the_command_line_takes_the_rules_of_the_configuration(run, audits, folder):
    (folder / "mldebug.toml").write_text(WHOLE)
    run("audit", "t.csv", "--ignore", "LB207")
    assert called(audits) == {
        "train": Path("t.csv"),
        "select": ("labels",),
        "ignore": {"LB204": "known", "LB207": "on the command line"},
        "rules": {"LK401": {"above": {"warning": 0.5}}},
    }


def test_the_one_configured_audit_is_run_and_the_command_line_wins(run, audits, folder):
    (folder / "mldebug.toml").write_text(WHOLE)
    options = ["--eval", "e.csv", "--seed", "9", "--select", "LK", "--json", "mine.json"]
    ran = run("audit", *options)
    assert called(audits) == {
        "train": Path("data/a.csv"),
        "eval": Path("e.csv"),
        "target": "y",
        "kinds": {"x": "text"},
        "seed": 9,
        "redact": True,
        "select": ["LK"],
        "ignore": {"LB204": "known"},
        "rules": {"LK401": {"above": {"warning": 0.5}}},
    }
    assert (folder / "mine.json").exists()
    assert not (folder / "a.json").exists()
    assert "mine.json" in ran.out


def test_paths_are_relative_to_the_configuration(run, audits, folder):
    below = folder / "below"
    below.mkdir()
    (below / "ci.toml").write_text(WHOLE)
    run("audit", "--config", "below/ci.toml")
    assert called(audits)["train"] == Path("below/data/a.csv")
    assert (below / "a.json").exists()


def test_only_the_working_folder_is_looked_at(run, folder, monkeypatch):
    (folder / "mldebug.toml").write_text(WHOLE)
    below = folder / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert run("audit").status == 2


@pytest.mark.parametrize(("options", "ran"), [(["--all"], "ab"), (["--name", "b"], "b")])
def test_audits_by_name(run, audits, folder, options, ran):
    names = {name: f'[audits.{name}]\ntrain = "{name}"\n' for name in "ab"}
    (folder / "mldebug.toml").write_text("".join(names.values()))
    assert run("audit", *options).status == 0
    assert [call["train"].name for call in audits.calls] == list(ran)


def test_a_remark_of_the_configuration_is_told_and_kept(run, audits, folder):
    entry = '{code = "LB204", reason = "known", expires = 2001-01-01}'
    (folder / "mldebug.toml").write_text(f"ignore = [{entry}]\n")
    audits.diagnosis = diagnosis_with()
    ran = run("audit", "t.csv", "--json", "out.json")
    assert "ignoring LB204 ended on 2001-01-01; it counts again" in ran.complaint
    assert "ended on 2001-01-01" in (folder / "out.json").read_text()
    assert called(audits)["ignore"] == {}
