"""A column along the rows: medians of consecutive stretches, for a figure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

STRETCHES = 100


def course(values: np.ndarray, title: str, x_label: str, y_label: str) -> dict[str, Any]:
    """The course of numbers of shape (n,) in their order; missing and infinite ones are left out.

    Few distinct values are shown by their means, which tell shares, and others by their medians.
    """
    import numpy as np

    values = np.where(np.isfinite(values), values, np.nan)
    middle = np.mean if len(np.unique(values[~np.isnan(values)][:1_000])) <= 10 else np.median
    edges = np.linspace(0, len(values), min(STRETCHES, len(values)) + 1).astype(int)
    points = []
    for start, end in pairwise(edges.tolist()):
        part = values[start:end]
        part = part[~np.isnan(part)]
        if len(part):
            points.append([(start + end) // 2, float(middle(part))])
    return {
        "kind": "sequence",
        "title": title,
        "description": f"The middle of {y_label} in stretches of consecutive rows",
        "x_label": x_label,
        "y_label": y_label,
        "series": "train",
        "points": points,
    }
