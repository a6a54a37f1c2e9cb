"""Runs that are objects in memory: mappings of names to values, frames, Keras's History."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mldebug.adapters.runs.logged import Logged, Points
from mldebug.errors import InputError

STEPS = ("step", "global_step", "iteration", "iter", "_step", "batch")
EPOCHS = ("epoch", "epochs")


def logged_object(given: Any, name: str = "run") -> Logged:
    """A run that is held in memory.

    Parameters
    ----------
    given : mapping of str to sequence, frame, or an object with ``history``
        ``history`` may be what Keras's ``fit`` returns. A key or column called step or epoch
        numbers the points.
    name : str
        As shown.

    Raises
    ------
    InputError
        It is none of these.
    """
    import numpy as np

    held = getattr(given, "history", given)
    if not isinstance(held, Mapping):
        columns = getattr(held, "columns", None)
        if columns is None:
            raise InputError(
                f"--run: an object of type {type(given).__name__} is no run; give a path, a mapping "
                "of names to values, a frame, or what Keras's fit returns"
            )
        held = {str(column): held[column] for column in columns}
    arrays = {}
    for key, values in held.items():
        try:
            arrays[str(key)] = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError):
            continue
    arrays = {key: one for key, one in arrays.items() if one.ndim == 1}
    lower = {key.lower(): key for key in arrays}
    steps = next((arrays.pop(lower[key]) for key in STEPS if key in lower), None)
    epochs = next((arrays.pop(lower[key]) for key in EPOCHS if key in lower), None)
    if not arrays:
        raise InputError("--run: the object holds no series of numbers")
    return Logged(name, "an object in memory", "memory", points_of(arrays, steps, epochs))


def points_of(
    arrays: Mapping[str, Any], steps: Any = None, epochs: Any = None, times: Any = None
) -> tuple[Points, ...]:
    """One series a column; a row in which a column is empty was not logged for it.

    A column whose cells are missing in some rows and not in others was logged at other steps; where
    the whole row of the log is there, a missing cell is a value that is not a number.
    """
    import numpy as np

    made = []
    for name, values in arrays.items():
        there = ~np.isnan(values)
        same = [
            one if one is None or len(one) != len(values) else one[there] for one in (epochs, times)
        ]
        at = np.arange(len(values)) if steps is None or len(steps) != len(values) else steps
        at = np.where(np.isnan(at), -1, at)[there].astype(np.int64)
        made.append(Points(name, values[there], at, *same))
    return tuple(made)
