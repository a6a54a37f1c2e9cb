"""What the tests of the renderers share: golden files."""

import os
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden():
    """Compare a text with a file; with MLDEBUG_WRITE_GOLDEN set, write the file instead."""

    def compare(name, text):
        path = GOLDEN / name
        if os.environ.get("MLDEBUG_WRITE_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare
