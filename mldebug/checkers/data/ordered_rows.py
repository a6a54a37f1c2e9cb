"""Rows whose values depend on where they stand in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import NUMERIC_OR_CATEGORICAL, Kind, Table, Target, TimeColumn, Validation
from mldebug.checker import Unavailable, checker
from mldebug.checkers.data.course_figures import course
from mldebug.columns import codes, is_coded, numbers
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.artefacts import Column
    from mldebug.derive.identifiers import Identifier

MOST_PAIRS = 20_000
FEWEST_PAIRS = 60
BATCHES = 20
OTHERS_TOLD = 0.1
SORTED = 0.95
"""Neighbours as alike as this stand in a sorted file; eval goes on with it if this share of its rows
lie beyond its end."""
MOST_NAMED = 3
ORDER_DEPENDENCE = Quantity(
    name="data.order_dependence",
    unit="correlation",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "How alike rows are that follow each other, in the column in which they are most (un)like: "
        "the rank correlation of the two for numbers; for categories the share of equal pairs beyond "
        "chance, over the most that is possible. 0 for rows in random order, 1 for sorted ones. At "
        f"most {MOST_PAIRS:,} pairs of neighbours; dates and identifiers are not looked at, and rows "
        "of one named group are no pair."
    ),
    source=(
        "Bartels 1982; Wald & Wolfowitz 1940; intervals by batch means, corrected for the number of "
        "columns"
    ),
    details={
        "order": "'used' if the validation depends on the order of the rows, else 'harmless'",
        "use": "what the validation does with the order, in words, or nothing",
        "alike": "'alike' or 'unlike'",
        "others": "the other columns in which rows depend on their place, in words",
    },
)


@dataclass(frozen=True, slots=True)
class _Alikeness:
    name: str
    mean: float
    error: float
    pairs: int


@checker(ORDER_DEPENDENCE)
def ordered_rows(
    train: Table,
    identifiers: tuple[Identifier, ...],
    device: Device,
    target: Target | None = None,
    time: TimeColumn | None = None,
    cv: Validation | None = None,
    eval: Table | None = None,
    train_members: np.ndarray | None = None,
) -> Iterator[Measurement]:
    """How much neighbouring rows are alike in the column that depends most on the order."""
    from scipy.special import stdtrit

    # Rows of one group or one class that stand side by side are what is looked for.
    left_out = {one.column for one in identifiers} | {time.name if time else None}
    starts = _neighbours(train.n_rows, train_members)
    columns = [one for one in train.of_kind(*NUMERIC_OR_CATEGORICAL) if one.name not in left_out]
    found = [one for column in columns if (one := _measured(column, starts, device))]
    if not found:
        raise Unavailable("too few neighbouring rows have values to tell whether they are ordered")
    first = target.name if target else None
    best = max(found, key=lambda one: (abs(one.mean), one.name == first))
    spread = best.error * float(stdtrit(BATCHES - 1, 1 - 0.025 / len(found)))
    value = min(abs(best.mean), 1.0)
    use = _use(train, cv, eval, best)
    others = [
        one.name for one in found if one is not best and abs(one.mean) - 3 * one.error > OTHERS_TOLD
    ]
    more = len(others) - MOST_NAMED
    named = ", ".join(others[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    yield Measurement(
        quantity=ORDER_DEPENDENCE.name,
        subject=Subject(column=best.name),
        value=value,
        n=best.pairs + 1,
        interval=(max(value - spread, 0.0), min(value + spread, 1.0)),
        details={
            "order": "used" if use else "harmless",
            "use": use,
            "alike": "alike" if best.mean > 0 else "unlike",
            "others": f"; also in {named}" if others else "",
        },
        figure=_figure(train[best.name]),
    )


def _neighbours(n_rows: int, members: np.ndarray | None) -> np.ndarray:
    """The first rows of the pairs that are compared; where groups are named, pairs of two groups."""
    import numpy as np

    starts = np.arange(n_rows - 1)
    if members is not None:
        starts = starts[members[1:] != members[:-1]]
    return starts[:: max(len(starts) // MOST_PAIRS, 1)]


def _measured(column: Column, starts: np.ndarray, device: Device) -> _Alikeness | None:
    """The alikeness of neighbouring rows in one column, with its error."""
    import numpy as np

    from mldebug.arrays import to_host
    from mldebug.stats.order import batch_means, number_alikeness, word_alikeness

    coded = is_coded(column)
    values = codes(column.data) if coded else numbers(column.data)
    before, after = values[starts], values[starts + 1]
    present = (before >= 0) & (after >= 0) if coded else ~(np.isnan(before) | np.isnan(after))
    before, after = before[present], after[present]
    if len(before) < FEWEST_PAIRS or before.min() == before.max():
        return None
    alikeness = word_alikeness if coded else number_alikeness
    alike = alikeness(device.asarray(before), device.asarray(after))
    means = to_host(batch_means(alike, BATCHES))
    # Batches of equal means (a sorted file) are no proof of a mean without error.
    error = max(float(np.std(means, ddof=1)) / sqrt(BATCHES), 1 / len(before))
    return _Alikeness(column.name, float(np.mean(means)), error, len(before))


def _use(train: Table, cv: Validation | None, eval: Table | None, best: _Alikeness) -> str:
    """What the validation does with the order of the rows, or nothing."""
    if cv is not None and cv.scheme == "folds":
        return f", and {cv.source} holds out blocks of consecutive rows"
    if eval is None:
        return ""
    if train.positions is not None and eval.positions is not None:
        both = len(train.positions) and len(eval.positions)
        return ", and eval is one end of the file" if both and _apart(train, eval) else ""
    if best.mean > SORTED and best.name in eval and _goes_on(train[best.name], eval[best.name]):
        return ", and eval goes on where train ends"
    return ""


def _goes_on(column: Column, other: Column) -> bool:
    """Whether nearly all values of eval lie beyond the end that train was sorted towards."""
    import numpy as np

    if not {column.kind, other.kind} <= {Kind.NUMBER}:
        return False
    mine, theirs = numbers(column.data), numbers(other.data)
    mine, theirs = mine[~np.isnan(mine)], theirs[~np.isnan(theirs)]
    end = max(len(mine) // BATCHES, 1)
    if len(theirs) < BATCHES or len(mine) < FEWEST_PAIRS:
        return False
    first, last = float(np.median(mine[:end])), float(np.median(mine[-end:]))
    beyond = theirs >= last if last > first else theirs <= last
    return bool(np.mean(beyond) >= SORTED)


def _apart(train: Table, eval: Table) -> bool:
    assert train.positions is not None
    assert eval.positions is not None
    return bool(
        train.positions.max() < eval.positions.min() or eval.positions.max() < train.positions.min()
    )


def _figure(column: Column) -> dict[str, Any] | None:
    """The column along the file; nothing for words."""
    if is_coded(column):
        return None
    title = f"{column.name} depends on the place in the file"
    return course(numbers(column.data), title, "row", column.name)
