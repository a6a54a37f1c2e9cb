"""A log whose steps are not what one run leaves: out of order, repeated, or missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Run
from mldebug.checker import Unavailable, checker
from mldebug.derive.logged_points import distinct_steps
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

REGULAR = 0.9
"""A series is logged at a cadence if this share of its steps are the same distance apart."""
FEWEST_STEPS = 8
LAST_AGAIN = 3
AT_ONCE = 2**17
BROKEN_POINTS = Quantity(
    name="tracking.broken_points",
    unit="points",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The points of a run's worst series that lie before an earlier logged step, that repeat a step "
        f"(but for {LAST_AGAIN} of the last step, which is often evaluated again), or that are missing "
        f"between two steps where {REGULAR:.0%} of the steps are the same distance apart."
    ),
    source="convention",
    details={
        "series": "the series with the most such points",
        "backwards": "points whose step is smaller than the one before",
        "repeated": "points whose step was logged before",
        "absent": "points that are missing at the series' cadence",
        "points": "points of the series",
        "what": "all of this in words",
    },
)


@checker(BROKEN_POINTS)
def broken_log(runs: tuple[Run, ...]) -> Iterator[Measurement]:
    """The number of points of each run that are out of order, repeated or missing."""
    logs = [run for run in runs if run.axis == "step" and run.series]
    if not logs:
        raise Unavailable("the runs given are no logs of steps")
    for run in logs:
        counted = {one.name: _counts(one.steps) for one in run.series}
        worst = max(counted, key=lambda name: (sum(counted[name]), len(name)))
        backwards, repeated, absent = counted[worst]
        points = max(len(one.steps) for one in run.series)
        yield Measurement(
            quantity=BROKEN_POINTS.name,
            subject=Subject(run=run.name),
            value=float(backwards + repeated + absent),
            n=points,
            details={
                "series": worst,
                "backwards": backwards,
                "repeated": repeated,
                "absent": absent,
                "points": next(len(one.steps) for one in run.series if one.name == worst),
                "what": _told(backwards, repeated, absent),
            },
        )


def _counts(steps: np.ndarray) -> tuple[int, int, int]:
    """The points of one series that go back, that repeat a step, and that are missing."""
    import numpy as np

    there = distinct_steps(steps)
    backwards = int(np.sum(steps[1:] < steps[:-1]))
    again = len(steps) - len(there)
    if again:
        again -= min(int(np.sum(steps == there[-1])) - 1, LAST_AGAIN)
    if len(there) < FEWEST_STEPS:
        return backwards, again, 0
    every = 1 + len(there) // AT_ONCE
    cadence = int(np.median(there[1::every] - there[:-1:every]))
    alike, absent = 0, 0
    for start in range(0, len(there) - 1, AT_ONCE):
        gaps = np.diff(there[start : start + AT_ONCE + 1])
        alike += int(np.sum(gaps == cadence))
        holes = gaps[gaps >= 2 * cadence]
        absent += int(np.sum(holes // cadence - 1))
    # A gap before the last step is a run's end, which is logged wherever it comes.
    absent -= max(int(there[-1] - there[-2]) // cadence - 1, 0)
    return backwards, again, absent if alike >= REGULAR * (len(there) - 1) else 0


def _told(backwards: int, repeated: int, absent: int) -> str:
    parts = [
        f"{count:,} {what}"
        for count, what in (
            (backwards, "out of order"),
            (repeated, "logged more than once"),
            (absent, "missing"),
        )
        if count
    ]
    return ", ".join(parts) or "nothing amiss"
