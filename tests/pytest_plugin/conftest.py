from __future__ import annotations

import sys
from pathlib import Path

import pytest

import mldebug.audit  # noqa: F401  (so that it is loaded once for all sessions within)
from mldebug import pytest_items

sys.path.insert(0, str(Path(__file__).parent))

from plugin_projects import write_tables


@pytest.fixture(scope="session", autouse=True)
def _loaded(tmp_path_factory):
    """Whatever an audit loads: a session within drops what it was the first to load."""
    folder = tmp_path_factory.mktemp("loaded")
    write_tables(folder)
    diagnosis = pytest_items.audit(folder / "train.csv", folder / "test.csv", target="y")
    diagnosis.save(folder / "report.html")


@pytest.fixture
def project(pytester, monkeypatch):
    """A folder with tables to audit."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    write_tables(pytester.path)
    return pytester
