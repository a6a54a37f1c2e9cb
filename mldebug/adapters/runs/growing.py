"""Series that grow point by point while a log is read, in eight bytes a number."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mldebug.adapters.runs.logged import Points

if TYPE_CHECKING:
    import numpy as np

EPOCHS = ("epoch", "train/epoch", "trainer/epoch")
"""What training loops call the epoch that they log as one more metric."""


@dataclass(slots=True)
class Growing:
    """One series while its log is read; ``times`` and ``epochs`` stay empty where it has none."""

    steps: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))
    times: array[float] = field(default_factory=lambda: array("d"))
    epochs: array[float] = field(default_factory=lambda: array("d"))

    def add(
        self, step: int, value: float, time: float | None = None, epoch: float | None = None
    ) -> None:
        """One more point; a step beyond 64 bits is held at their end."""
        self.steps.append(min(max(step, -(1 << 63)), (1 << 63) - 1))
        self.values.append(value)
        if time is not None:
            self.times.append(time)
        if epoch is not None:
            self.epochs.append(epoch)

    def extend(self, steps: np.ndarray, values: np.ndarray, times: np.ndarray | None) -> None:
        """More points at once; int64, float64 and float64."""
        self.steps.frombytes(steps.tobytes())
        self.values.frombytes(values.tobytes())
        if times is not None:
            self.times.frombytes(times.tobytes())


def points_of(found: Mapping[str, Growing]) -> tuple[Points, ...]:
    """The series that have grown, by name, with the epochs of their points; see `with_epochs`."""
    return with_epochs(
        Points(
            name,
            _array(one.values),
            _array(one.steps),
            _array(one.epochs) if len(one.epochs) == len(one.values) else None,
            _array(one.times) if len(one.times) == len(one.values) else None,
        )
        for name, one in found.items()
        if len(one.values)
    )


def _array(grown: array[Any]) -> np.ndarray:
    """The numbers as they lie, without a copy."""
    import numpy as np

    return np.frombuffer(grown, dtype=np.int64 if grown.typecode == "q" else np.float64)


def with_epochs(points: Iterable[Points]) -> tuple[Points, ...]:
    """The series, each with the epochs that the series ``epoch`` gives at its steps.

    Trackers know steps alone, and loops log the epoch as one more metric. A series of which some
    steps have no epoch gets none; ``epoch`` itself is left out if another series has it.

    Notes
    -----
    O(n log n) in the points.
    """
    import numpy as np

    found = tuple(points)
    told = [one for one in found if one.name.lower() in EPOCHS and one.steps is not None]
    if len(told) != 1 or not len(told[0].values):
        return found
    at, epochs = told[0].steps, told[0].values
    assert at is not None
    if len(at) > 1 and not bool((at[1:] >= at[:-1]).all()):
        order = np.argsort(at, kind="stable")
        at, epochs = at[order], epochs[order]
    made, taken = [], False
    for one in found:
        if one is told[0]:
            continue
        if one.epochs is not None or one.steps is None:
            made.append(one)
            taken = taken or one.epochs is not None
            continue
        place = np.searchsorted(at, one.steps, side="right") - 1
        known = (place >= 0) & (at[np.maximum(place, 0)] == one.steps)
        if known.all():
            one = replace(one, epochs=epochs[place])  # noqa: PLW2901
            taken = True
        made.append(one)
    return tuple(made) if taken else found


def moment(seconds: Any) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC; None of what is no moment."""
    try:
        return datetime.fromtimestamp(float(seconds), UTC).isoformat(timespec="milliseconds")
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a record that say something."""
    return {key: one for key, one in record.items() if one is not None and one not in ("", {}, ())}
