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
from dataclasses import dataclass, field, replace
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
MOST_TOLD = 5
"""Logs in a folder that cannot be read, each told in a sentence of its own."""


def runs(given: Any, config: Any = None) -> tuple[Run, ...]:
    """The runs that ``--run`` names.

    Parameters
    ----------
    given : path, Run, History, mapping, frame, fitted estimator, or a list of these
        A file or folder of any tool that a reader here recognises; a folder of these; what Keras's
        ``fit`` returns or its ``history``; a mapping of names to values; a list of records; a frame
        with a step column; an estimator that remembers its curves.
    config : path or mapping, optional
        Hyperparameters that are laid over the configuration of every run: a JSON, YAML or TOML
        file, or a mapping.

    Returns
    -------
    tuple of Run
        Their names are unique.

    Raises
    ------
    InputError
        Nothing is there, nothing recognises it, or it cannot be read.
    """
    from mldebug.adapters.runs.naming import merged
    from mldebug.adapters.runs.objects import is_records

    several = given if isinstance(given, list | tuple) and not is_records(given) else [given]
    found = [run for one in several for run in _runs_of(one)]
    if not found:
        raise InputError("--run: no run was given; name the file or folder of one")
    if config is not None:
        settings, remarks = _settings(config)
        found = list(merged(found, settings))
        found[0] = replace(found[0], remarks=(*found[0].remarks, *remarks))
    return _unique(found)


def _settings(config: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    from mldebug.adapters.runs.documents import settings_at

    if isinstance(config, Mapping):
        return dict(config), ()
    if not isinstance(config, str | Path):
        raise InputError(
            "--run-config: hyperparameters are a mapping or the path of a JSON, YAML or TOML file, "
            f"not of type {type(config).__name__}"
        )
    path = Path(config)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"--run-config: {path} {what}; give a JSON, YAML or TOML file of settings")
    return settings_at(path)


def _runs_of(given: Any) -> Iterator[Run]:
    from mldebug.adapters.runs.naming import run_of

    if isinstance(given, Run):
        yield given
    elif isinstance(given, str | Path):
        search = _Search(readers())
        found = [run_of(one) for one in search.logged_at(Path(given))]
        if search.complaints and found:
            found[0] = replace(found[0], remarks=(*found[0].remarks, *search.told()))
        yield from found
    else:
        from mldebug.adapters.runs.objects import logged_objects

        yield from map(run_of, logged_objects(given))


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


@dataclass(slots=True)
class _Search:
    """A search for logs; a folder's search goes on after one that cannot be read."""

    known: list[ModuleType]
    complaints: list[str] = field(default_factory=list)

    def logged_at(self, path: Path) -> Iterator[Logged]:
        """The runs at a path: a log, or a folder of logs."""
        if not path.exists():
            what = "is a link that leads nowhere" if path.is_symlink() else "does not exist"
            raise InputError(f"--run: {path} {what}; give the file or folder of a logged run")
        reader = self._reader(path)
        if reader is not None:
            yield from _guarded(reader, path)
            return
        if not path.is_dir():
            raise InputError(f"--run: {path} {_refusal(path)}")
        count = 0
        for inside in self._walked(path):
            count += 1
            if count > MOST_RUNS:
                raise InputError(
                    f"--run: {path} holds more than {MOST_RUNS:,} runs; name a folder in it"
                )
            yield inside
        if not count and self.complaints:
            raise InputError(self.complaints[0])
        if not count:
            raise InputError(
                f"--run: {path} holds no log of a run that mldebug knows; give the file or folder of "
                "a tracker, or a CSV file with a column step or epoch"
            )

    def told(self) -> list[str]:
        """A sentence for each log that could not be read, or for several of them."""
        said = [one.removeprefix("--run: ") for one in self.complaints]
        if len(said) <= MOST_TOLD:
            return [f"left out: {one}" for one in said]
        more = f"left out: {len(said) - MOST_TOLD:,} more logs that cannot be read"
        return [*(f"left out: {one}" for one in said[:MOST_TOLD]), more]

    def _reader(self, path: Path) -> ModuleType | None:
        for reader in self.known:
            try:
                if reader.recognises(path):
                    return reader
            except OSError:  # closed to this user: nobody can tell what it is
                continue
        return None

    def _walked(self, folder: Path, depth: int = 0) -> Iterator[Logged]:
        """The runs in a folder that is none itself, in the order of their paths."""
        try:
            inside = sorted(folder.iterdir())
        except OSError as error:
            why = f"--run: the folder {folder} cannot be read: {(error.strerror or '').lower()}"
            if depth == 0:
                raise InputError(why) from error
            self.complaints.append(why)
            return
        for path in inside:
            if path.name.startswith(".") or (path.is_symlink() and path.is_dir()):
                continue
            reader = self._reader(path)
            if reader is not None:
                try:
                    yield from list(_guarded(reader, path))
                except InputError as error:
                    self.complaints.append(str(error))
            elif path.is_dir() and depth < DEEPEST:
                yield from self._walked(path, depth + 1)


def _guarded(reader: ModuleType, path: Path) -> Iterator[Logged]:
    """What a reader yields; whatever it stumbles over in a foreign file is one sentence."""
    try:
        found: Iterable[Logged] = reader.logged(path)
        empty = True
        for one in found:
            empty = False
            yield one
    except InputError:
        raise
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError(f"--run: {path} cannot be read: {why}") from error
    except Exception as error:
        form = reader.__name__.rpartition(".")[2]
        first = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise InputError(
            f"--run: {path} looks like a log in the form {form!r} but cannot be read: {first}"
        ) from error
    if empty:
        raise InputError(f"--run: {path} holds no series of numbers; nothing was logged in it")


def _refusal(path: Path) -> str:
    """Why a file that no reader recognises is no log."""
    from mldebug.adapters.runs.tabular import refusal

    if path.is_file() and not path.stat().st_size:
        return "is empty; a log of a run holds at least one point"
    return refusal(path) or (
        "is no log of a run that mldebug knows; give the file or folder of a tracker, or a CSV file "
        "with a column step or epoch"
    )


def _unique(found: list[Run]) -> tuple[Run, ...]:
    """The runs, those of one name told apart by where they were read, or by a number."""
    counts = Counter(run.name for run in found)
    found = [
        replace(run, name=f"{run.name} ({run.source})") if counts[run.name] > 1 else run
        for run in found
    ]
    counts, seen = Counter(run.name for run in found), Counter[str]()
    renamed = []
    for run in found:
        seen[run.name] += 1
        again = counts[run.name] > 1
        renamed.append(replace(run, name=f"{run.name} #{seen[run.name]}") if again else run)
    return tuple(renamed)


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
