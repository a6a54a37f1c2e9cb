"""Lightning's CSV logger: ``metrics.csv`` with sparse rows, and ``hparams.yaml`` beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mldebug.adapters.runs.delimited import delimited_log, header_of
from mldebug.adapters.runs.documents import companion, files_beside
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.rows import runs_in
from mldebug.errors import InputError

RANK = 20
METRICS = "metrics.csv"
SETTINGS = "hparams.yaml"


def recognises(path: Path) -> bool:
    """Whether it is a ``metrics.csv`` with the column step and settings or an epoch, or its folder."""
    file = path / METRICS if path.is_dir() else path
    if file.name != METRICS:
        return False
    header = header_of(file)
    if header is None or "step" not in header.lower:
        return False
    return "epoch" in header.lower or (file.parent / SETTINGS).is_file()


def logged(path: Path) -> Iterator[Logged]:
    """The one run of the folder."""
    file = path / METRICS if path.is_dir() else path
    header = header_of(file)
    if header is None:
        raise InputError(f"--run: {file} has no header; its first line must name the columns")
    folder = file.parent
    config, remarks = companion(folder / SETTINGS)
    about = Logged(
        folder.name or file.stem,
        str(path),
        "Lightning CSVLogger",
        (),
        config,
        files_beside(folder) if (folder / SETTINGS).is_file() else {},
        remarks=remarks,
    )
    yield from runs_in(delimited_log(file, header), about)
