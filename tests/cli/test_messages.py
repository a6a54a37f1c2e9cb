"""Status 2: one line that says what was wrong and what would be right, and no file left behind."""

from __future__ import annotations

import json
import sys

import pytest
from cli_audits import diagnosis_with

CONFIGURATION = '[audits.a]\ntrain = "a.csv"\n[audits.b]\ntrain = "b.csv"\n'

USAGE = {
    ("adit",): ["no such command 'adit'", "'audit'", "`mldebug --help`"],
    ("audit", "t.csv", "--evla", "x"): ["no such option: --evla", "--eval", "audit --help"],
    ("audit", "t.csv", "more.csv"): ["unexpected extra argument", "more.csv"],
    ("audit", "t.csv", "--eval"): ["--eval", "requires an argument"],
    ("audit", "t.csv", "--target", "a", "--target=b"): ["--target is given 2 times; give it once"],
    ("judge", "d.json", "--json", "a.json", "--json", "b.json"): ["--json is given 2 times"],
    ("audit", "t.csv", "--seed", "x"): ["invalid value for '--seed'"],
    ("audit", "t.csv", "--seed", "-1"): ["invalid value for '--seed'"],
    ("audit", "t.csv", "--eval", "1.5"): ["--eval: a share of rows", "between 0 and 1, not 1.5"],
    ("audit", "t.csv", "--task", "regresion"): [
        "--task is one of classification, regression, not 'regresion'; the nearest is 'regression'"
    ],
    ("audit", "t.csv", "--kind", "zip"): ["--kind: 'zip' is not of the form COLUMN=KIND"],
    ("audit", "t.csv", "--kind", "zip=categry"): ["--kind: 'zip'", "the nearest is 'category'"],
    ("audit", "t.csv", "--device", "gpu"): ["--device is one of auto, cpu, cuda, not 'gpu'"],
    ("audit", "t.csv", "--fail-on", "fatal"): ["--fail-on is one of error, warning, note, never"],
    ("audit", "t.csv", "--select", "LK4O6"): ["--select: 'LK4O6' names no rule", "LK406"],
    ("audit", "t.csv", "--ignore", "QQ"): ["--ignore: 'QQ' names no rule or family"],
    ("audit", "t.csv", "--select", " , "): ["--select is empty", "LK401"],
    ("audit", "t.csv", "--config", "none.toml"): ["none.toml cannot be read", "no such file"],
    ("audit", "t.csv", "--all"): ["--all runs a configured audit; leave TRAIN out, or --all"],
    ("audit", "t.csv", "--name", "a"): ["--name runs a configured audit"],
    ("audit",): ["give the training table", "mldebug.toml"],
    ("audit", "--all"): ["--all runs configured audits", "no mldebug.toml in this folder"],
    ("audit", "--name", "a"): ["--name runs configured audits", "no mldebug.toml"],
    ("judge",): ["missing argument 'DIAGNOSIS", "judge --help"],
    ("judge", "none.json"): ["the diagnosis none.json cannot be read: no such file"],
    ("judge", "none.json", "--fail-on", "x"): ["--fail-on is one of"],
    ("rules", "--family", "leakge"): ["--family: there is no family 'leakge'", "'leakage'"],
    ("rules", "--markdown", "--json"): ["--markdown and --json exclude each other"],
    ("explain",): ["missing argument 'CODE'"],
    ("explain", "LK4O6"): ["there is no rule 'LK4O6'; the nearest is LK406"],
    ("explain", "shard-rows"): ["the nearest is shared-rows"],
    ("explain", "xyzzy"): ["there is no rule 'xyzzy'; `mldebug rules` lists them"],
    ("new", "leakage"): ["missing argument 'NAME'"],
    ("new", "leakge", "some-fault"): ["FAMILY: there is no family 'leakge'", "'leakage'"],
    ("new", "leakage", "Some_Fault"): ["NAME is at most 40 small letters", "not 'Some_Fault'"],
    ("new", "leakage", "x" * 41): ["NAME is at most 40"],
    ("new", "leakage", "class"): ["'class' is a word of Python itself"],
    ("new", "leakage", "shared-rows"): ["the name shared-rows is taken, by LK401"],
}


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_bad_usage(run, audits, folder, arguments):
    ran = run(*arguments)
    assert ran.status == 2
    assert not ran.out
    assert not audits.calls
    assert not list(folder.iterdir())
    for part in USAGE[arguments]:
        assert part in ran.complaint


CONFIGURED = {
    ("audit",): ["mldebug.toml has 2 audits (a, b)", "--name", "--all"],
    ("audit", "--name", "c"): ["--name: mldebug.toml has no audit 'c'", "there are a, b"],
    ("audit", "--all", "--report", "r.html"): ["--report names one file for 2 audits", "'report'"],
    ("audit", "--all", "--json", "r.json"): ["--json names one file for 2 audits", "'json'"],
}


@pytest.mark.parametrize("arguments", CONFIGURED, ids=" ".join)
def test_bad_usage_of_a_configuration(run, audits, folder, arguments):
    (folder / "mldebug.toml").write_text(CONFIGURATION)
    ran = run(*arguments)
    assert ran.status == 2
    assert not audits.calls
    for part in CONFIGURED[arguments]:
        assert part in ran.complaint


def test_a_configuration_without_audits_says_so(run, folder):
    (folder / "mldebug.toml").write_text('fail-on = "note"\n')
    assert "mldebug.toml has no [audits.NAME]" in run("audit").complaint
    assert "but mldebug.toml has no [audits.NAME]" in run("audit", "--all").complaint


