"""The data of a figure of values that pile up, shared by the checkers that look for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mldebug.artefacts import Column

BINS, ATOMS = 10, 3


def piled(column: Column, atoms: Sequence[float], title: str) -> Mapping[str, Any] | None:
    """The share of rows in equal bins of the range, with a bar of its own for each atom.

    Parameters
    ----------
    column : Column
        Of numbers.
    atoms : sequence of float
        The values that are shown apart from the bins.
    title : str
        A sentence that states the point.
    """
    import numpy as np

    from mldebug.columns import numbers

    values = numbers(column.data)
    values = values[np.isfinite(values)]
    rest = values[~np.isin(values, list(atoms))]
    if not len(rest):
        return None
    with np.errstate(over="ignore", invalid="ignore"):  # a range wider than a float's is not drawn
        edges = np.linspace(rest.min(), rest.max(), BINS + 1)
    if not np.all(np.diff(edges) > 0):
        return None
    counts = np.histogram(rest, edges)[0]
    bars = [
        (float(low), f"{low:.4g} to {high:.4g}", int(count), False)
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    bars += [(one, f"{one:.6g} itself", int(np.sum(values == one)), True) for one in atoms[:ATOMS]]
    return {
        "kind": "bars",
        "title": title,
        "description": f"The share of rows by the value of {column.name}, in {BINS} equal bins",
        "x_label": "share of rows",
        "items": [
            {"label": label, "value": count / len(values), "emphasis": emphasis}
            for _, label, count, emphasis in sorted(bars)
        ],
    }
