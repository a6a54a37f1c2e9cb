"""Fixtures that run the real audit: one for input that is refused, one for a diagnosis."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from bad_tables import ESCAPE, OUTPUTS, OVERRIDE, outputs, refuse_constant

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "reports" / "diagnosis.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def refusal(run, folder):
    """Audit; return the one sentence that refuses the input, with nothing written."""

    def told(*arguments):
        before = sorted(folder.rglob("*"))
        ran = run("audit", *arguments, *outputs(arguments))
        assert ran.status == 2
        assert not ran.out
        assert "fault of mldebug" not in ran.complaint
        assert ESCAPE not in ran.err
        assert OVERRIDE not in ran.err
        assert sorted(folder.rglob("*")) == before
        return ran.complaint

    return told


@pytest.fixture
def diagnosis(run, folder):
    """Audit with every rule; return the diagnosis that was saved, the report beside it."""
    jsonschema = pytest.importorskip("jsonschema")

    def told(*arguments):
        for name in OUTPUTS:
            (folder / name).unlink(missing_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ran = run("audit", *arguments, *outputs(arguments))
        assert ran.status in (0, 1)
        assert not ran.err
        assert not {ESCAPE, OVERRIDE, "\x07"} & set(ran.out)
        document = json.loads((folder / "out.json").read_text(), parse_constant=refuse_constant)
        jsonschema.validate(document, SCHEMA)
        failed = {
            code: one for code, one in document["outcomes"].items() if one["state"] == "failed"
        }
        assert not failed
        assert "</html>" in (folder / "out.html").read_text()
        return document

    return told
