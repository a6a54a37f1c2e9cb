"""TensorBoard: the event files of a folder, read without TensorFlow."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from mldebug.adapters.runs import tfrecord
from mldebug.adapters.runs.documents import head_of
from mldebug.adapters.runs.events import Told, take
from mldebug.adapters.runs.growing import Growing, kept, moment, points_of
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.naming import words
from mldebug.adapters.runs.vocabulary import SPLITS
from mldebug.errors import InputError

RANK = 15
TRACKER = "TensorBoard"
MARK = "tfevents"
DEEPEST = 6
BOOKKEEPING = re.compile(r"^_hparams_/")
"""Tags of TensorBoard's own."""


def recognises(path: Path) -> bool:
    """Whether a path is an event file, or a folder that holds one, perhaps one folder a data set."""
    if path.is_dir():
        files, folders = _inside(path)
        return bool(files) or any(_is_split(one) and _inside(one)[0] for one in folders)
    return MARK in path.name and path.is_file()


def _inside(folder: Path) -> tuple[list[Path], list[Path]]:
    """The event files of a folder in the order in which they were begun, and its folders."""
    try:
        with os.scandir(folder) as inside:
            entries = sorted(inside, key=lambda one: one.name)
            files = [Path(one.path) for one in entries if MARK in one.name and one.is_file()]
            folders = [Path(one.path) for one in entries if one.is_dir(follow_symlinks=False)]
    except OSError:
        return [], []
    return sorted(files, key=_begun), [one for one in folders if not one.name.startswith(".")]


def _begun(path: Path) -> tuple[int, str]:
    told = re.search(MARK + r"\.(\d{1,18})", path.name)
    return (int(told.group(1)) if told else 0, path.name)


def _is_split(folder: Path) -> bool:
    return folder.name.lower() in SPLITS


def logged(path: Path) -> Iterator[Logged]:
    """The run of a file or a folder, then those of the folders in it.

    Notes
    -----
    Folders named for a data set, as Keras writes them, are one run. Of a file that is damaged or
    cut off, what comes before is kept, and a remark says so. O(bytes); 24 bytes a point.
    """
    if not path.is_dir():
        yield _run(path, path.resolve().parent.name, [("", [path])])
        return
    yield from _runs(path, 0)


def _runs(folder: Path, depth: int) -> Iterator[Logged]:
    files, folders = _inside(folder)
    splits = [one for one in folders if _is_split(one) and _inside(one)[0]]
    groups = [("", files)] if files else []
    groups += [(one.name, _inside(one)[0]) for one in splits]
    others = [one for one in folders if one not in splits]
    settings = [one for one in others if files and _holds_settings(_inside(one)[0])]
    if len(settings) == 1:
        groups.append(("", _inside(settings[0])[0]))
        others.remove(settings[0])
    if groups:
        yield _run(folder, folder.resolve().name, groups)
    for one in others:
        if depth < DEEPEST:
            yield from _runs(one, depth + 1)


def _holds_settings(files: list[Path]) -> bool:
    """Whether the files are those that the writer of hyperparameters puts into a folder of its own."""
    return any(b"_hparams_/session_start_info" in head_of(one) for one in files)


def _run(source: Path, name: str, groups: list[tuple[str, list[Path]]]) -> Logged:
    series: dict[str, Growing] = {}
    whole, faults = Told(), []
    for split, files in groups:
        told = Told(config=whole.config)
        for file in files:
            faults += _read(file, told)
        whole.unread += told.unread
        whole.status = told.status or whole.status
        whole.ended = told.ended or whole.ended
        begun = [one for one in (whole.started, told.started) if one is not None]
        whole.started = min(begun) if begun else None
        for tag, one in told.series.items():
            named = not split or any(word in SPLITS for word in words(tag))
            label = tag if named else f"{split}/{tag}"
            if not BOOKKEEPING.match(tag):
                series[label] = _joined(series.get(label), one)
    points = points_of(series)
    if not points and faults:
        raise InputError(f"--run: {faults[0]}, and nothing could be read before; copy it again")
    if not points:
        raise InputError(f"--run: {source} holds no scalar of TensorBoard; log one with add_scalar")
    remarks = tuple(f"{fault}; what comes before is kept" for fault in faults)
    if whole.unread:
        events = "1 event" if whole.unread == 1 else f"{whole.unread:,} events"
        remarks += (f"{events} of {source} could not be read and were left out",)
    record = {
        "started": moment(whole.started),
        "ended": moment(whole.ended),
        "status": whole.status,
    }
    return Logged(name, str(source), TRACKER, points, whole.config, kept(record), remarks=remarks)


def _joined(before: Growing | None, more: Growing) -> Growing:
    if before is None:
        return more
    before.steps.extend(more.steps)
    before.values.extend(more.values)
    before.times.extend(more.times)
    return before


def _read(path: Path, told: Told) -> list[str]:
    """Add what a file tells; why it was not read to its end, if so."""
    try:
        if not path.stat().st_size:
            return [f"{path} is empty"]
        for records in tfrecord.blocks(path):
            take(told, records)
            if records.fault:
                return [f"{path} {records.fault}"]
    except OSError as error:
        return [f"{path} cannot be read: {(error.strerror or str(error)).lower()}"]
    return []
