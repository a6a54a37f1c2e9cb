"""Features whose effect on the target turns round within the levels of another column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Target
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.derive.encoded import Encoded

MOST_LEVELS, FEWEST_ROWS = 20, 30
MOST_GROUPINGS, MOST_FEATURES = 30, 100
REVERSAL = Quantity(
    name="assumptions.reversal",
    unit="correlation",
    bounds=(-1.0, 1.0),
    kind="estimate",
    meaning=(
        "How far the effect of a feature turns round within the levels of another column: the smaller "
        "of the sizes of its rank correlation with the target over all rows and within the levels, "
        "positive if the two have different signs. The other column has 2 to "
        f"{MOST_LEVELS} levels of {FEWEST_ROWS} rows or more; rows of rarer levels are left out. "
        f"At most 20,000 rows, {MOST_GROUPINGS} such columns and {MOST_FEATURES} features, the first; "
        "regressions and two classes."
    ),
    source="Simpson 1951; intervals of both correlations, corrected for the number of pairs of columns",
    details={
        "pooled": "the correlation over all rows",
        "within": "the correlation within the levels",
        "levels": "the number of levels",
        "feature": "the feature whose effect turns round",
        "grouping": "the column within whose levels it does",
        "over_all": "'rises' or 'falls': the target with the feature over all rows",
        "inside": "the same within the levels",
        "left_out": "the number of features that were not looked at because there are too many",
    },
)


@checker(REVERSAL)
def reversed_in_groups(target: Target, encoded: Encoded, device: Device) -> Iterator[Measurement]:
    """The correlation of each feature with the target, over all rows and within each grouping."""
    import numpy as np

    from mldebug.arrays import to_host
    from mldebug.stats.ranking import midranks
    from mldebug.stats.reversal import pooled_and_within

    if len(target.classes) > 2:
        raise Unavailable("with more than two classes an effect has no sign that could turn round")
    groupings = _groupings(encoded)
    features = [
        place
        for place in range(len(encoded.names))
        if _levels(encoded.matrix[:, place]) > 1
        and (not encoded.categorical[place] or _levels(encoded.matrix[:, place]) == 2)
    ]
    if not groupings or not features:
        raise Unavailable(
            f"no column has from 2 to {MOST_LEVELS} levels of {FEWEST_ROWS} rows or more"
        )
    left_out, features = len(features[MOST_FEATURES:]), features[:MOST_FEATURES]
    matrix = encoded.matrix[:, features]
    present = ~np.isnan(matrix)
    ranks = np.zeros_like(matrix)
    for place in range(len(features)):
        ranks[present[:, place], place] = midranks(matrix[present[:, place], place])
    y = midranks(encoded.values)
    for grouping, groups in groupings:
        kept = groups >= 0
        count = int(groups.max()) + 1
        x, there, wanted, codes = (device.asarray(one[kept]) for one in (ranks, present, y, groups))
        told = to_host(pooled_and_within(x, there, wanted, codes, count))
        for place, feature in enumerate(features):
            n = int(present[kept, place].sum())
            if feature != grouping and n > 2 * FEWEST_ROWS:
                found = told[:, place].tolist()
                yield _measured(encoded, feature, (grouping, groups), found, n, left_out)


def _levels(column: np.ndarray) -> int:
    import numpy as np

    return len(np.unique(column[~np.isnan(column)]))


def _groupings(encoded: Encoded) -> list[tuple[int, np.ndarray]]:
    """The columns with few levels, each with the level of every row; -1 where it is rare."""
    import numpy as np

    found: list[tuple[int, np.ndarray]] = []
    for place in range(len(encoded.names)):
        column = encoded.matrix[:, place]
        present = ~np.isnan(column)
        words, inverse, counts = np.unique(column[present], return_inverse=True, return_counts=True)
        frequent = counts >= FEWEST_ROWS
        if len(words) > MOST_LEVELS or frequent.sum() < 2:
            continue
        numbered = np.where(frequent, np.cumsum(frequent) - 1, -1)
        groups = np.full(len(column), -1, dtype=np.int64)
        groups[present] = numbered[inverse]
        found.append((place, groups))
        if len(found) == MOST_GROUPINGS:
            break
    return found


def _measured(
    encoded: Encoded,
    feature: int,
    grouping: tuple[int, np.ndarray],
    told: list[float],
    n: int,
    left_out: int,
) -> Measurement:
    from mldebug.stats.intervals import normal

    # Rounding may carry a correlation a little beyond 1.
    pooled, within = (min(max(one, -1.0), 1.0) for one in (told[0], told[2]))
    pooled_error, within_error = told[1], told[3]
    sign = 1 if pooled >= 0 else -1
    sides = [
        (sign * pooled, *normal(sign * pooled, pooled_error, bounds=(-1.0, 1.0))),
        (-sign * within, *normal(-sign * within, within_error, bounds=(-1.0, 1.0))),
    ]
    # The smaller of two numbers is above a bound only if both are.
    value, low, high = (min(ends) for ends in zip(*sides, strict=True))
    names = encoded.names[feature], encoded.names[grouping[0]]
    levels = int(grouping[1].max()) + 1
    return Measurement(
        quantity=REVERSAL.name,
        subject=Subject(columns=names),
        value=value,
        n=n,
        interval=(low, high),
        details={
            "pooled": pooled,
            "within": within,
            "levels": levels,
            "feature": names[0],
            "grouping": names[1],
            "over_all": "rises" if pooled > 0 else "falls",
            "inside": "rises" if within > 0 else "falls",
            "left_out": left_out,
        },
        figure=_figure(names, (pooled, pooled_error), (within, within_error)) if low > 0 else None,
    )


def _figure(
    names: tuple[str, str], pooled: tuple[float, float], within: tuple[float, float]
) -> dict[str, Any]:
    """Both correlations with their intervals."""
    from mldebug.stats.intervals import normal

    items = []
    for label, (value, error) in (("over all rows", pooled), (f"within {names[1]}", within)):
        low, high = normal(value, error, bounds=(-1.0, 1.0))
        items.append({"label": label, "value": value, "low": low, "high": high, "series": "plain"})
    return {
        "kind": "intervals",
        "title": f"The effect of {names[0]} turns round within the levels of {names[1]}",
        "description": "The rank correlation with the target over all rows and within the levels",
        "x_label": "rank correlation with the target",
        "items": items,
    }
