"""mldebug finds why a model fails: its assumptions, code, hyperparameters, data or features.

Everything is loaded when it is first used: ``import mldebug`` costs next to nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what the properties below give
    from mldebug.audit import audit, judge
    from mldebug.diagnosis import AuditError, Diagnosis
    from mldebug.errors import InputError

__all__ = ["AuditError", "Diagnosis", "InputError", "audit", "judge"]


def _from(module: str, name: str) -> property:
    # Importing the submodule `mldebug.audit` sets the package's attribute of that name; the setter
    # passes over it, so that `mldebug.audit` is the function whatever was imported before.
    return property(lambda _: getattr(import_module(module), name), lambda _, __: None)


class _Package(ModuleType):
    audit: Any = _from("mldebug.audit", "audit")
    judge: Any = _from("mldebug.audit", "judge")
    AuditError: Any = _from("mldebug.diagnosis", "AuditError")
    Diagnosis: Any = _from("mldebug.diagnosis", "Diagnosis")
    InputError: Any = _from("mldebug.errors", "InputError")
    __version__: Any = property(lambda _: import_module("mldebug.audit").mldebug_version())


sys.modules[__name__].__class__ = _Package
