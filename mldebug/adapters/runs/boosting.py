"""What XGBoost, LightGBM and CatBoost evaluate in each round, as JSON: data set, metric, values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mldebug.adapters.runs.documents import head_of, json_at, name_of
from mldebug.adapters.runs.logged import Logged, Points
from mldebug.errors import InputError

RANK = 40
BEGINNING = re.compile(
    rb'\s*\{\s*"(?!history")[^"]{1,200}"\s*:\s*\{\s*"[^"]{1,200}"\s*:\s*\[\s*(?:[-+\d\]NI]|null)'
)


def recognises(path: Path) -> bool:
    """Whether it is a JSON object of objects of lists of numbers."""
    return path.suffix == ".json" and BEGINNING.match(head_of(path)) is not None


def logged(path: Path) -> Iterator[Logged]:
    """The one run of the file."""
    held = json_at(path)
    if not is_evaluation(held):
        raise InputError(
            f"--run: {path} does not hold, for each data set, metrics with their lists of values"
        )
    yield evaluation(held, name_of(path), str(path))


def is_evaluation(held: Any) -> bool:
    """Whether it maps data sets to metrics, and these to values."""
    return (
        isinstance(held, Mapping)
        and bool(held)
        and all(
            isinstance(one, Mapping)
            and all(
                hasattr(values, "__len__") and not isinstance(values, str | Mapping)
                for values in one.values()
            )
            for one in held.values()
        )
    )


def evaluation(held: Mapping[str, Mapping[str, Any]], name: str, source: str) -> Logged:
    """The run that evaluated these data sets; `naming` tells which of them trained."""
    import numpy as np

    points = []
    for data, metrics in held.items():
        for metric, values in metrics.items():
            try:
                numbers = np.array(
                    [np.nan if one is None else one for one in values], dtype=np.float64
                )
            except (TypeError, ValueError):
                continue
            if numbers.ndim == 1 and len(numbers):
                points.append(Points(f"{data}-{metric}", numbers))
    if not points:
        raise InputError(f"--run: {source} holds no values of any metric")
    return Logged(name, source, _tool(held), tuple(points))


def _tool(held: Mapping[str, Any]) -> str:
    names = set(held)
    if any(name.startswith("validation_") for name in names):
        return "XGBoost"
    if "training" in names or any(name.startswith("valid_") for name in names):
        return "LightGBM"
    return "CatBoost" if "learn" in names else "gradient boosting"
