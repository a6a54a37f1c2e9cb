"""What a reader of run logs yields, before roles and splits are inferred from the names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Points:
    """One logged quantity: the name as logged, and its points in the order of the log.

    ``steps`` is None where the log numbers nothing: the points are then counted from 0.
    ``epochs`` and ``times`` (seconds since 1970) are None where they were not logged. ``like`` is a
    name to be understood instead, such as ``train loss``, where the logged one says too little.
    """

    name: str
    values: np.ndarray
    steps: np.ndarray | None = None
    epochs: np.ndarray | None = None
    times: np.ndarray | None = None
    like: str | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """One run as a tool recorded it; the fields are those of `mldebug.artefacts.Run`."""

    name: str
    source: str
    tracker: str
    points: tuple[Points, ...]
    config: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    axis: Literal["step", "size"] = "step"
    remarks: tuple[str, ...] = ()
