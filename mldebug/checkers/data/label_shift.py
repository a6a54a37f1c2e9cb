"""How far the target's distribution moved between train and eval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.columns import at_one_precision
from mldebug.derive.split_units import COUNTED, SplitUnits
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.derive.labels import Labels

FEWEST = 10
CLASSES_SHOWN = 10
LABEL_DISTANCE = Quantity(
    name="data.label_distance",
    unit="difference of shares",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "How far the distributions of the target in train and eval are apart: the total variation "
        "distance of the classes' shares without what chance adds, or the Kolmogorov-Smirnov "
        "distance of numbers at the precision that both tables keep. Rows without a target are left "
        "out, and tables over 200,000 rows are sampled. " + COUNTED
    ),
    source=(
        "Kolmogorov 1933, Smirnov 1948; delta-method intervals; Kish 1965 and Rao & Scott 1981 for "
        "groups"
    ),
    null="the targets of train and eval are drawn from one distribution",
    details={
        "distance": "Kolmogorov-Smirnov or total variation",
        "what": "where the sets differ most, in words",
    },
)


@checker(LABEL_DISTANCE)
def label_shift(
    train: Table,
    eval: Table,
    target: Target,
    train_labels: Labels,
    eval_labels: Labels,
    train_sample: np.ndarray,
    eval_sample: np.ndarray,
    device: Device,
    split_units: SplitUnits | None = None,
) -> Iterator[Measurement]:
    """The distance of the target's distributions. O(n) for classes, O(n log n) for numbers."""
    rows = (
        train_sample[train_labels.present[train_sample]],
        eval_sample[eval_labels.present[eval_sample]],
    )
    mine, theirs = train_labels.values[rows[0]], eval_labels.values[rows[1]]
    if min(len(mine), len(theirs)) < FEWEST:
        raise Unavailable(
            f"train or eval has too few rows with a target to compare: "
            f"{min(len(mine), len(theirs)):,}, of {FEWEST} needed"
        )
    if target.task == "classification":
        worth = _independent(split_units, rows, (mine, theirs), words=True)
        yield _classes(target, eval_labels.classes, (mine, theirs), worth)
    else:
        columns = train[target.name], eval[target.name]
        sides = at_one_precision(*columns, mine, theirs)
        worth = _independent(split_units, rows, sides, words=False)
        yield _numbers(target, sides, worth, device)


def _independent(
    units: SplitUnits | None,
    rows: tuple[np.ndarray, np.ndarray],
    values: tuple[np.ndarray, np.ndarray],
    *,
    words: bool,
) -> tuple[float, float]:
    """How many independent rows would tell as much of the targets as these."""
    from mldebug.stats.clusters import independent_numbers, independent_pair, independent_words

    groups = (None, None) if units is None else (units.train[rows[0]], units.eval[rows[1]])
    measure = independent_words if words else independent_numbers
    return independent_pair(measure, values, groups, alike=units is not None and units.alike)


def _classes(
    target: Target,
    classes: tuple[str, ...],
    sides: tuple[np.ndarray, np.ndarray],
    worth: tuple[float, float],
) -> Measurement:
    import numpy as np

    from mldebug.stats.drift import total_variation

    mine, theirs = sides
    size = max(len(classes), len(target.classes))
    counts = [np.bincount(one, minlength=size) for one in sides]
    words = classes if len(classes) == size else target.classes
    found = total_variation(counts[0], counts[1], worth)
    shares = counts[0] / len(mine), counts[1] / len(theirs)
    order = np.argsort(-np.abs(shares[0] - shares[1]), kind="stable")
    most = int(order[0])
    return _measurement(
        round(sum(worth)),
        found.value,
        found.interval,
        found.p,
        "total variation",
        f"class {words[most]} is {shares[0][most]:.0%} of train and {shares[1][most]:.0%} of eval",
        {
            "kind": "shares",
            "title": f"The classes of {target.name} have other shares in eval",
            "description": "The share of each class in train and in eval, largest change first",
            "x_label": "share of rows",
            "items": [
                {"label": words[one], "train": float(shares[0][one]), "eval": float(shares[1][one])}
                for one in order[:CLASSES_SHOWN]
            ],
        },
    )


def _numbers(
    target: Target,
    sides: tuple[np.ndarray, np.ndarray],
    worth: tuple[float, float],
    device: Device,
) -> Measurement:
    from mldebug.checkers.data.drift_figures import overlaid
    from mldebug.stats.drift import ks_distance, ks_interval, ks_p

    (mine, theirs), (n, m) = sides, worth
    distance, place, below, above = (
        float(one) for one in ks_distance(device.asarray(mine), device.asarray(theirs))
    )
    return _measurement(
        round(n + m),
        distance,
        ks_interval(distance, below, above, n, m),
        ks_p(distance, n, m),
        "Kolmogorov-Smirnov",
        f"{target.name} is at most {place:.4g} in {below:.0%} of train and {above:.0%} of eval",
        overlaid(target.name, mine, theirs, (place, below, above)),
    )


def _measurement(
    n: int,
    value: float,
    interval: tuple[float, float] | None,
    p: float | None,
    distance: str,
    what: str,
    figure: Any,
) -> Measurement:
    return Measurement(
        quantity=LABEL_DISTANCE.name,
        subject=Subject(),
        value=value,
        n=n,
        interval=interval,
        p=p,
        details={"distance": distance, "what": what},
        figure=figure,
    )
