"""Training rows that lie later in time than the evaluation's beginning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, TimeColumn
from mldebug.checker import Unavailable, checker
from mldebug.columns import numbers
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.artefacts import Column

START_QUANTILE = 0.05
FEWEST = 10
TIME_OVERLAP = Quantity(
    name="leakage.time_overlap",
    unit="share of train rows",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The share of training rows whose time is later than that of the earliest "
        f"{START_QUANTILE:.0%} of the evaluation rows: 0 if train ends before eval begins, and about "
        "95% if the rows were split at random. Tables over 200,000 rows are sampled."
    ),
    source="Kapoor & Narayanan 2023, kind L3.1; order-statistic and Wilson intervals",
    details={
        "time": "'given' if --time named the column, 'detected' if it is merely a date",
        "later": "the number of such training rows",
        "auc": "the probability that an evaluation row is later than a training row",
        "begins": "when the evaluation begins",
    },
)


@checker(TIME_OVERLAP)
def time_overlap(
    train: Table,
    eval: Table,
    train_sample: np.ndarray,
    eval_sample: np.ndarray,
    device: Device,
    time: TimeColumn | None = None,
) -> Iterator[Measurement]:
    """The share of training rows later than the evaluation's beginning, for each time column."""
    columns = [time.name] if time else [one.name for one in train.of_kind(Kind.DATE)]
    shared = [name for name in columns if name in eval and eval[name].kind is train[name].kind]
    if not shared and time:
        raise Unavailable(f"eval has no column {time.name!r} with times")
    if not shared:
        raise Unavailable("no column holds dates; name the one that orders the rows", ("--time",))
    told = "given" if time else "detected"
    found: list[Measurement] = []
    for name in shared:
        x = numbers(train[name].data)[train_sample]
        y = numbers(eval[name].data)[eval_sample]
        found += _measured(train[name], _finite(x), _finite(y), told, device)
    if not found:
        raise Unavailable(f"fewer than {FEWEST} rows of train or of eval have a time")
    yield from found


def _finite(values: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(values[np.isfinite(values)])


def _measured(
    column: Column, x: np.ndarray, y: np.ndarray, told: str, device: Device
) -> Iterator[Measurement]:
    import numpy as np

    from mldebug.checkers.data.drift_figures import overlaid
    from mldebug.stats.intervals import critical_value, wilson
    from mldebug.stats.ranking import auc

    n, m = len(x), len(y)
    if min(n, m) < FEWEST:
        return
    ordered = np.sort(y)
    start = float(ordered[int(START_QUANTILE * (m - 1))])
    # The quantile itself is uncertain: its ends are the order statistics around it.
    half = critical_value() * np.sqrt(m * START_QUANTILE * (1 - START_QUANTILE))
    early = float(ordered[max(int(np.floor(START_QUANTILE * m - half)), 0)])
    late = float(ordered[min(int(np.ceil(START_QUANTILE * m + half)), m - 1)])
    later = int(np.sum(x > start))
    low = min(wilson(int(np.sum(x > late)), n)[0], later / n)
    high = max(wilson(int(np.sum(x > early)), n)[1], later / n)
    begins = str(np.datetime64(int(start), "us")) if column.kind is Kind.DATE else f"{start:g}"
    seconds = 1e-6 if column.kind is Kind.DATE else 1.0
    figure = overlaid(
        column.name,
        x * seconds,
        y * seconds,
        (start * seconds, 1 - later / n, START_QUANTILE),
        "date" if column.kind is Kind.DATE else "number",
    )
    if figure is not None:
        label = f"{later / n:.0%} of train lies after eval begins"
        title = "Train reaches into the evaluation's time"
        figure = {**figure, "title": title, "gap": {**figure["gap"], "label": label}}
    yield Measurement(
        quantity=TIME_OVERLAP.name,
        subject=Subject(column=column.name),
        value=later / n,
        n=n + m,
        interval=(low, high),
        details={
            "time": told,
            "later": later,
            "auc": auc(device.asarray(x), device.asarray(y))[0],
            "begins": begins.removesuffix(".000000").replace("T00:00:00", ""),
        },
        figure=figure,
    )
