"""Which files of tests make the cases of the proving ground, so that a change there is noticed."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def planted_makers(root: Path, file: Path) -> list[Path]:
    """A test file and the modules of tests that it imports, directly or through another.

    Imports within functions are not followed: so `tests.tables` names the clean cases, of which the
    planted ones are not made.
    """
    found: dict[Path, None] = {}
    waiting = [file]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            waiting += _imported(root, one)
    return sorted(found)


def clean_makers(root: Path) -> list[Path]:
    """All modules of tests that hold no tests: the clean cases are made of nearly all of them."""
    files = (root / "tests").glob("*.py")
    return sorted(one for one in files if not one.name.startswith(("test_", "conftest")))


@cache
def _statements(text: str) -> tuple[ast.stmt, ...]:
    return tuple(ast.parse(text).body)


def _imported(root: Path, file: Path) -> Iterator[Path]:
    for statement in _statements(file.read_text()):
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("tests."):
            named = (root / str(statement.module).replace(".", "/")).with_suffix(".py")
            if named.exists():
                yield named
