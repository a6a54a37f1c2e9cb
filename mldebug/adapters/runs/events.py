"""TensorBoard's events: the scalars among them, many at once where they have one form."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mldebug.adapters.runs import wire
from mldebug.adapters.runs.growing import Growing
from mldebug.adapters.runs.wire import WireError

if TYPE_CHECKING:
    import numpy as np

    from mldebug.adapters.runs.tfrecord import Records

FEWEST_ALIKE = 8
"""So many events of one length are looked at side by side."""
MOST_FORMS = 100
"""So many forms are looked for among them; the others are read one by one."""
NUMBERS = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8", 19: "<f2"}
"""The types of TensorFlow that a scalar has, as their bytes lie in a tensor."""
SIZES = {kind: int(form[2:]) for kind, form in NUMBERS.items()}
HPARAMS, SCALARS = "hparams", "scalars"
SESSION = {1: "finished", 2: "failed", 3: "running"}


@dataclass(slots=True)
class Told:
    """What the events of a run have said so far."""

    series: dict[str, Growing] = field(default_factory=dict)
    plugins: dict[str, str] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    status: str | None = None
    started: float | None = None
    ended: float | None = None
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """Where the numbers of an event with one plain scalar lie in its bytes."""

    tag: str
    time: int
    step: tuple[int, int]
    value: int


def take(told: Told, records: Records) -> None:
    """Add the scalars of a block of records, each series in the order of the log."""
    import numpy as np

    waiting = np.arange(len(records.lengths))
    data = np.frombuffer(records.buffer, np.uint8)
    found: list[tuple[np.ndarray, str, tuple[np.ndarray, ...]]] = []
    alone: list[np.ndarray] = []
    for length in np.unique(records.lengths):
        same = waiting[records.lengths == length]
        for _ in range(MOST_FORMS):
            if len(same) < FEWEST_ALIKE:
                break
            start = int(records.starts[same[0]])
            form = _form(records.buffer[start : start + int(length)])
            if form is None:
                alone.append(same[:1])
                same = same[1:]
                continue
            grid = data[records.starts[same][:, None] + np.arange(length)]
            alike = _alike(grid, form)
            found.append((same[alike], form.tag, _numbers(grid[alike], form)))
            same = same[~alike]
        alone.append(same)
    _merge(told, records, np.concatenate(alone) if alone else waiting, found)


def _merge(
    told: Told,
    records: Records,
    alone: np.ndarray,
    found: list[tuple[np.ndarray, str, tuple[np.ndarray, ...]]],
) -> None:
    """Put what was read side by side and one by one back into the order of the log."""
    import numpy as np

    aside = Told(plugins=told.plugins, config=told.config)
    places: dict[str, list[int]] = {}
    for place in np.sort(alone).tolist():
        start = int(records.starts[place])
        before = {tag: len(one.values) for tag, one in aside.series.items()}
        try:
            _event(aside, records.buffer[start : start + int(records.lengths[place])])
        except (WireError, struct.error, ValueError):
            aside.unread += 1
        for tag, one in aside.series.items():
            places.setdefault(tag, []).extend([place] * (len(one.values) - before.get(tag, 0)))
    parts: dict[str, list[tuple[np.ndarray, ...]]] = {}
    for place, tag, numbers in found:
        parts.setdefault(tag, []).append((place, *numbers))
    for tag, one in aside.series.items():
        arrays = (one.steps, one.values, one.times)
        parts.setdefault(tag, []).append(
            (np.array(places[tag]), *(np.array(held) for held in arrays))
        )
    for tag, several in sorted(
        parts.items(), key=lambda item: min(int(one[0][0]) for one in item[1])
    ):
        place, steps, values, times = (np.concatenate(held) for held in zip(*several, strict=True))
        order = np.argsort(place, kind="stable")
        told.series.setdefault(tag, Growing()).extend(steps[order], values[order], times[order])
    told.unread += aside.unread
    told.status = aside.status or told.status
    told.ended = aside.ended or told.ended
    told.started = told.started if told.started is not None else aside.started


def _form(event: bytes) -> Form | None:
    """The form of an event that holds a time, a step and one plain scalar, in this order."""
    if len(event) < 20 or event[0] != 0x09 or event[9] != 0x10:
        return None
    try:
        _, end = wire.varint(event, 10)
        if event[end] != 0x2A:
            return None
        _, place = wire.varint(event, end + 1)
        if event[place] != 0x0A:
            return None
        _, place = wire.varint(event, place + 1)
        if event[place] != 0x0A:
            return None
        size, place = wire.varint(event, place + 1)
        tag, place = event[place : place + size], place + size
        if len(event) != place + 5 or event[place] != 0x15:
            return None
    except (WireError, IndexError):
        return None
    return Form(tag.decode("utf-8", "replace"), 1, (10, end), place + 1)


def _alike(grid: np.ndarray, form: Form) -> np.ndarray:
    """Which events have the first one's form: all bytes agree but those of the three numbers."""
    import numpy as np

    first, last = form.step
    fixed = np.ones(grid.shape[1], dtype=bool)
    fixed[form.time : form.time + 8] = False
    fixed[first:last] = False
    fixed[form.value : form.value + 4] = False
    more = np.arange(first, last) < last - 1
    alike: np.ndarray = (grid[:, fixed] == grid[0, fixed]).all(axis=1)
    alike &= ((grid[:, first:last] >= 0x80) == more).all(axis=1)
    return alike


