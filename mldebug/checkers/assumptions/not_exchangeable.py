"""Rows that hang together by time or group while the folds deal them out at random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table, Target, TimeColumn, Validation
from mldebug.checker import Unavailable, checker
from mldebug.columns import numbers
from mldebug.derive.encoded import FOLDS
from mldebug.derive.reference_predictions import in_unit, scaled_gains
from mldebug.learners import out_of_fold
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.learners import OutOfFold

MIXED = 0.05
STRETCHES = 50
EXCHANGE_GAP = Quantity(
    name="assumptions.exchange_gap",
    unit="difference of skill",
    bounds=(None, None),
    kind="estimate",
    meaning=(
        "The out-of-fold skill of boosted trees on folds dealt out at random less that on folds that "
        "keep what hangs together: whole groups, or five stretches of time (there of the best "
        "reference learner). 0 if the folds of the user's cross-validation keep it too: fewer than "
        f"{MIXED:.0%} of the rows have another of their group, or the next in time, in another fold. "
        "Skill is 1 for perfect predictions and 0 for the best constant. At most 20,000 rows."
    ),
    source=("Roberts et al. 2017; paired interval over groups, or over fifty stretches of time"),
    details={
        "random": "the skill on folds dealt out at random",
        "blocked": "the skill on folds that keep groups or stretches of time together",
        "by": "'group' or 'time'",
        "source": "what said how the user cross-validates",
        "mixed": "the share of rows whose group, or next moment, lies in another fold too",
    },
)


@dataclass(frozen=True, slots=True)
class _Structure:
    """What rows hang together by: a column, blocked folds, and the units of the interval."""

    by: str
    column: str
    blocked: np.ndarray
    units: np.ndarray
    mixed: float


@checker(EXCHANGE_GAP, cost="fit")
def not_exchangeable(
    train: Table,
    target: Target,
    cv: Validation,
    cv_folds: np.ndarray,
    encoded: Encoded,
    reference_predictions: tuple[OutOfFold, ...],
    time: TimeColumn | None = None,
    groups: str | None = None,
    train_members: np.ndarray | None = None,
) -> Iterator[Measurement]:
    """The score of random folds less that of folds that keep groups or times together."""
    theirs = cv_folds[encoded.rows]
    found = []
    if groups is not None and train_members is not None:
        found.append(_by_group(groups, train_members[encoded.rows], encoded, theirs))
    if time is not None:
        found.append(_by_time(train, time, encoded, theirs))
    if not found:
        raise Unavailable(
            "nothing says by what rows hang together; it needs --time or --groups",
            ("--time", "--groups"),
        )
    for one in found:
        if one.mixed < MIXED:
            details = {"random": 0.0, "blocked": 0.0, "by": one.by}
            details |= {"source": cv.source, "mixed": one.mixed}
            n = len(encoded.values)
            yield Measurement(
                EXCHANGE_GAP.name, Subject(column=one.column), 0.0, n, (0.0, 0.0), details=details
            )
        else:
            yield _compared(target, encoded, reference_predictions, one, cv)


def _by_group(groups: str, found: np.ndarray, encoded: Encoded, theirs: np.ndarray) -> _Structure:
    import numpy as np

    names, units = np.unique(found, return_inverse=True)
    if len(names) < 2:
        raise Unavailable(f"all rows are of one group of {groups!r}")
    dealt = encoded.folds
    if _spread(units, dealt).any():  # too few groups for the folds of the reference learners
        dealt = units % min(FOLDS, len(names))
    return _Structure("group", groups, dealt, units, float(_spread(units, theirs).mean()))


def _spread(units: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Which rows have others of their unit in another fold, dtype bool."""
    import numpy as np

    lowest, highest = (np.full(units.max() + 1, start) for start in (folds.max(), folds.min()))
    np.minimum.at(lowest, units, folds)
    np.maximum.at(highest, units, folds)
    return np.asarray((lowest < highest)[units])


def _by_time(train: Table, time: TimeColumn, encoded: Encoded, theirs: np.ndarray) -> _Structure:
    import numpy as np

    moments = numbers(train[time.name].data)[encoded.rows]
    n = len(moments)
    order = np.argsort(moments, kind="stable")
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    mixed = float(np.mean(theirs[order][1:] != theirs[order][:-1]))
    stretches = min(STRETCHES, n // 2)
    return _Structure("time", time.name, place * FOLDS // n, place * stretches // n, mixed)


def _compared(
    target: Target,
    encoded: Encoded,
    reference: tuple[OutOfFold, ...],
    one: _Structure,
    cv: Validation,
) -> Measurement:
    import numpy as np
    from scipy.special import stdtrit

    values, n = encoded.values, len(encoded.values)
    kept_together = one.by == "group" and np.array_equal(one.blocked, encoded.folds)
    known = next(told for told in reference if one.by == "time" or told.learner == "boosting")
    folds = np.random.default_rng(0).permutation(n) % FOLDS if kept_together else one.blocked
    made = _predicted(target, encoded, folds, known.learner)
    drawn, blocked = (made, known.predicted) if kept_together else (known.predicted, made)
    gained = [scaled_gains(told, values, target.task) for told in (drawn, blocked)]
    apart = gained[0] - gained[1]
    value = float(np.mean(apart))
    sums = np.bincount(one.units, weights=apart - value)
    count = len(sums)
    error = float(np.sqrt(np.sum(sums**2) * count / max(count - 1, 1)) / n)
    spread = float(stdtrit(max(count - 1, 1), 0.975)) * error
    skills = [float(np.mean(told)) for told in gained]
    return Measurement(
        quantity=EXCHANGE_GAP.name,
        subject=Subject(column=one.column),
        value=value,
        n=n,
        interval=(value - spread, value + spread),
        details={
            "random": skills[0],
            "blocked": skills[1],
            "by": one.by,
            "source": cv.source,
            "mixed": one.mixed,
        },
        figure=_figure(gained, one),
    )


def _predicted(target: Target, encoded: Encoded, folds: np.ndarray, learner: str) -> np.ndarray:
    """Out-of-fold predictions in the target's own unit."""
    import numpy as np

    from mldebug.stats.scores import standardised

    values, task = encoded.values, target.task
    scaled = values if task == "classification" else np.asarray(standardised(values))
    made = out_of_fold(encoded.matrix, scaled, folds, task, learner, encoded.categorical).predicted
    return made if task == "classification" else in_unit(made, scaled, values)


def _figure(gained: list[np.ndarray], one: _Structure) -> dict[str, Any]:
    import numpy as np

    from mldebug.stats.intervals import normal

    whole = "whole groups" if one.by == "group" else "stretches of time"
    items = []
    for label, series, told in zip(
        ("random folds", f"folds of {whole}"), ("plain", "null"), gained, strict=True
    ):
        error = float(np.std(told, ddof=1) / np.sqrt(len(told)))
        mean = float(np.mean(told))
        low, high = normal(mean, error, bounds=(None, 1.0))
        items.append({"label": label, "value": mean, "low": low, "high": high, "series": series})
    return {
        "kind": "intervals",
        "title": f"The score falls when the folds keep {whole} together",
        "description": f"Out-of-fold skill on random folds and on folds of {whole}",
        "x_label": "skill (1 is perfect, 0 is a constant guess)",
        "items": items,
    }
