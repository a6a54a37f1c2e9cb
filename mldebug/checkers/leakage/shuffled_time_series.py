"""A series whose rows were dealt out to both sets, so that neighbours in time tell the target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table, Target, TimeColumn
from mldebug.checker import Unavailable, checker
from mldebug.columns import numbers
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.derive.labels import Labels

GAP, GAP_ROWS = 0.05, 20
FEWEST_ROWS = 50
NEIGHBOUR_LEAK = Quantity(
    name="leakage.neighbour_leak",
    unit="share of variance",
    bounds=(-1.0, 1.0),
    kind="estimate",
    meaning=(
        "The share of the variance of eval's target that the mean of the two training rows next to a "
        "row in time (one before, one after) explains, less what two training rows farther off do, "
        f"{GAP:.0%} of the training rows and at least {GAP_ROWS} away. Numbers enter as ranks, "
        "classes as indicators. It is 0 where eval lies after train, whatever the series is like."
    ),
    source="Kapoor & Narayanan 2023, kind L3.1; Bergmeir & Benitez 2012; intervals after Zou 2007",
    details={
        "near": "the correlation with the mean of the two training rows next in time",
        "far": "the same with training rows farther off",
        "between": "the share of eval rows between the first and the last training row in time",
    },
)


@checker(NEIGHBOUR_LEAK)
def shuffled_time_series(
    train: Table,
    eval: Table,
    target: Target,
    time: TimeColumn,
    train_labels: Labels,
    eval_labels: Labels,
    train_sample: np.ndarray,
    eval_sample: np.ndarray,
    device: Device,
) -> Iterator[Measurement]:
    """How much of eval's target the training rows next in time tell, beyond distant ones."""
    import numpy as np

    from mldebug.arrays import to_host
    from mldebug.stats.nearby import explained_beyond, joint_correlation

    if time.name not in eval or eval[time.name].kind is not train[time.name].kind:
        raise Unavailable(f"eval has no column {time.name!r} with times")
    moments, known = _in_time(train, train_labels, time, train_sample)
    asked, wanted = _in_time(eval, eval_labels, time, eval_sample)
    if min(len(moments), len(asked)) < FEWEST_ROWS:
        raise Unavailable(f"fewer than {FEWEST_ROWS} rows of train or of eval have time and target")
    if not target.classes:
        known, wanted = _ranks(known, known), _ranks(wanted, known)
    classes = np.arange(len(target.classes))
    truth = _columns(wanted, classes)
    values = _columns(known, classes)
    places = np.searchsorted(moments, asked)
    gap = max(round(GAP * len(moments)), GAP_ROWS)
    told = []
    for distance in (0, gap):
        before = np.clip(places - 1 - distance, 0, len(moments) - 1)
        after = np.clip(places + distance, 0, len(moments) - 1)
        # Where one side has no row, the other tells alone.
        before = np.where(places - 1 - distance < 0, after, before)
        after = np.where(places + distance > len(moments) - 1, before, after)
        mean = (values[before] + values[after]) / 2
        found = to_host(joint_correlation(device.asarray(truth), device.asarray(mean))).tolist()
        told.append((found[0], found[1]))
    estimate = explained_beyond(told[0], told[1])
    yield Measurement(
        quantity=NEIGHBOUR_LEAK.name,
        subject=Subject(column=time.name),
        value=estimate.value,
        n=len(moments) + len(asked),
        interval=estimate.interval,
        details={
            "near": told[0][0],
            "far": told[1][0],
            "between": float(np.mean((places > 0) & (places < len(moments)))),
        },
        figure=_figure(told, time.name),
    )


def _in_time(
    table: Table, labels: Labels, time: TimeColumn, sample: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The moments and the targets of the rows that have both, in the order of time."""
    import numpy as np

    moments = numbers(table[time.name].data)[sample]
    values = labels.values[sample]
    kept = np.isfinite(moments) & labels.present[sample]
    order = np.argsort(moments[kept], kind="stable")
    return moments[kept][order], values[kept][order]


def _ranks(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    """The share of train's values below each value, equal ones counting half."""
    import numpy as np

    ordered = np.sort(among)
    low, high = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return np.asarray((low + high) / (2 * len(ordered)))


def _columns(values: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Numbers as one column, classes as one indicator each."""
    import numpy as np

    if not len(classes):
        return values.astype(np.float64)[:, None]
    return np.asarray(values[:, None] == classes[None, :], dtype=np.float64)


def _figure(told: list[tuple[float, float]], time: str) -> dict[str, Any]:
    from mldebug.stats.intervals import normal

    items = []
    for label, series, (value, error) in zip(
        ("next in time", "farther off"), ("plain", "null"), told, strict=True
    ):
        low, high = normal(value, error, bounds=(-1.0, 1.0))
        items.append({"label": label, "value": value, "low": low, "high": high, "series": series})
    return {
        "kind": "intervals",
        "title": f"Training rows next in {time} tell the target of eval rows",
        "description": "The correlation of eval's target with training rows near and far in time",
        "x_label": "correlation with eval's target",
        "items": items,
    }
