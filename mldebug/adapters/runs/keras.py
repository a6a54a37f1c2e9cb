"""Keras: the file of its ``CSVLogger``, and the ``history`` of ``fit`` as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from mldebug.adapters.runs.cells import log_of_columns
from mldebug.adapters.runs.delimited import delimited_log, header_of
from mldebug.adapters.runs.documents import head_of, json_at, name_of
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.rows import STEPS, runs_in
from mldebug.errors import InputError

RANK = 50
HISTORY = re.compile(rb'"(?:loss|val_[^"]{1,80})"\s*:\s*(?:\[|\{\s*"0"\s*:)')
BEGINNING = re.compile(rb'\s*\{\s*"(?:history"\s*:\s*\{\s*")?[^"]{1,80}"\s*:\s*(?:\[|\{\s*"0"\s*:)')
"""A name and its values as a list, or by number as pandas writes them."""


def recognises(path: Path) -> bool:
    """Whether it is a CSV that begins with epoch and has a loss by Keras's names, or a history."""
    if path.suffix == ".json":
        head = head_of(path)
        return bool(BEGINNING.match(head) and HISTORY.search(head))
    header = header_of(path)
    if header is None or header.names[0] != "epoch" or not header.lower.isdisjoint(STEPS):
        return False
    return "loss" in header.names and any(name.startswith("val_") for name in header.names)


def logged(path: Path) -> Iterator[Logged]:
    """The run; the points of a history without epochs are counted from 0."""
    about = Logged(name_of(path), str(path), "Keras", ())
    if path.suffix == ".json":
        held = json_at(path)
        held = held.get("history", held) if isinstance(held, Mapping) else held
        if not isinstance(held, Mapping):
            raise InputError(
                f"--run: {path} holds no history: names, each with its values by epoch"
            )
        listed = {
            str(name): list(values.values()) if isinstance(values, Mapping) else values
            for name, values in held.items()
        }
        yield from runs_in(log_of_columns(listed), about)
        return
    header = header_of(path)
    if header is None:
        raise InputError(f"--run: {path} has no header; its first line must name the columns")
    yield from runs_in(delimited_log(path, header), about)