def _numbers(grid: np.ndarray, form: Form) -> tuple[np.ndarray, ...]:
    import numpy as np

    first, last = form.step
    steps = np.zeros(len(grid), np.uint64)
    for place in range(first, last):
        steps |= (grid[:, place] & 0x7F).astype(np.uint64) << np.uint64(7 * (place - first))
    times = np.ascontiguousarray(grid[:, form.time : form.time + 8]).view("<f8")[:, 0]
    values = np.ascontiguousarray(grid[:, form.value : form.value + 4]).view("<f4")[:, 0]
    return steps.view(np.int64), values.astype(np.float64), times


def _event(told: Told, event: bytes) -> None:
    """One event whose fields may lie in any order."""
    time, step, summaries = 0.0, 0, []
    for number, held in wire.fields(event):
        if number == 1:
            time = wire.double(held)
        elif number == 2 and isinstance(held, int):
            step = wire.signed(held)
        elif number == 5:
            summaries.append(held)
    if told.started is None and time > 0:
        told.started = time
    for summary in summaries:
        for number, held in wire.fields(summary):
            if number == 1:
                _value(told, held, step, time)


def _value(told: Told, held: int | bytes, step: int, time: float) -> None:
    several = Counter(number for number, _ in wire.fields(held))
    last = dict(wire.fields(held))
    tag = wire.text(last.get(1, b""))
    if 9 in several:
        _metadata(told, tag, last[9])
    if 2 in last:
        told.series.setdefault(tag, Growing()).add(step, wire.single(last[2]), time)
    elif 8 in last and told.plugins.get(tag, SCALARS) == SCALARS:
        number_held = _scalar(last[8])
        if number_held is not None:
            told.series.setdefault(tag, Growing()).add(step, number_held, time)


def _metadata(told: Told, tag: str, metadata: int | bytes) -> None:
    plugin = dict(wire.fields(wire.first(metadata, 1) or b""))
    name = wire.text(plugin.get(1, b""))
    if name:
        told.plugins[tag] = name
    if name == HPARAMS and 2 in plugin:
        for number, held in wire.fields(plugin[2]):
            if number == 3:
                _session(told, held)
            elif number == 4:
                ending = dict(wire.fields(held))
                told.status = SESSION.get(int(ending.get(1, 0) or 0))
                told.ended = wire.double(ending[2]) if 2 in ending else None


def _session(told: Told, held: int | bytes) -> None:
    """The hyperparameters of a run: a mapping of names to numbers, texts and booleans."""
    for number, entry in wire.fields(held):
        if number != 1:
            continue
        pair = dict(wire.fields(entry))
        for kind, one in wire.fields(pair.get(2, b"")):
            name = wire.text(pair.get(1, b""))
            if kind == 2:
                told.config[name] = wire.double(one)
            elif kind in (3, 4):
                told.config[name] = wire.text(one) if kind == 3 else bool(one)


def _scalar(tensor: int | bytes) -> float | None:
    """The one number of a tensor without dimensions; None of another tensor."""
    import numpy as np

    last = dict(wire.fields(tensor))
    kind = last.get(1)
    if not isinstance(kind, int) or kind not in NUMBERS:
        return None
    if any(number == 2 for number, _ in wire.fields(last.get(2, b""))):
        return None
    if 4 in last:
        packed = last[4]
    else:
        packed = last.get({1: 5, 2: 6, 3: 7, 9: 10}.get(kind, 0), b"")
        if kind in (3, 9) and not isinstance(packed, int):
            packed = wire.varint(packed, 0)[0] if packed else 0
    if isinstance(packed, int):
        return float(wire.signed(packed))
    held = np.frombuffer(packed, NUMBERS[kind]) if len(packed) == SIZES[kind] else np.zeros(0)
    return float(held[0]) if held.size else None
