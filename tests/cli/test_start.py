"""What the command does before and while it reads."""

from __future__ import annotations

import gc

import pytest
from cli_audits import diagnosis_with

from mldebug.cli import NEW_OBJECTS, main
from mldebug.errors import InputError


@pytest.fixture
def loaded(monkeypatch):
    found = []
    monkeypatch.setattr("mldebug.render.loading", lambda paths: found.extend(map(str, paths)))
    return found


def test_renderers_are_loaded_while_a_file_that_is_there_is_read(run, audits, folder, loaded):
    audits.diagnosis = diagnosis_with()
    (folder / "train.csv").write_text("a\n1\n")
    assert run("audit", "train.csv", "--report", "r.html", "--json", "r.json").status == 0
    assert loaded == ["r.html", "r.json"]


def test_nothing_is_loaded_for_a_file_that_is_not_there(run, audits, loaded):
    audits.by_train = {"gone.csv": InputError("TRAIN: there is no file 'gone.csv'")}
    assert run("audit", "gone.csv", "--report", "r.html").status == 2
    assert not loaded


def test_garbage_is_sought_rarely_and_as_before_once_the_command_is_done(monkeypatch):
    before, during = gc.get_threshold(), []
    monkeypatch.setattr("mldebug.cli._run", lambda _: during.append(gc.get_threshold()) or 0)
    assert main(["rules"]) == 0
    assert during == [(NEW_OBJECTS, *before[1:])]
    assert gc.get_threshold() == before
