from __future__ import annotations

import sys
from pathlib import Path

import pytest

import mldebug.audit  # noqa: F401  (so that it can be replaced)
from mldebug.cli import main

sys.path.insert(0, str(Path(__file__).parent))

from cli_audits import Audits, Ran, diagnosis_with
from real_audits import diagnosis, refusal  # noqa: F401  (fixtures)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "MLDEBUG_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(folder, capsys):  # noqa: ARG001
    """Run the command in the working folder."""

    def ran(*arguments):
        status = main([str(one) for one in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Ran(status, captured.out, captured.err)

    return ran


@pytest.fixture
def audits(monkeypatch):
    """A stand-in for the audit; it finds nothing until it is told to."""
    stand_in = Audits(diagnosis_with())
    monkeypatch.setattr(sys.modules["mldebug.audit"], "audit", stand_in)
    return stand_in
