import sys
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

pytest_plugins = ["array_namespaces", "pytester"]

settings.register_profile("same every time", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("same every time")


@pytest.fixture(autouse=True)
def one_piece_at_a_time(monkeypatch):
    """Run checkers in turn: side by side their warnings are silenced, which here are errors."""
    import mldebug.measure

    monkeypatch.setattr(mldebug.measure, "threads", lambda: 1)
