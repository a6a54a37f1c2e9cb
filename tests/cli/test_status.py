"""The exit status: 2 before 1 before 3 before 0, and 130 where it was interrupted."""

from __future__ import annotations

import json

import pytest
from cli_audits import diagnosis_with

from mldebug.errors import InputError

STATUSES = [
    ([], {}, None, 0),
    (["error"], {}, None, 1),
    (["warning", "note"], {}, None, 0),
    (["warning"], {}, "warning", 1),
    (["note"], {}, "warning", 0),
    (["note"], {}, "note", 1),
    (["error"], {}, "note", 1),
    (["error"], {}, "never", 0),
    ([], {"failed": True}, None, 3),
    (["warning"], {"failed": True}, None, 3),
    (["error"], {"failed": True}, None, 1),
    (["error"], {"failed": True}, "never", 3),
    ([], {"interrupted": True}, None, 130),
    (["error"], {"interrupted": True, "failed": True}, None, 130),
]


@pytest.mark.parametrize("given", STATUSES)
def test_status_of_a_diagnosis(run, audits, given):
    severities, more, fail_on, status = given
    audits.diagnosis = diagnosis_with(*severities, **more)
    options = ["--fail-on", fail_on] if fail_on else []
    assert run("audit", "train.csv", *options).status == status


@pytest.mark.parametrize("given", STATUSES)
def test_status_by_the_configuration(run, audits, folder, given):
    severities, more, fail_on, status = given
    audits.diagnosis = diagnosis_with(*severities, **more)
    content = f'fail-on = "{fail_on}"\n' if fail_on else ""
    (folder / "mldebug.toml").write_text(content + '[audits.a]\ntrain = "train.csv"\n')
    assert run("audit").status == status


def test_unreadable_input_is_2_whatever_was_found_before(run, audits, folder):
    (folder / "mldebug.toml").write_text(
        '[audits.a]\ntrain = "a.csv"\njson = "a.json"\n[audits.b]\ntrain = "b.csv"\n'
    )
    audits.by_train = {
        "a.csv": diagnosis_with("error"),
        "b.csv": InputError("TRAIN: b.csv is a picture"),
    }
    ran = run("audit", "--all", "--fail-on", "never")
    assert ran.status == 2
    assert ran.complaint == "[audits.b]: TRAIN: b.csv is a picture"
    assert not (folder / "a.json").exists()


def test_all_audits_together_have_the_worst_status(run, audits, folder):
    (folder / "mldebug.toml").write_text(
        '[audits.a]\ntrain = "a.csv"\nfail-on = "never"\n[audits.b]\ntrain = "b.csv"\n'
    )
    audits.diagnosis = diagnosis_with("error", failed=True)
    ran = run("audit", "--all")
    assert ran.status == 1
    assert "a" in ran.out
    audits.diagnosis = diagnosis_with("warning", failed=True)
    assert run("audit", "--all").status == 3


def test_interrupted_while_measuring_outputs_are_written(run, audits, folder):
    audits.diagnosis = diagnosis_with("error", interrupted=True)
    ran = run("audit", "train.csv", "--json", "out.json")
    assert ran.status == 130
    assert "interrupted" in ran.complaint
    assert json.loads((folder / "out.json").read_text())["provenance"]["interrupted"]
    assert "LK401" in ran.out


def test_interrupted_between_audits_the_rest_is_left_out(run, audits, folder):
    (folder / "mldebug.toml").write_text(
        '[audits.a]\ntrain = "a.csv"\n[audits.b]\ntrain = "b.csv"\n'
    )
    audits.diagnosis = diagnosis_with(interrupted=True)
    assert run("audit", "--all").status == 130
    assert [call["train"].name for call in audits.calls] == ["a.csv"]


def test_interrupted_while_reading_nothing_is_written(run, audits, folder):
    audits.diagnosis = KeyboardInterrupt()
    ran = run("audit", "train.csv", "--json", "out.json")
    assert ran.status == 130
    assert ran.complaint == "interrupted; nothing was written"
    assert not ran.out
    assert not list(folder.iterdir())


