"""YOLO's ``results.csv``, its header padded with blanks, and ``args.yaml`` beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mldebug.adapters.runs.delimited import delimited_log, header_of
from mldebug.adapters.runs.documents import companion, files_beside
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.rows import runs_in
from mldebug.errors import InputError

RANK = 20
RESULTS = "results.csv"


def recognises(path: Path) -> bool:
    """Whether it is a table of epochs with YOLO's names, or the folder of one."""
    header = header_of(path / RESULTS if path.is_dir() else path)
    if header is None or "epoch" not in header.lower:
        return False
    return any(name.startswith(("metrics/map", "metrics/precision")) for name in header.lower)


def logged(path: Path) -> Iterator[Logged]:
    """The one run of the folder."""
    file = path / RESULTS if path.is_dir() else path
    header = header_of(file)
    if header is None:
        raise InputError(f"--run: {file} has no header; its first line must name the columns")
    folder = file.parent
    config, remarks = companion(folder / "args.yaml", folder / "opt.yaml", folder / "hyp.yaml")
    about = Logged(
        folder.name or file.stem,
        str(path),
        "YOLO",
        (),
        config,
        files_beside(folder) if config else {},
        remarks=remarks,
    )
    yield from runs_in(delimited_log(file, header), about)
