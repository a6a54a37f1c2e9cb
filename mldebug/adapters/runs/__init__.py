"""Runs that a tool recorded: one module a tool, each with ``recognises`` and ``logged``.

A module of this package that has the functions ``recognises(path) -> bool`` (looks at names and at
first bytes, never reads much) and ``logged(path) -> Iterator[Logged]`` is a reader. ``RANK`` orders
them: the more specific form has the lower number.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Run
from mldebug.errors import InputError

if TYPE_CHECKING:
    from types import ModuleType

    from mldebug.adapters.runs.logged import Logged

MOST_RUNS = 10_000
DEEPEST = 6
"""A folder of runs is searched to this depth; symbolic links to folders are not followed."""


def runs(given: Any) -> tuple[Run, ...]:
    """The runs that ``--run`` names.

    Parameters
    ----------
    given : path, Run, History, mapping, frame, or an iterable of these
        A file or folder of any tool that a reader here recognises; a folder of these; what Keras's
        ``fit`` returns or its ``history``; a mapping of names to values; a frame with a step column.

    Returns
    -------
    tuple of Run
        Their names are unique.

    Raises
    ------
    InputError
        Nothing is there, nothing recognises it, or it cannot be read.
    """
    several = given if isinstance(given, list | tuple) else [given]
    found = [run for one in several for run in _runs_of(one)]
    if not found:
        raise InputError("--run: no run was given; name the file or folder of one")
    return _unique(found)


def _runs_of(given: Any) -> Iterator[Run]:
    from mldebug.adapters.runs.naming import run_of

    if isinstance(given, Run):
        yield given
    elif isinstance(given, str | Path):
        for one in _logged_at(Path(given)):
            yield run_of(one)
    else:
        from mldebug.adapters.runs.objects import logged_object

        yield run_of(logged_object(given))


def readers() -> list[ModuleType]:
    """The readers, the most specific first."""
    found = [
        importlib.import_module(info.name)
        for info in pkgutil.iter_modules(__path__, __name__ + ".")
    ]
    return sorted(
        (one for one in found if hasattr(one, "recognises")),
        key=lambda one: (one.RANK, one.__name__),
    )


def _logged_at(path: Path) -> Iterator[Logged]:
    if not path.exists():
        raise InputError(f"--run: {path} does not exist")
    known = readers()
    read = _read(path, known)
    if read is not None:
        yield from read
        return
    if not path.is_dir():
        raise InputError(
            f"--run: {path} is no log of a run that mldebug knows; give the file or folder of a "
            "tracker, or a CSV file with a column step or epoch"
        )
    count = 0
    for inside in _walked(path, known):
        count += 1
        if count > MOST_RUNS:
            raise InputError(
                f"--run: {path} holds more than {MOST_RUNS:,} runs; name a folder in it"
            )
        yield inside
    if not count:
        raise InputError(f"--run: {path} holds no log of a run that mldebug knows")


def _read(path: Path, known: Iterable[ModuleType]) -> Iterator[Logged] | None:
    for reader in known:
        if reader.recognises(path):
            found: Iterator[Logged] = reader.logged(path)
            return found
    return None


def _walked(folder: Path, known: list[ModuleType], depth: int = 0) -> Iterator[Logged]:
    """The runs in a folder that is none itself, in the order of their paths."""
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"--run: the folder {folder} cannot be read: {error.strerror}") from error
    for path in inside:
        if path.name.startswith(".") or (path.is_symlink() and path.is_dir()):
            continue
        read = _read(path, known)
        if read is not None:
            yield from read
        elif path.is_dir() and depth < DEEPEST:
            yield from _walked(path, known, depth + 1)


def _unique(found: list[Run]) -> tuple[Run, ...]:
    """The runs, those of one name told apart by where they were read, or by a number."""
    for label in (lambda run: f"{run.name} ({run.source})", None):
        counts = Counter(run.name for run in found)
        if max(counts.values()) == 1:
            break
        if label is not None:
            found = [
                replace(run, name=label(run)) if counts[run.name] > 1 else run for run in found
            ]
        else:
            seen: Counter[str] = Counter()
            renamed = []
            for run in found:
                seen[run.name] += 1
                again = counts[run.name] > 1
                renamed.append(replace(run, name=f"{run.name} #{seen[run.name]}") if again else run)
            found = renamed
    return tuple(found)


def _strict(value: Any) -> Any:
    """A setting as strict JSON has it: what is not a finite number, as text."""
    unfit = isinstance(value, float) and not math.isfinite(value)
    return str(value) if unfit else value


def told(found: Iterable[Run]) -> list[Mapping[str, Any]]:
    """The runs as the provenance of a diagnosis names them."""
    return [
        {
            "name": run.name,
            "source": run.source,
            "tracker": run.tracker,
            "axis": run.axis,
            "series": [
                {
                    "name": one.name,
                    "metric": one.metric,
                    "role": one.role,
                    "split": one.split,
                    "direction": one.direction,
                    "points": len(one.values),
                }
                for one in run.series
            ],
            "config": {key: _strict(value) for key, value in run.config.items()},
            "remarks": list(run.remarks),
        }
        for run in found
    ]