def test_a_broken_configuration_is_named_with_its_line(run, audits, folder):
    (folder / "mldebug.toml").write_text("select = [\nfail-on = 'x'\n")
    for arguments in (["audit", "t.csv"], ["audit"], ["judge", "x.json"]):
        ran = run(*arguments)
        assert ran.status == 2
        assert ran.complaint.startswith("mldebug.toml cannot be read as TOML: ")
        assert "line 2" in ran.complaint
    assert not audits.calls


def outputs_that_are_refused(folder):
    (folder / "there").mkdir()
    (folder / "file").touch()
    (folder / "train.csv").write_text("a\n1\n")
    (folder / "train.json").write_text('{"a": 1}\n')
    (folder / "link.json").symlink_to("train.json")
    return {
        ("--report", "r.htm"): "--report: r.htm must be a name that ends in .html",
        ("--json", "r.html"): "--json: r.html must be a name that ends in .json",
        ("--report", "there"): "--report: there is a folder; name a file in it, such as there/",
        ("--report", "none/r.html"): "--report: none/r.html cannot be written, none does not exist",
        ("--report", "file/r.html"): "--report: file/r.html cannot be written, file is no folder",
        ("--json", "train.json"): "--json: train.json is read as TRAIN; name another file",
        ("--json", "there/../train.json"): "is read as TRAIN",
        ("--json", "link.json"): "--json: link.json is read as TRAIN",
        ("--eval", "e.json", "--json", "e.json"): "--json: e.json is read as --eval",
        ("--reference", "e.json", "--json", "e.json"): "--json: e.json is read as --reference",
    }


def test_outputs_are_tried_before_any_work(run, audits, folder):
    refused = outputs_that_are_refused(folder)
    before = sorted(folder.rglob("*"))
    for options, sentence in refused.items():
        ran = run("audit", "train.json", *options)
        assert ran.status == 2
        assert sentence in ran.complaint
    assert not audits.calls
    assert sorted(folder.rglob("*")) == before


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_folder_that_takes_no_files(run, audits):
    ran = run("audit", "t.csv", "--report", "/proc/r.html")
    assert ran.status == 2
    assert ran.complaint.startswith("--report: nothing can be written in the folder /proc: ")
    assert not audits.calls


def test_two_audits_may_not_write_one_file(run, audits, folder):
    more = 'json = "x/../out.json"\n[audits.b]\ntrain = "b.csv"\njson = "out.json"\n'
    (folder / "x").mkdir()
    (folder / "mldebug.toml").write_text('[audits.a]\ntrain = "a.csv"\n' + more)
    ran = run("audit", "--all")
    assert ran.status == 2
    assert ran.complaint.startswith("b: --json and a: --json both name out.json; ")
    assert not audits.calls


def test_the_configuration_is_not_written_over(run, folder):
    (folder / "conf.json").write_text("")
    ran = run("audit", "t.csv", "--config", "conf.json", "--json", "conf.json")
    assert ran.complaint == "--json: conf.json is read as the configuration; name another file"


def test_judge_does_not_write_over_what_it_reads(run, audits, folder):
    audits.diagnosis = diagnosis_with()
    run("audit", "t.csv", "--json", "old.json")
    before = (folder / "old.json").read_bytes()
    ran = run("judge", "old.json", "--json", "old.json")
    assert ran.complaint == "--json: old.json is read as DIAGNOSIS; name another file"
    assert (folder / "old.json").read_bytes() == before


NO_DIAGNOSES = {
    "": "it is no JSON",
    "{": "it is no JSON",
    "[1]": "is no diagnosis; `mldebug audit --json` writes one",
    "{}": "is no diagnosis; `mldebug audit --json` writes one",
    '{"schema": 2}': "schema 2",
    '{"schema": 1}': "no diagnosis that mldebug saved",
    '{"schema": 1, "outcomes": 3, "measurements": []}': "no diagnosis that mldebug saved",
    "[" * 100_000: "it is no JSON",
}


@pytest.mark.parametrize("content", NO_DIAGNOSES, ids=lambda content: content[:40] or "empty")
def test_judge_refuses_what_is_no_diagnosis(run, folder, content):
    (folder / "d.json").write_text(content)
    ran = run("judge", "d.json", "--json", "new.json")
    assert ran.status == 2
    assert NO_DIAGNOSES[content] in ran.complaint
    assert "d.json" in ran.complaint
    assert not (folder / "new.json").exists()


def test_bytes_that_are_no_text(run, folder):
    (folder / "d.json").write_bytes(b"\xff\xfe\x00")
    ran = run("judge", "d.json")
    assert ran.status == 2
    assert "d.json" in ran.complaint


def test_a_write_that_fails_leaves_no_output(run, audits, folder, monkeypatch):
    from mldebug import render

    real = render.write

    def write(document, path):
        if path.suffix == ".json":
            raise OSError(28, "No space left on device")
        path.write_text(json.dumps(document))
        return path

    monkeypatch.setattr(render, "write", write)
    ran = run("audit", "t.csv", "--report", "r.html", "--json", "r.json")
    assert ran.status == 2
    assert ran.complaint == "--json: r.json cannot be written: no space left on device"
    assert not list(folder.iterdir())
    assert audits.calls
    assert real is not write


def test_hostile_names_are_escaped(run, folder):
    name = "a\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}b\nc.csv"
    ran = run("audit", name, "--select", name)
    assert ran.status == 2
    assert "\x1b" not in ran.err
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in ran.err
    (folder / "mldebug.toml").write_text('"\\u001b[31m" = 1\n')
    assert "\x1b" not in run("audit").complaint
