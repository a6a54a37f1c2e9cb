"""mldebug finds why a model fails: its assumptions, implementation, hyperparameters, data, features.

Everything is loaded when it is first used: ``import mldebug`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mldebug.audit import audit, judge
    from mldebug.diagnosis import AuditError, Diagnosis
    from mldebug.errors import InputError

_HOMES = {
    "audit": "mldebug.audit",
    "judge": "mldebug.audit",
    "AuditError": "mldebug.diagnosis",
    "Diagnosis": "mldebug.diagnosis",
    "InputError": "mldebug.errors",
}
__all__ = ["AuditError", "Diagnosis", "InputError", "audit", "judge"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("mldebug.audit").mldebug_version()
    if name not in _HOMES:
        raise AttributeError(f"module 'mldebug' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, "__version__"])
