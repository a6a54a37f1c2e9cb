"""What a column of levels predicts of the target, in words and as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Target


def predicted(target: Target, code: int | None) -> str:
    """What is predicted, as the end of a sentence: ``whether y is 1``, or ``price``."""
    return target.name if code is None else f"whether {target.name} is {target.classes[code]}"


def heights(values: np.ndarray, code: int | None) -> np.ndarray:
    """What each row adds to its bar: 1 for the class and 0 for others, or its rank from 0 to 1.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_rows,)
        The target: class codes, or numbers.
    code : int or None
        The class; None for a target of numbers. O(n log n).
    """
    from mldebug.stats.ranking import midranks

    return midranks(values) / len(values) if code is None else (values == code).astype(float)


def target_by_level(
    name: str, target: Target, code: int | None, bars: Sequence[tuple[str, float]]
) -> Mapping[str, Any]:
    """The mean of the `heights` in each level of a column, as the data of a figure."""
    if code is None:
        title, described = target.name, f"The mean rank of {target.name}"
        label = "mean rank, from 0 to 1"
    else:
        title = described = f"The share of rows where {target.name} is {target.classes[code]}"
        label = "share of rows"
    return {
        "kind": "bars",
        "title": f"{title} goes with {name}",
        "description": f"{described}, by {name}",
        "x_label": label,
        "items": [{"label": told, "value": value, "emphasis": False} for told, value in bars],
    }
