"""Rows that agree in every feature and disagree in the label."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.derive.repeats import BEYOND_CHANCE
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.labels import Labels
    from mldebug.derive.repeats import Repeats

CONFLICT_SHARE = Quantity(
    name="labels.conflict_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of training rows whose features all equal another row's and whose class differs "
        "from it. " + BEYOND_CHANCE
    ),
    details={
        "conflicts": "the number of such rows",
        "groups": "the number of sets of equal rows that they form",
        "chance_repeats": "rows in conflict that chance explains; they do not count",
        "compared": "'categories' if only categories and booleans were compared, else 'values'",
        "columns_ignored": "the columns that number or name the rows",
    },
)


@checker(CONFLICT_SHARE)
def conflicting_labels(
    train: Table, target: Target, train_labels: Labels, feature_repeats: Repeats
) -> Iterator[Measurement]:
    """The share of rows whose like has another class."""
    if target.task != "classification":
        raise Unavailable("the target is a number; equal rows may well have different ones")
    rows, firsts, by_chance = _in_conflict(train_labels, feature_repeats)
    others = [None if first == row else first for row, first in zip(rows, firsts, strict=True)]
    yield Measurement(
        quantity=CONFLICT_SHARE.name,
        subject=Subject(),
        value=len(rows) / train.n_rows,
        n=train.n_rows,
        details={
            "conflicts": len(rows),
            "groups": len(set(firsts)),
            "chance_repeats": by_chance,
            "compared": "categories" if feature_repeats.all_categorical else "values",
            "columns_ignored": list(feature_repeats.ignored),
        },
        rows=Rows.of("train", rows, matches=others),
    )


def _in_conflict(labels: Labels, found: Repeats) -> tuple[list[int], list[int], int]:
    """The rows of sets with more than one class, each with its set's first row; set by set."""
    import numpy as np

    firsts, place = np.unique(found.matches, return_inverse=True)
    members = np.concatenate([firsts, found.rows])
    sets = np.concatenate([np.arange(len(firsts)), place])
    expected = np.full(len(firsts), np.inf)
    np.minimum.at(expected, place, found.expected)
    surprising = np.zeros(len(firsts), dtype=bool)
    np.logical_or.at(surprising, place, found.surprising)
    known = labels.present[members]
    members, sets = members[known], sets[known]
    mixed = _sets_with_two_classes(labels.values[members], sets, len(firsts))
    chosen = mixed & surprising
    kept = chosen[sets]
    order = np.lexsort((members[kept], sets[kept], expected[sets[kept]]))
    rows = members[kept][order]
    return rows.tolist(), firsts[sets[kept]][order].tolist(), int((mixed & ~chosen)[sets].sum())


def _sets_with_two_classes(classes: np.ndarray, sets: np.ndarray, count: int) -> np.ndarray:
    import numpy as np

    low = np.full(count, np.iinfo(np.int32).max)
    high = np.full(count, -1)
    np.minimum.at(low, sets, classes)
    np.maximum.at(high, sets, classes)
    return low < high
