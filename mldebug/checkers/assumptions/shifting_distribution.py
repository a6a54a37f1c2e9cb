"""Columns whose level changes at some moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import NUMERIC_OR_CATEGORICAL, Kind, Table, Target, TimeColumn
from mldebug.checker import Unavailable, checker
from mldebug.columns import codes, is_coded, levels, numbers
from mldebug.derive.sample import FOR_MODELS, sampled_rows
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.artefacts import Column

FEWEST_ROWS = 40
MOST_WORDS = 5
TIME_SHIFT = Quantity(
    name="assumptions.time_shift",
    unit="standard deviations",
    bounds=(0.0, None),
    kind="estimate",
    meaning=(
        "By how many standard deviations the level of a column differs before and after the moment at "
        "which it changes most, in normal scores of its ranks; of a category, the share of that of "
        f"its {MOST_WORDS} most frequent words which changes most. A lasting rise or fall counts as "
        f"a change half-way. The rows in the order of time, at most {FOR_MODELS:,}."
    ),
    source="Page 1955; Ploberger & Kraemer 1992, with the long-run variance of Andrews 1991",
    null=(
        "no change of level; neighbours in time may be alike: the cumulative sum against a Brownian "
        "bridge with the long-run variance"
    ),
    details={
        "when": "the moment of the change",
        "before": "the median, or of a word the share, before it",
        "after": "the same after it",
        "what": "both in words",
    },
)


@checker(TIME_SHIFT)
def shifting_distribution(
    train: Table,
    time: TimeColumn,
    non_features: frozenset[str],
    device: Device,
    seed: int,
    target: Target | None = None,
) -> Iterator[Measurement]:
    """The largest change of level of each column over time."""
    import numpy as np

    rows = sampled_rows(train.n_rows, seed, FOR_MODELS)
    moments = numbers(train[time.name].data)[rows]
    rows, moments = rows[np.isfinite(moments)], moments[np.isfinite(moments)]
    order = np.argsort(moments, kind="stable")
    rows, moments = rows[order], moments[order]
    if len(rows) < FEWEST_ROWS or moments[0] == moments[-1]:
        raise Unavailable(
            f"fewer than {FEWEST_ROWS} rows have a time"
            if len(rows) < FEWEST_ROWS
            else "all rows have the same time"
        )
    # That the target changes over time is as bad as that a feature does.
    left_out = non_features - {target.name if target else None}
    for column in train.of_kind(*NUMERIC_OR_CATEGORICAL):
        found = _changes(column, rows, device) if column.name not in left_out else None
        if found is not None:
            yield _measured(train, column, time, moments, found)


Found = tuple["np.ndarray", "np.ndarray", str, list[float], int]
"""Where the values are present, the values, the word that they are about, the change, the tests."""


def _changes(column: Column, rows: np.ndarray, device: Device) -> Found | None:
    """The change of a column that has the smallest p-value, of its words or of its numbers."""
    import numpy as np

    from mldebug.arrays import to_host
    from mldebug.derive.smooth_predictions import normal_scores
    from mldebug.stats.change_point import change, mean_change

    tried: list[tuple[str, np.ndarray]] = []
    if is_coded(column):
        found = codes(column.data)[rows]
        present = found >= 0
        kept = found[present]
        words = levels(column.data)
        counts = np.bincount(kept, minlength=len(words))
        frequent = np.argsort(-counts, kind="stable")[:MOST_WORDS]
        # Of two words one share tells that of the other.
        frequent = frequent[:1] if (counts > 0).sum() == 2 else frequent
        tried = [(words[code], (kept == code).astype(np.float64)) for code in frequent]
    else:
        numeric = numbers(column.data)[rows]
        present = ~np.isnan(numeric)
        tried = [("", numeric[present])]
    best: Found | None = None
    smallest = np.inf
    for word, values in tried:
        if len(values) < FEWEST_ROWS or values.min() == values.max():
            continue
        told = to_host(mean_change(device.asarray(normal_scores(values)))).tolist()
        p = change(told, len(values)).p
        if p is not None and p < smallest:
            best, smallest = (present, values, word, told, len(tried)), p
    return best


def _measured(
    train: Table, column: Column, time: TimeColumn, moments: np.ndarray, found: Found
) -> Measurement:
    import numpy as np

    from mldebug.checkers.data.course_figures import course
    from mldebug.stats.change_point import change

    present, values, word, told, tests = found
    n, place = len(values), int(told[0])
    estimate = change(told, n)
    shares = bool(word) or bool(np.isin(values, (0, 1)).all())
    before, after = (_middle(part, shares) for part in (values[:place], values[place:]))
    moment = float(moments[present][place])
    is_date = train[time.name].kind is Kind.DATE
    when = str(np.datetime64(int(moment), "us"))[:10] if is_date else f"{moment:g}"
    of = f"of {word} " if word else ""
    what = (
        f"the share {of}goes from {before:.1%} to {after:.1%}"
        if shares
        else f"the median goes from {before:.4g} to {after:.4g}"
    )
    return Measurement(
        quantity=TIME_SHIFT.name,
        subject=Subject(column=column.name),
        value=estimate.value,
        n=n,
        interval=estimate.interval,
        p=None if estimate.p is None else min(estimate.p * tests, 1.0),
        details={"when": when, "before": before, "after": after, "what": what},
        figure=course(
            values,
            f"{column.name} changes at {when}",
            f"row, in the order of {time.name}",
            f"share {of}in {column.name}" if word else column.name,
        ),
    )


def _middle(values: np.ndarray, shares: bool) -> float:
    """The mean of zeros and ones, and the median of other numbers as far as they are finite."""
    import numpy as np

    if shares:
        return float(np.mean(values))
    finite = values[np.isfinite(values)]
    return float(np.quantile(finite, 0.5, method="lower")) if len(finite) else 0.0