def test_judge_has_the_statuses_too(run, audits, folder):
    (folder / "mldebug.toml").write_text("[rules.LK401]\nabove = {warning = 0.05}\n")
    audits.diagnosis = diagnosis_with("error")
    assert run("audit", "train.csv", "--json", "old.json").status == 1
    ran = run("judge", "old.json", "--json", "new.json")
    assert ran.status == 0
    assert run("judge", "old.json", "--fail-on", "warning").status == 1
    (finding,) = json.loads((folder / "new.json").read_text())["findings"]
    assert finding["severity"] == "warning"
    (folder / "mldebug.toml").unlink()
    assert run("judge", "old.json").status == 1


def judged(run, folder, *options):
    """The exit status of judging ``old.json``, and the new outcome of LK401."""
    ran = run("judge", "old.json", "--json", "new.json", *options)
    told = json.loads((folder / "new.json").read_text())
    one = told["outcomes"]["LK401"]
    assert len(told["findings"]) == (one["state"] == "found")
    return ran.status, one["state"], one["reason"]


def test_judge_takes_the_selection_of_the_command_line(run, audits, folder):
    audits.diagnosis = diagnosis_with("error")
    run("audit", "train.csv", "--json", "old.json")
    found = (1, "found", "found")
    assert judged(run, folder) == found
    assert judged(run, folder, "--select", "leakage") == found
    assert judged(run, folder, "--ignore", "DA") == found
    assert judged(run, folder, "--select", "DA") == (0, "muted", "not selected")
    ignored = (0, "muted", "ignored: on the command line")
    assert judged(run, folder, "--ignore", "LK401") == ignored
    assert judged(run, folder, "--select", "LK", "--ignore", "LK401") == ignored


def test_judge_takes_the_selection_of_the_configuration(run, audits, folder):
    audits.diagnosis = diagnosis_with("error")
    run("audit", "train.csv", "--json", "old.json")
    ignore = 'ignore = [{code = "LK401", reason = "ticket 7"}]\n'
    (folder / "mldebug.toml").write_text(ignore)
    assert judged(run, folder) == (0, "muted", "ignored: ticket 7")
    assert judged(run, folder, "--select", "LK401") == (0, "muted", "ignored: ticket 7")
    (folder / "mldebug.toml").write_text('select = ["DA"]\n')
    assert judged(run, folder) == (0, "muted", "not selected")
    assert judged(run, folder, "--select", "LK") == (1, "found", "found")
    (folder / "mldebug.toml").unlink()
    (folder / "own.toml").write_text(ignore + "[rules.LK401]\nabove = {warning = 0.05}\n")
    assert judged(run, folder, "--config", "own.toml") == (0, "muted", "ignored: ticket 7")
    (folder / "own.toml").write_text("[rules.LK401]\nabove = {warning = 0.05}\n")
    options = ("--config", "own.toml", "--select", "LK")
    assert judged(run, folder, *options, "--fail-on", "warning") == found_at(1)
    assert judged(run, folder, *options) == found_at(0)


def found_at(status):
    return status, "found", "found"


def test_judge_tells_that_an_exception_has_expired(run, audits, folder):
    audits.diagnosis = diagnosis_with("error")
    run("audit", "train.csv", "--json", "old.json")
    entry = '{code = "LK401", reason = "known", expires = 2001-01-01}'
    (folder / "mldebug.toml").write_text(f"ignore = [{entry}]\n")
    ran = run("judge", "old.json")
    assert ran.status == 1
    assert "ignoring LK401 ended on 2001-01-01" in ran.complaint


def test_judge_refuses_codes_that_there_are_not(run, folder):
    (folder / "old.json").write_text("{}")
    for option in ("--select", "--ignore"):
        ran = run("judge", "old.json", option, "LK999")
        assert ran.status == 2
        assert f"{option}: 'LK999' names no rule" in ran.complaint


def test_an_unexpected_error_is_one_line_and_2(run, audits, folder):
    audits.diagnosis = ZeroDivisionError("division by\nzero")
    ran = run("audit", "train.csv", "--json", "out.json")
    assert ran.status == 2
    assert ran.complaint.startswith(
        "this is a fault of mldebug, please report it: ZeroDivisionError: division by\\nzero in "
    )
    assert "MLDEBUG_DEBUG=1" in ran.complaint
    assert not list(folder.iterdir())


def test_the_traceback_is_there_for_who_asks(folder, audits, monkeypatch, capsys):
    from mldebug.cli import main

    del folder
    audits.diagnosis = ZeroDivisionError("division by zero")
    monkeypatch.setenv("MLDEBUG_DEBUG", "1")
    assert main(["audit", "train.csv"]) == 2
    assert "Traceback" in capsys.readouterr().err
