"""Sample-size curves: a CSV with the number of training rows and the scores that they led to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mldebug.adapters.runs.delimited import Header, delimited_log, header_of
from mldebug.adapters.runs.documents import name_of
from mldebug.adapters.runs.logged import Logged, Points
from mldebug.errors import InputError

if TYPE_CHECKING:
    from mldebug.adapters.runs.cells import Cells

RANK = 45
SIZES = (
    "size_train",
    "train_size",
    "train_sizes",
    "training_size",
    "training_sizes",
    "training_rows",
    "n_train",
    "sample_size",
    "anchor",
)
DATA = r"(?:train|training|valid|val|validation|eval|dev|test|cv|oob)"
CURVE = re.compile(rf"(?:mean_)?{DATA}(?:_[a-z0-9_]+)?|[a-z0-9]+_{DATA}", re.IGNORECASE)
SPREAD = re.compile(rf"(?:sd|std|sem|se)_{DATA}|{DATA}_(?:\w+_)?(?:sd|std|sem|se)", re.IGNORECASE)
REPEATS = ("n", "repeats", "n_repeats", "folds", "n_splits")
"""The column of how many fits each row is the mean of."""


def recognises(path: Path) -> bool:
    """Whether it is a CSV with a column such as size_train and one such as train, valid or test."""
    header = header_of(path)
    return header is not None and _size(header) is not None and bool(_curves(header))


def logged(path: Path) -> Iterator[Logged]:
    """The one curve of the file; its axis is the number of training rows."""
    header = header_of(path)
    size = None if header is None else _size(header)
    if header is None or size is None:
        raise InputError(f"--run: {path} has no column of training rows, such as size_train")
    log = delimited_log(path, header)
    if size not in log.numbers or log.numbers[size].rows is not None:
        raise InputError(f"--run: the column {size!r} of {path} must hold a number in every row")
    sizes = log.numbers[size].values
    bare = [
        name for name in _curves(header) if re.fullmatch(rf"(?:mean_)?{DATA}", name, re.IGNORECASE)
    ]
    metric = _metric([log.numbers[name] for name in bare if name in log.numbers])
    points = []
    for name, cells in log.numbers.items():
        if name == size:
            continue
        rows = slice(None) if cells.rows is None else cells.rows
        like = f"{name} {metric}" if name in bare else None
        if name.lower() in REPEATS:
            like = "repeats"
        points.append(Points(name, cells.values, sizes[rows], like=like))
    remarks = list(log.remarks)
    if bare:
        what = "a score, of which more is better" if metric == "score" else "losses or errors"
        remarks.append(f"{path} names no metric; its curves are taken for {what}")
    yield Logged(
        name_of(path),
        str(path),
        "sample-size curve",
        tuple(points),
        axis="size",
        remarks=tuple(remarks),
    )


def _size(header: Header) -> str | None:
    lower = {name.lower(): name for name in header.names}
    return next((lower[name] for name in SIZES if name in lower), None)


def _curves(header: Header) -> list[str]:
    size = _size(header)
    return [
        name
        for name in header.names
        if name != size and CURVE.fullmatch(name) and not SPREAD.fullmatch(name)
    ]


def _metric(bare: list[Cells]) -> str:
    """What curves without a metric's name are: a score unless a value exceeds 1."""
    import numpy as np

    return "score" if all(np.nanmax(one.values, initial=0) <= 1 for one in bare) else "loss"
