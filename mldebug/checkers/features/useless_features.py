"""How many of the features a model gets nothing from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from mldebug.checker import checker
from mldebug.derive.held_out_importances import MOST_FEATURES
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.derive.held_out_importances import HeldOutImportances

LITTLE = 0.02
"""A feature that brings less than this share of the model's skill brings next to nothing."""
NAMED = 6
NO_SKILL = "the features together do not predict held-out rows, so no part in it can be told"
SHOWN = 7
"""So many of the most and of the least important features are drawn."""
USELESS_SHARE = Quantity(
    name="features.useless_share",
    unit="share",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The share of the features, those that move together at .95 taken as one, that bring a model "
        f"less than {LITTLE:.0%} of its skill: of what its held-out predictions explain of the "
        "target's variation, so much is lost with the feature's cells shuffled. One that surely "
        "explains as much by itself (its squared association with the target) is not counted: another "
        "has taken its place. The lower end of the interval counts those whose importance has its "
        "upper end below the bound, and no more than can be shuffled together without a sure loss of "
        "as much; the upper end counts those whose lower end is below. The better of boosting and a "
        f"linear model, five folds, at most 20,000 rows and {MOST_FEATURES} features."
    ),
    source="permutation importance: Breiman 2001; Fisher, Rudin & Dominici 2019",
    details={
        "skill": "the share of the target's variation that the model explains in held-out rows",
        "model": "the model in words",
        "features": "the number of features, those that move together as one",
        "sure": "how many of them surely bring less than the bound",
        "useless": "the columns of these, the least important first",
        "named": "the first of these columns in words",
        "left_out": "the number of features that were not looked at because there are too many",
        "undecided": "why it cannot be told; absent where it can",
    },
)


@checker(USELESS_SHARE, cost="fit")
def useless_features(
    encoded: Encoded,
    held_out_importances: HeldOutImportances,
    train_members: np.ndarray | None = None,
) -> Iterator[Measurement]:
    """The share of features that bring next to nothing, and which they are."""
    import numpy as np

    from mldebug.stats.clusters import independent_rows

    told = held_out_importances
    names = [encoded.names[place] for place in told.places]
    gains, n_clusters = told.gains[told.rows], len(told.clusters)
    details: dict[str, Any] = {
        "skill": float(told.gains.mean()),
        "model": told.model,
        "features": n_clusters,
        "left_out": len(encoded.names) - len(names),
    }
    groups = None if train_members is None else train_members[encoded.rows[told.rows]]
    worth = round(independent_rows(gains, groups))
    if _ends(gains[:, None], groups)[0][0] <= 0:
        details |= {"sure": 0, "useless": [], "named": "", "undecided": NO_SKILL}
        yield Measurement(USELESS_SHARE.name, Subject(), 0.0, worth, details=details)
        return
    bound = LITTLE * gains[:, None]
    lows, highs = _ends(told.losses - bound, groups)
    most = bearable(told.sizes, _ends(told.together - bound, groups)[0])
    means = told.losses.mean(axis=0)
    rising = np.argsort(means, kind="stable")
    mute = ~_telling(encoded, told, lows < 0, LITTLE * float(gains.mean()))
    useless = [int(one) for one in rising if highs[one] < 0 and mute[one]][:most]
    likely = min(int(((means < LITTLE * gains.mean()) & mute).sum()), most)
    possible = int(((lows < 0) & mute).sum())
    columns = [names[place] for one in useless for place in told.clusters[one]]
    details |= {"sure": len(useless), "useless": columns, "named": _named(columns)}
    yield Measurement(
        USELESS_SHARE.name,
        Subject(),
        likely / n_clusters,
        worth,
        (len(useless) / n_clusters, max(possible, likely) / n_clusters),
        details=details,
        figure=_figure(told, names, rising, len(useless), groups),
    )


def _telling(
    encoded: Encoded, told: HeldOutImportances, asked: np.ndarray, bound: float
) -> np.ndarray:
    """Which of the clusters that are asked about surely explain more than the bound alone."""
    import numpy as np

    from mldebug.stats.association_intervals import association_estimate

    found = np.zeros(len(told.clusters), dtype=bool)
    for one in np.flatnonzero(asked):
        for place in told.places[list(told.clusters[one])]:
            coded = bool(encoded.categorical[place]), told.classes > 0
            ends = association_estimate(encoded.matrix[:, place], told.values, *coded).interval
            low = 0.0 if ends is None else max(ends[0], 0.0)
            # Theil's U of two categories is a share as it is; the others are roots of one.
            found[one] |= (low if all(coded) else low**2) > bound
    return found


def _ends(values: np.ndarray, groups: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of the 95 % intervals of the columns' means, over the rows or their groups."""
    from mldebug.stats.clusters import errors_of_means
    from mldebug.stats.intervals import critical_value

    means = values.mean(axis=0)
    spread = critical_value() * errors_of_means(values, groups)
    return means - spread, means + spread


def bearable(sizes: Sequence[int], lows: np.ndarray) -> int:
    """How many clusters can be shuffled together before a loss beyond the bound is sure.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of clusters, rising.
    lows : numpy.ndarray of shape (n_sizes,), dtype float64
        The lower end of what their loss exceeds the bound by.
    """
    allowed = 0
    for size, low in zip(sizes, lows, strict=True):
        if low > 0:
            break
        allowed = size
    return allowed


def _named(columns: list[str]) -> str:
    shown = ", ".join(columns[:NAMED])
    return f"{shown} and {len(columns) - NAMED} more" if len(columns) > NAMED else shown


def _figure(
    told: HeldOutImportances,
    names: Sequence[str],
    rising: np.ndarray,
    sure: int,
    groups: np.ndarray | None,
) -> dict[str, Any]:
    """The importances of the most and the least important features, as shares of the skill."""
    skill = told.gains[told.rows].mean()
    shares = told.losses / skill
    lows, highs = _ends(shares, groups)
    ends = [*rising[:SHOWN], *rising[max(len(rising) - SHOWN, SHOWN) :]]
    items = [
        {
            "label": " + ".join(names[place] for place in told.clusters[one]),
            "value": float(shares[:, one].mean()),
            "low": float(lows[one]),
            "high": float(highs[one]),
        }
        for one in reversed(ends)
    ]
    return {
        "kind": "intervals",
        "title": f"{sure} of {len(rising)} features bring {told.model} next to nothing",
        "description": "What is lost with a feature's cells shuffled: the most and the least important",
        "x_label": "share of the skill",
        "items": items,
    }
