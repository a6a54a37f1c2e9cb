"""How far each feature's distribution moved between train and eval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import NUMERIC_OR_CATEGORICAL, Table
from mldebug.checker import Unavailable, checker
from mldebug.columns import at_one_precision, codes, is_coded, levels, numbers
from mldebug.derive.split_units import COUNTED, SplitUnits
from mldebug.executors import threaded
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.artefacts import Column

FEWEST = 10
CATEGORIES_SHOWN = 10
MOST_WRITTEN_OUT = 1e9
DRIFT_DISTANCE = Quantity(
    name="data.drift_distance",
    unit="difference of shares",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "How far a feature's distributions in train and eval are apart: the Kolmogorov-Smirnov "
        "distance for numbers, at the precision that both tables keep; for categories the total "
        "variation distance without what chance adds. Missing cells, dates, free text and columns "
        "that name the rows are left out; tables over 200,000 rows are sampled. " + COUNTED
    ),
    source=(
        "Kolmogorov 1933, Smirnov 1948; delta-method intervals; Kish 1965 and Rao & Scott 1981 for "
        "groups"
    ),
    null="train and eval are drawn from one distribution",
    details={
        "distance": "Kolmogorov-Smirnov or total variation",
        "what": "where the sets differ most, in words",
    },
)


@checker(DRIFT_DISTANCE)
def feature_drift(
    train: Table,
    eval: Table,
    train_sample: np.ndarray,
    eval_sample: np.ndarray,
    non_features: frozenset[str],
    device: Device,
    split_units: SplitUnits | None = None,
) -> Iterator[Measurement]:
    """The distance of each feature between the tables."""
    units = split_units
    sides = (
        _Side(train_sample, None if units is None else units.train),
        _Side(eval_sample, None if units is None else units.eval),
    )
    alike = units is not None and units.alike
    compared = [
        (mine, eval[mine.name])
        for mine in train.of_kind(*NUMERIC_OR_CATEGORICAL)
        if mine.name in eval and mine.name not in non_features and eval[mine.name].kind is mine.kind
    ]
    if not compared:
        raise Unavailable("train and eval share no column of numbers or categories")

    def measured(pair: tuple[Column, Column]) -> list[Measurement]:
        if is_coded(pair[0]):
            return list(_categories(pair, sides, alike=alike))
        return list(_numbers(pair, sides, device, alike=alike))

    for found in threaded(measured, compared):
        yield from found


@dataclass(frozen=True, slots=True)
class _Side:
    """The rows of one table that are looked at, and the groups or stretches of all its rows."""

    rows: np.ndarray
    members: np.ndarray | None

    def groups(self, present: np.ndarray | None) -> np.ndarray | None:
        """The groups of the rows whose cells are present."""
        if self.members is None:
            return None
        found: np.ndarray = self.members[self.rows]
        return found if present is None else found[present]


def _numbers(
    pair: tuple[Column, Column], sides: tuple[_Side, _Side], device: Device, *, alike: bool
) -> Iterator[Measurement]:
    from mldebug.checkers.data.drift_figures import overlaid
    from mldebug.stats.clusters import independent_numbers, independent_pair
    from mldebug.stats.drift import ks_distance, ks_interval, ks_p

    held = [_present(column, side) for column, side in zip(pair, sides, strict=True)]
    x, y = at_one_precision(*pair, held[0][0], held[1][0])
    if min(len(x), len(y)) < FEWEST:
        return
    distance, place, below, above = (
        float(one) for one in ks_distance(device.asarray(x), device.asarray(y))
    )
    what = (
        f"{below:.0%} of the training values are at most {_readable(place)}, and {above:.0%} of "
        "the eval values"
    )
    groups = held[0][1], held[1][1]
    n, m = independent_pair(independent_numbers, (x, y), groups, alike=alike)
    interval = ks_interval(distance, below, above, n, m)
    # A distance that may be 0 is no finding, and nothing else shows a figure
    is_apart = interval[0] > 0
    yield Measurement(
        quantity=DRIFT_DISTANCE.name,
        subject=Subject(column=pair[0].name),
        value=distance,
        n=round(n + m),
        interval=interval,
        p=ks_p(distance, n, m),
        details={"distance": "Kolmogorov-Smirnov", "what": what},
        figure=overlaid(pair[0].name, x, y, (place, below, above)) if is_apart else None,
    )


def _present(column: Column, side: _Side) -> tuple[np.ndarray, np.ndarray | None]:
    """The values that are not missing, and the groups of their rows."""
    import numpy as np

    values: np.ndarray = numbers(column.data)[side.rows]
    if not column.data.null_count:
        return values, side.groups(None)
    present = ~np.isnan(values)
    return values[present], side.groups(present)


def _readable(place: float) -> str:
    """Three significant digits; a whole number, which may be a year or a code, as it is."""
    whole = place.is_integer() and abs(place) < MOST_WRITTEN_OUT
    return f"{place if whole else float(f'{place:.3g}'):,.12g}"


def _categories(
    pair: tuple[Column, Column], sides: tuple[_Side, _Side], *, alike: bool
) -> Iterator[Measurement]:
    import numpy as np

    from mldebug.stats.clusters import independent_pair, independent_words
    from mldebug.stats.drift import total_variation

    words = list(dict.fromkeys([*levels(pair[0].data), *levels(pair[1].data)]))
    held = [_spoken(column, side, words) for column, side in zip(pair, sides, strict=True)]
    n, m = (len(one) for one, _ in held)
    if min(n, m) < FEWEST:
        return
    mine, theirs = (np.bincount(one, minlength=len(words)) for one, _ in held)
    values, groups = zip(*held, strict=True)
    worth = independent_pair(independent_words, values, groups, alike=alike)
    found = total_variation(mine, theirs, worth)
    shares = mine / n, theirs / m
    order = np.argsort(-np.abs(shares[0] - shares[1]), kind="stable")
    most = int(order[0])
    what = (
        f"{words[most]} is {shares[0][most]:.0%} of the training values and {shares[1][most]:.0%} of "
        "the eval values"
    )
    yield Measurement(
        quantity=DRIFT_DISTANCE.name,
        subject=Subject(column=pair[0].name),
        value=found.value,
        n=round(sum(worth)),
        interval=found.interval,
        p=found.p,
        details={"distance": "total variation", "what": what},
        figure=_shown(pair[0].name, words, shares, order[:CATEGORIES_SHOWN]),
    )


def _spoken(column: Column, side: _Side, words: list[str]) -> tuple[np.ndarray, np.ndarray | None]:
    """The places of the cells' words among these, the missing left out, and their rows' groups."""
    import numpy as np

    place = {word: number for number, word in enumerate(words)}
    translated = np.array([place[word] for word in levels(column.data)] + [-1], dtype=np.int64)
    found = translated[codes(column.data)[side.rows]]
    present = found >= 0
    return found[present], side.groups(present)


def _shown(
    name: str, words: list[str], shares: tuple[np.ndarray, np.ndarray], order: np.ndarray
) -> Mapping[str, Any]:
    return {
        "kind": "shares",
        "title": f"{name} has other shares in eval",
        "description": "The share of each category in train and in eval, the largest change first",
        "x_label": "share of rows",
        "items": [
            {"label": words[one], "train": shares[0][one], "eval": shares[1][one]} for one in order
        ],
    }
