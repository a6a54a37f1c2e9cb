"""The data of overlaid distributions, shared by the checkers that compare two samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

BINS = 24
DRAWN = 20_000
TAIL = 0.005
"""Bins span the middle of the pooled values; this share at either end falls into the outer bins."""


def overlaid(
    name: str,
    train: np.ndarray,
    other: np.ndarray,
    gap: tuple[float, float, float],
    x_kind: str = "number",
) -> Mapping[str, Any] | None:
    """Two histograms on common edges; ``gap`` is the place of the largest gap and both shares."""
    import numpy as np

    train, other = _thinned(train), _thinned(other)
    pooled = np.concatenate([train, other])
    pooled = pooled[np.isfinite(pooled)]
    if not len(pooled):
        return None
    low, high = np.quantile(pooled, [TAIL, 1 - TAIL])
    if not low < high:
        low, high = float(pooled.min()), float(pooled.max())
    if not low < high:
        return None
    distinct = np.unique(pooled[:10_000])
    bins = min(BINS, max(len(distinct), 2))
    with np.errstate(over="ignore", invalid="ignore"):  # a range wider than a float's is not drawn
        edges = np.linspace(low, high, bins + 1)
    if not np.all(np.diff(edges) > 0):
        return None
    place, below, above = gap
    return {
        "kind": "distributions",
        "title": f"{name} is distributed differently in eval",
        "description": f"The share of train and of eval rows by {name}, in {bins} bins",
        "x_label": name,
        "x_kind": x_kind,
        "edges": edges.tolist(),
        "series": [
            {"name": role, "shares": _shares(values, edges)}
            for role, values in (("train", train), ("eval", other))
        ],
        "gap": {
            "x": min(max(place, float(edges[0])), float(edges[-1])),
            "low": min(below, above),
            "high": max(below, above),
            "label": f"{below:.0%} of train and {above:.0%} of eval lie below",
        },
    }


def _thinned(values: np.ndarray) -> np.ndarray:
    """At most about `DRAWN` of the values, evenly spaced: a drawing shows no more."""
    return values[:: max(len(values) // DRAWN, 1)]


def _shares(values: np.ndarray, edges: np.ndarray) -> list[float]:
    import numpy as np

    inside = np.clip(values, edges[0], edges[-1])
    counts, _ = np.histogram(inside, bins=edges)
    return [float(count) / max(len(values), 1) for count in counts]
