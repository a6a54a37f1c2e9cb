"""A column along the rows: medians of consecutive stretches, for a figure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

STRETCHES = 100


def course(values: np.ndarray, title: str, x_label: str, y_label: str) -> dict[str, Any]:
    """The course of numbers of shape (n,) in their order; missing and infinite ones are left out.

    Zeros and ones are shown by their means, which are shares, and others by their medians.
    """
    import numpy as np

    values = np.where(np.isfinite(values), values, np.nan)
    shares = bool(np.isin(values[~np.isnan(values)], (0, 1)).all())
    edges = np.linspace(0, len(values), min(STRETCHES, len(values)) + 1).astype(int)
    points = []
    for start, end in pairwise(edges.tolist()):
        part = values[start:end]
        part = part[~np.isnan(part)]
        if len(part):
            points.append(
                [
                    (start + end) // 2,
                    float(np.mean(part) if shares else np.quantile(part, 0.5, method="lower")),
                ]
            )
    return {
        "kind": "sequence",
        "title": title,
        "description": f"The middle of {y_label} in stretches of consecutive rows",
        "x_label": x_label,
        "y_label": y_label,
        "series": "train",
        "points": points,
    }
