"""Renderers: each takes the document that ``reports/diagnosis.schema.json`` describes."""

from __future__ import annotations

import contextlib
import importlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Thread
from typing import Any

from mldebug.errors import InputError


def _html(document: Mapping[str, Any]) -> str:
    from mldebug.render.html import page

    return page(document)


def _json(document: Mapping[str, Any]) -> str:
    from mldebug.render.json import text

    return text(document)


WRITERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {".html": _html, ".json": _json}
"""The text of a document by the ending of the file that it goes to."""

LOADED: Mapping[str, tuple[str, ...]] = {
    ".html": ("pyarrow.parquet", "matplotlib.figure", "mldebug.render.html")
}
"""What takes long to load, by the ending that it is for; first what reading the data waits for."""


def loading(paths: Iterable[Path]) -> Thread:
    """A thread, already at work, that loads what files of these endings are written with.

    Reading and measuring leave the interpreter to it for much of their time. The process does not
    end before it: half an import cannot be stopped.
    """

    def loaded() -> None:
        for ending in {path.suffix.lower() for path in paths}:
            for name in LOADED.get(ending, ()):
                # Whoever writes the file imports it again, and tells what is wrong.
                with contextlib.suppress(Exception):
                    importlib.import_module(name)

    thread = Thread(target=loaded, name="loading of the renderers")
    thread.start()
    return thread


def write(document: Mapping[str, Any], path: Path | str) -> Path:
    """Write the document in the form that the path's ending names.

    The text goes to a temporary file in the same folder that then takes the path's name, so that
    nobody meets half a file.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    InputError
        An ending that no renderer writes.
    OSError
        The path cannot be written.
    """
    path = Path(path)
    render = WRITERS.get(path.suffix.lower())
    if render is None:
        endings = ", ".join(WRITERS)
        raise InputError(f"{path} cannot be written: a report's name ends in one of {endings}")
    content = render(document).encode("utf-8", "backslashreplace")
    handle, temporary = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name[:40]}-", suffix=".part"
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        _as_usual(Path(temporary), path)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _as_usual(temporary: Path, path: Path) -> None:
    """Give a file the permissions that writing it in place would have left."""
    if path.exists():
        temporary.chmod(path.stat().st_mode & 0o777)
        return
    mask = os.umask(0)
    os.umask(mask)
    temporary.chmod(0o666 & ~mask)
