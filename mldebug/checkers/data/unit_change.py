"""Numbers that are in another unit in eval than in train."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.columns import at_one_precision, numbers
from mldebug.derive.sample import FOR_MODELS, sampled_rows
from mldebug.executors import threaded
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.stats.units import Conversion

FEWEST = 10
SUSPECT_P = 1e-3
FAR_APART = 5.0
CONVERTED_DISTANCE = Quantity(
    name="data.converted_distance",
    unit="difference of shares",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "How much of the Kolmogorov-Smirnov distance of a column of numbers between train and eval "
        "a change of its unit takes away: 0 unless a known factor (a power of ten, inches, miles, "
        "pounds, feet, minutes, hours, days, weeks, 1,024, or degrees) explains it, with the 99% "
        "interval of the factor around it, narrower than 3% (a tenth of its logarithm beyond 5) "
        "and without 1, and a tenth of the distance left at most, or what chance leaves."
    ),
    source="two-sample comparison of sizes; Kolmogorov 1933, Smirnov 1948",
    null="train and eval are drawn from one distribution",
    details={
        "conversion": "what was done to the column in eval, in words; empty where nothing was found",
        "train_middle": "the median in train",
        "eval_middle": "the median in eval",
        "slope": "the factor from train to eval; 1 where nothing was found",
        "offset": "what is added after it",
    },
)


@checker(CONVERTED_DISTANCE)
def unit_change(
    train: Table,
    eval: Table,
    train_sample: np.ndarray,
    eval_sample: np.ndarray,
    non_features: frozenset[str],
    seed: int,
    target: Target | None = None,
) -> Iterator[Measurement]:
    """The conversion of each column of numbers, a target of numbers included.

    Columns whose distributions do not differ at .001 in 20,000 rows of either table are not looked
    at further. O(n log n) a column that differs.
    """
    left_out = non_features
    if target is not None and target.task == "regression":
        left_out -= {target.name}
    compared = [
        (mine, eval[mine.name])
        for mine in train.columns
        if mine.name in eval
        and mine.name not in left_out
        and mine.kind is eval[mine.name].kind is Kind.NUMBER
    ]
    if not compared:
        raise Unavailable("train and eval share no column of numbers")
    few = [sampled_rows(one.n_rows, seed, FOR_MODELS) for one in (train, eval)]

    def measured(pair: tuple[Column, Column]) -> Measurement | None:
        return _measured(*pair, few, [train_sample, eval_sample])

    yield from (found for found in threaded(measured, compared) if found is not None)


def _measured(
    mine: Column, theirs: Column, few: list[np.ndarray], many: list[np.ndarray]
) -> Measurement | None:
    from mldebug.stats.drift import ks_distance, ks_interval, ks_p
    from mldebug.stats.units import conversion

    whole = numbers(mine.data), numbers(theirs.data)

    def sampled(rows: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        x, y = (_finite(one[these]) for one, these in zip(whole, rows, strict=True))
        return at_one_precision(mine, theirs, x, y)

    x, y = sampled(few)
    if min(len(x), len(y)) < FEWEST:
        return None
    distance, place, below, above = (float(one) for one in ks_distance(x, y))
    found = None
    if ks_p(distance, len(x), len(y)) < SUSPECT_P:
        x, y = sampled(many)
        distance, place, below, above = (float(one) for one in ks_distance(x, y))
        found = conversion(x, y, distance)
    n, m = len(x), len(y)
    low, high = ks_interval(distance, below, above, n, m)
    left = found.left if found else 0.0
    return Measurement(
        quantity=CONVERTED_DISTANCE.name,
        subject=Subject(column=mine.name),
        value=distance - left if found else 0.0,
        n=n + m,
        interval=(max(low - left, 0.0) if found else 0.0, high),
        p=ks_p(distance, n, m),
        details=_details(found, x, y),
        figure=_shown(mine.name, x, y, (place, below, above), found) if found else None,
    )


def _finite(values: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(values[np.isfinite(values)])


def _details(found: Conversion | None, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    import numpy as np

    return {
        "conversion": found.words if found else "",
        "train_middle": float(f"{np.median(x):.4g}"),
        "eval_middle": float(f"{np.median(y):.4g}"),
        "slope": found.slope if found else 1.0,
        "offset": found.offset if found else 0.0,
    }


def _shown(
    name: str, x: np.ndarray, y: np.ndarray, gap: tuple[float, float, float], found: Conversion
) -> Mapping[str, Any] | None:
    """Both distributions, on a logarithmic axis where they are far apart and have no sign."""
    import numpy as np

    from mldebug.checkers.data.drift_figures import overlaid

    title = f"In eval, {name} looks {found.words}"
    positive = min(float(x.min()), float(y.min())) > 0
    if not positive or 1 / FAR_APART < found.slope < FAR_APART:
        drawn = overlaid(name, x, y, gap)
        return drawn and {**drawn, "title": title}
    drawn = overlaid(name, np.log10(x), np.log10(y), (float(np.log10(gap[0])), *gap[1:]))
    if drawn is None:
        return None
    edges = [10.0**edge for edge in drawn["edges"]]
    marked = {**drawn["gap"], "x": 10.0 ** drawn["gap"]["x"]}
    return {**drawn, "title": title, "x_kind": "log", "edges": edges, "gap": marked}
