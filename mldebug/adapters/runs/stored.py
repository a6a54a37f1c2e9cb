"""The files that a tool stored with a run: their names alone, and which of them pin the environment."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from mldebug.adapters.runs.documents import PINNING

MOST_FILES = 1_000
DEEPEST = 6


def names_in(folder: Path) -> tuple[str, ...]:
    """The files in a folder by their paths in it, sorted; no symbolic link is followed."""
    if folder.is_symlink() or not folder.is_dir():
        return ()
    found: list[str] = []
    waiting = [(folder, "", 0)]
    while waiting and len(found) < MOST_FILES:
        here, before, depth = waiting.pop()
        try:
            with os.scandir(here) as inside:
                for one in sorted(inside, key=lambda entry: entry.name):
                    if one.is_dir(follow_symlinks=False):
                        if depth < DEEPEST:
                            waiting.append((Path(one.path), f"{before}{one.name}/", depth + 1))
                    elif one.is_file(follow_symlinks=False):
                        found.append(before + one.name)
        except OSError:
            continue
    return tuple(sorted(found[:MOST_FILES]))


def told(names: Iterable[str]) -> dict[str, Any]:
    """The entries ``artifacts`` and ``environment`` of a record, those that hold something."""
    files = tuple(names)
    pinning = tuple(one for one in files if PurePosixPath(one).name in PINNING)
    return {
        **({"artifacts": files} if files else {}),
        **({"environment": pinning} if pinning else {}),
    }
