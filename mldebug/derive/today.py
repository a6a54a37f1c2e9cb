"""The moment at which the audit asks for it."""

from __future__ import annotations

from datetime import UTC, datetime

from mldebug.checker import derived


@derived()
def today() -> datetime:
    """Now, in UTC. An audit's `started` in the provenance is the same but for its seconds."""
    return datetime.now(UTC)
