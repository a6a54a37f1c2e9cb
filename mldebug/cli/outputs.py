"""Output files: tried before any work, written after it, and none left behind by a failure."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

ENDINGS = {"--report": ".html", "--json": ".json"}
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Output:
    """A file to be written, and the option or key that names it."""

    option: str
    path: Path

    @property
    def ending(self) -> str:
        """What the name must end in."""
        return next(ending for option, ending in ENDINGS.items() if self.option.endswith(option))


def require_writable(outputs: Sequence[Output], inputs: Iterable[tuple[str, Path]]) -> None:
    """Try every output path, without leaving a trace.

    Parameters
    ----------
    outputs : sequence of Output
        All that will be written.
    inputs : iterable of tuple of str and Path
        What is read, each with the option that names it.

    Raises
    ------
    InputError
        A path that cannot be written, or that would be written over an input or another output.
    """
    read = list(inputs)
    for place, output in enumerate(outputs):
        _require_file(output)
        for option, path in read:
            if _same(output.path, path):
                raise InputError(
                    f"{output.option}: {output.path} is read as {option}; name another file"
                )
        for other in outputs[:place]:
            if _same(output.path, other.path):
                raise InputError(
                    f"{output.option} and {other.option} both name {output.path}; "
                    "give each a file of its own"
                )
        _require_folder(output)


def _require_file(output: Output) -> None:
    path = output.path
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise InputError(
            f"{output.option}: {str(path)[:LONGEST_SHOWN]} cannot be written: {reason}"
        ) from None
    if path.is_dir():
        raise InputError(
            f"{output.option}: {path} is a folder; name a file in it, such as "
            f"{path / ('report' + output.ending)}"
        )
    if path.suffix.lower() != output.ending:
        raise InputError(f"{output.option}: {path} must be a name that ends in {output.ending}")
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        raise InputError(f"{output.option}: {path} is there and may not be written")


def _require_folder(output: Output) -> None:
    folder = output.path.parent
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "does not exist"
        raise InputError(f"{output.option}: {output.path} cannot be written, {folder} {what}")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            f"{output.option}: nothing can be written in the folder {folder}: {reason}"
        ) from error


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return os.path.realpath(one) == os.path.realpath(other)
    except ValueError:  # a NUL: no path at all
        return False


def write_all(documents: Iterable[tuple[Mapping[str, Any], Sequence[Output]]]) -> None:
    """Write every document to its outputs; if one cannot be written, none of them stays.

    Raises
    ------
    InputError
        A path that cannot be written after all.
    """
    from mldebug.render import write

    written: list[Path] = []
    try:
        for document, outputs in documents:
            for output in outputs:
                _write(write, document, output)
                written.append(output.path)
    except Exception:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _write(write: Any, document: Mapping[str, Any], output: Output) -> None:
    try:
        write(document, output.path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{output.option}: {output.path} cannot be written: {reason}") from error
