"""How well two tables can be told apart: the area under the curve, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.domain_scores import DomainScores
    from mldebug.stats.intervals import Interval

USED = 0.05
NAMED = 3
BINS = 20
CLASSIFIER = (
    "Out-of-fold scores of boosting and a linear model, averaged and ranked within each of five "
    "folds; at most 10,000 rows of each. Dates, identifiers, the groups and the target are left out."
)
DETAILS: Mapping[str, str] = {
    "columns": "the columns that the classifier's scores go with, at most three"
}


def domain_auc(quantity: Quantity, scores: DomainScores, first: str, second: str) -> Measurement:
    """The area under the curve of the classifier that tells the second table from the first.

    Parameters
    ----------
    quantity : Quantity
        What is measured, with the details `DETAILS`.
    scores : DomainScores
        The classifier's scores of the rows of both tables.
    first, second : str
        What the tables are called in the figure.
    """
    value, interval = _area(scores)
    return Measurement(
        quantity=quantity.name,
        subject=Subject(),
        value=value,
        n=len(scores.first) + len(scores.second),
        interval=interval,
        details={"columns": _used_columns(scores)},
        figure=_scores_drawn(scores, first, second),
    )


def _area(scores: DomainScores) -> tuple[float, Interval]:
    """P(a row of the second table has the higher score) with its 95 % interval.

    Notes
    -----
    Scores are compared as ranks within their fold: models of different folds have different scales,
    and pooled scores of tables that are alike give less than .5. Where rows come in groups, the
    interval is wider by the ratio of the errors that DeLong's placements have, summed by group and
    row by row, and by Student's quantile for as many groups as the table with fewer has. Of
    stretches of time also pairs of neighbours are taken as one, and the wider interval is told.
    """
    from mldebug.stats.ranking import auc

    x, y = scores.ranks_first, scores.ranks_second
    value, (low, high) = auc(x, y)
    if scores.groups_first is None or scores.groups_second is None:
        return value, (low, high)
    wider = max(
        _widened((x, y), (scores.groups_first // joined, scores.groups_second // joined))
        for joined in ((1, 2) if scores.in_time else (1,))
    )
    return value, (
        max(value - wider * (value - low), 0.0),
        min(value + wider * (high - value), 1.0),
    )


def _widened(ranks: tuple[np.ndarray, np.ndarray], groups: tuple[np.ndarray, np.ndarray]) -> float:
    """How much wider an interval over groups is than one over rows."""
    from math import sqrt

    import numpy as np
    from scipy.special import stdtrit

    from mldebug.stats.intervals import LEVEL, critical_value

    told = [
        _variances(mine, others, members)
        for mine, others, members in zip(ranks, ranks[::-1], groups, strict=True)
    ]
    rows, grouped = (sum(one) for one in zip(*told, strict=True))
    fewest = min(len(np.unique(one)) for one in groups)
    student = float(stdtrit(fewest - 1, 0.5 + LEVEL / 2)) / critical_value()
    return student * (sqrt(max(grouped / rows, 1.0)) if rows > 0 else 1.0)


def _variances(mine: np.ndarray, others: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """The variance of the mean placement of these rows, row by row and by group."""
    import numpy as np

    among = np.sort(others)
    placed = np.searchsorted(among, mine, "left") + np.searchsorted(among, mine, "right")
    apart = placed / (2 * len(among))
    apart = apart - apart.mean()
    sums = np.bincount(groups - groups.min(), weights=apart)
    used = len(np.unique(groups))
    row_by_row = float(np.sum(apart**2)) / len(mine) ** 2
    return row_by_row, float(np.sum(sums**2)) * used / max(used - 1, 1) / len(mine) ** 2


def _used_columns(scores: DomainScores) -> str:
    """The columns that the scores go with, in words, at most three."""
    named = [name for name, share in scores.shares[:NAMED] if share >= USED]
    return ", ".join(named) or "many columns at once"


def _scores_drawn(scores: DomainScores, first: str, second: str) -> Mapping[str, Any]:
    """The two distributions of the scores as the data of a figure."""
    import numpy as np

    from mldebug.stats.drift import ks_distance

    edges = np.linspace(0.0, 1.0, BINS + 1)
    _, place, below, above = (float(one) for one in ks_distance(scores.first, scores.second))
    series = []
    for name, values in ((first, scores.first), (second, scores.second)):
        counts, _ = np.histogram(values, bins=edges)
        series.append({"name": name, "shares": (counts / max(len(values), 1)).tolist()})
    return {
        "kind": "distributions",
        "title": f"A model can tell rows of {second} from rows of {first}",
        "description": f"The chance of being from {second} that the model gives rows of either",
        "x_label": f"chance of being from {second}",
        "x_kind": "number",
        "edges": edges.tolist(),
        "series": series,
        "gap": {
            "x": min(max(place, 0.0), 1.0),
            "low": min(below, above),
            "high": max(below, above),
            "label": f"{below:.0%} of {first} and {above:.0%} of {second} lie below",
        },
    }
