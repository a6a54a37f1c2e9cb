"""``mldebug demo``."""

from __future__ import annotations


def demo() -> int:
    """Plant faults in a real data set and find them."""
    raise NotImplementedError
