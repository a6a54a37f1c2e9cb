"""``mldebug demo``."""

from __future__ import annotations


def demo() -> int:
    """Audit a real data set, first as it is and then with faults planted."""
    raise NotImplementedError
