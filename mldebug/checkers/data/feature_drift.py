"""How far each feature's distribution moved between train and eval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import NUMERIC_OR_CATEGORICAL, Table
from mldebug.checker import Unavailable, checker
from mldebug.columns import at_one_precision, codes, is_coded, levels, numbers
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
        "that name the rows are left out; tables over 200,000 rows are sampled."
    ),
    source="Kolmogorov 1933, Smirnov 1948; delta-method intervals",
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
) -> Iterator[Measurement]:
    """The distance of each feature between the tables."""
    compared = [
        (mine, eval[mine.name])
        for mine in train.of_kind(*NUMERIC_OR_CATEGORICAL)
        if mine.name in eval and mine.name not in non_features and eval[mine.name].kind is mine.kind
    ]
    if not compared:
        raise Unavailable("train and eval share no column of numbers or categories")

    def measured(pair: tuple[Column, Column]) -> list[Measurement]:
        if is_coded(pair[0]):
            return list(_categories(*pair, train_sample, eval_sample))
        return list(_numbers(*pair, train_sample, eval_sample, device))

    for found in threaded(measured, compared):
        yield from found


def _numbers(
    mine: Column, theirs: Column, rows: np.ndarray, others: np.ndarray, device: Device
) -> Iterator[Measurement]:
    from mldebug.checkers.data.drift_figures import overlaid
    from mldebug.stats.drift import ks_distance, ks_interval, ks_p

    x, y = at_one_precision(mine, theirs, _present(mine, rows), _present(theirs, others))
    n, m = len(x), len(y)
    if min(n, m) < FEWEST:
        return
    distance, place, below, above = (
        float(one) for one in ks_distance(device.asarray(x), device.asarray(y))
    )
    what = (
        f"{below:.0%} of the training values are at most {_readable(place)}, and {above:.0%} of "
        "the eval values"
    )
    interval = ks_interval(distance, below, above, n, m)
    # A distance that may be 0 is no finding, and nothing else shows a figure
    is_apart = interval[0] > 0
    yield Measurement(
        quantity=DRIFT_DISTANCE.name,
        subject=Subject(column=mine.name),
        value=distance,
        n=n + m,
        interval=interval,
        p=ks_p(distance, n, m),
        details={"distance": "Kolmogorov-Smirnov", "what": what},
        figure=overlaid(mine.name, x, y, (place, below, above)) if is_apart else None,
    )


def _present(column: Column, rows: np.ndarray) -> np.ndarray:
    """The values of these rows that are not missing."""
    import numpy as np

    values: np.ndarray = numbers(column.data)[rows]
    return values[~np.isnan(values)] if column.data.null_count else values


def _readable(place: float) -> str:
    """Three significant digits; a whole number, which may be a year or a code, as it is."""
    whole = place.is_integer() and abs(place) < MOST_WRITTEN_OUT
    return f"{place if whole else float(f'{place:.3g}'):,.12g}"


def _categories(
    mine: Column, theirs: Column, rows: np.ndarray, others: np.ndarray
) -> Iterator[Measurement]:
    import numpy as np

    from mldebug.stats.drift import total_variation

    words = list(dict.fromkeys([*levels(mine.data), *levels(theirs.data)]))
    counts = _counts(mine, rows, words), _counts(theirs, others, words)
    n, m = int(counts[0].sum()), int(counts[1].sum())
    if min(n, m) < FEWEST:
        return
    found = total_variation(*counts)
    shares = counts[0] / n, counts[1] / m
    order = np.argsort(-np.abs(shares[0] - shares[1]), kind="stable")
    most = int(order[0])
    what = (
        f"{words[most]} is {shares[0][most]:.0%} of the training values and {shares[1][most]:.0%} of "
        "the eval values"
    )
    yield Measurement(
        quantity=DRIFT_DISTANCE.name,
        subject=Subject(column=mine.name),
        value=found.value,
        n=n + m,
        interval=found.interval,
        p=found.p,
        details={"distance": "total variation", "what": what},
        figure=_shown(mine.name, words, shares, order[:CATEGORIES_SHOWN]),
    )


def _counts(column: Column, rows: np.ndarray, words: list[str]) -> np.ndarray:
    import numpy as np

    place = {word: number for number, word in enumerate(words)}
    translated = np.array([place[word] for word in levels(column.data)] + [-1], dtype=np.int64)
    found = translated[codes(column.data)[rows]]
    return np.bincount(found[found >= 0], minlength=len(words))


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
