"""Values that were not numbers and that the log does not show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Run, Series
from mldebug.checker import Unavailable, checker
from mldebug.derive.logged_points import distinct_steps
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

TOGETHER = 0.95
"""Two series were logged together if one has this share of the other's steps."""
LONGEST_TAIL = 3
HIDDEN_VALUES = Quantity(
    name="tracking.hidden_values",
    unit="values",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The values of a run's losses that the tool says it left out because they were no numbers, or "
        "that are missing at steps where a series of the same data, logged together with the loss at "
        f"{TOGETHER:.0%} of its steps, has a value: inside the loss's steps, or more than "
        f"{LONGEST_TAIL} at its cadence after its end."
    ),
    source="convention",
    details={
        "series": "the loss with the most such values",
        "sibling": "the series that has values there; empty where the tool itself tells of them",
        "first": "the first step at which one is missing, or None",
        "how": "how it is known, in words",
    },
)


@checker(HIDDEN_VALUES)
def hidden_non_finite(runs: tuple[Run, ...]) -> Iterator[Measurement]:
    """The number of values of each run's losses that were left out of its log."""
    logs = [run for run in runs if run.axis == "step" and run.of_role("loss")]
    if not logs:
        raise Unavailable("no run that was given logs a loss by step")
    for run in logs:
        dropped = run.record.get("dropped") or {}
        found = [
            (int(dropped[one.name]), one.name, "", None)
            if dropped.get(one.name)
            else _beside_siblings(one, run)
            for one in run.of_role("loss")
        ]
        count, series, sibling, first = max(found, key=lambda told: told[0])
        how = f"{sibling} has a value there" if sibling else "the tool says that it left them out"
        yield Measurement(
            quantity=HIDDEN_VALUES.name,
            subject=Subject(run=run.name),
            value=float(count),
            n=max(len(one.values) for one in run.series),
            details={
                "series": series,
                "sibling": sibling,
                "first": first,
                "how": how if count else "nothing is missing",
            },
        )


def _beside_siblings(loss: Series, run: Run) -> tuple[int, str, str, int | None]:
    """The most values that a loss lacks beside a series that was logged together with it."""
    import numpy as np

    mine = distinct_steps(loss.steps)
    worst: tuple[int, str, str, int | None] = (0, loss.name, "", None)
    for other in run.series:
        together = other.split == loss.split or other.role in ("rate", "gradient")
        if other is loss or not together or (loss.split != "train" and other.role == "rate"):
            continue
        finite = np.isfinite(other.values)
        theirs = distinct_steps(other.steps if finite.all() else other.steps[finite])
        if np.array_equal(mine, theirs):
            continue
        absent = _absent(mine, theirs)
        if len(absent) > worst[0]:
            worst = (len(absent), loss.name, other.name, int(absent[0]))
    return worst


def _absent(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """The steps that the loss lacks; none where the two were logged at cadences of their own."""
    import numpy as np

    nothing = np.zeros(0, dtype=np.int64)
    if len(mine) < 2 or not len(theirs) or np.mean(_among(mine, theirs)) < TOGETHER:
        return nothing
    absent = theirs[~_among(theirs, mine)]
    inside = absent[(absent > mine[0]) & (absent < mine[-1])]
    after = absent[absent > mine[-1]]
    if len(inside) > (1 - TOGETHER) * len(mine):
        # as many holes as this are a cadence, unless they are few and long: a stretch of NaN
        blocks = 1 + int(np.sum(np.diff(np.searchsorted(mine, inside)) > 0))
        inside = inside if blocks <= LONGEST_TAIL else nothing
    each = max(int(np.median(np.diff(np.searchsorted(theirs, mine)))), 1)
    after = after[each - 1 :: each]
    return np.concatenate([inside, after if len(after) > LONGEST_TAIL else nothing])


def _among(steps: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which rising steps are among other rising ones."""
    import numpy as np

    places = np.minimum(np.searchsorted(others, steps), len(others) - 1)
    return np.asarray(others[places] == steps)
