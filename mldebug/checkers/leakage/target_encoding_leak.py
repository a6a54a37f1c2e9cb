"""A column of target means that were computed on the rows that hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.columns import codes, is_coded, levels, numbers
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.labels import Labels
    from mldebug.derive.profile import Profile
    from mldebug.stats.target_means import Means

ROWS_A_GROUP = 1.5
LOOKED_AT = 4_000
GROUPS_SHOWN = 8
MOST_NUMBERS, MOST_GROUPINGS = 500, 50
"""The first of more; every one of the former is compared with every one of the latter."""
MOST_CLASSES = 20
"""The most frequent classes, each against the rest; an encoding of one tells of all."""
OWN_WEIGHT = Quantity(
    name="leakage.own_target_weight",
    unit="share",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of a row's own target in the value of a column that holds the target's means in "
        "the groups of another column (or of one that is gone), averaged over the rows; 0 for a "
        "column that holds something else. Means are plain, smoothed, shrunk by the size of the "
        "group or by empirical Bayes, or leave the row out, of train or of train and eval together; "
        "agreement is exact or to the decimals given, and must be beyond chance. Means that were "
        "computed on other rows, as inside folds, or with noise added, are not found. Of more than "
        f"{MOST_NUMBERS} numbers and {MOST_GROUPINGS} columns of groups the first are compared."
    ),
    source="Micci-Barreca 2001; Prokhorenkova et al. 2018, section 3",
    details={
        "way": "how the column was made, in words",
        "of": "the groups in words",
        "groups": "the number of groups",
        "rows": "the rows that it was computed on, in words",
        "left_out": "the number of columns of numbers that were not looked at, as there are too many",
    },
)


@checker(OWN_WEIGHT)
def target_encoding_leak(
    train: Table,
    train_profile: Profile,
    train_labels: Labels,
    target: Target,
    eval: Table | None = None,
    eval_labels: Labels | None = None,
) -> Iterator[Measurement]:
    """The weight of the own target in each column of target means; one of 0 if there is none."""
    encodings = [
        one.name
        for one in train.of_kind(Kind.NUMBER)
        if one.name != target.name and train_profile.columns[one.name].n_distinct > 1
    ]
    if not encodings:
        raise Unavailable("no feature holds numbers")
    left_out, encodings = len(encodings[MOST_NUMBERS:]), encodings[:MOST_NUMBERS]
    tables = [(train, train_labels)]
    found = _found(tables, encodings, train_profile, target)
    if eval is not None and eval_labels is not None:
        shared = [name for name in encodings if name not in found and name in eval]
        both = [*tables, (eval, eval_labels)]
        for name, told in _found(both, shared, train_profile, target).items():
            found[name] = told
    n = int(train_labels.present.sum())
    for name, (means, of, rows, figure) in found.items():
        details = {"way": means.way, "of": of, "groups": means.groups, "rows": rows}
        details["left_out"] = left_out
        subject = Subject(column=name)
        yield Measurement(OWN_WEIGHT.name, subject, means.weight, n, details=details, figure=figure)
    if not found:
        details = {"way": "", "of": "", "groups": 0, "rows": "", "left_out": left_out}
        yield Measurement(OWN_WEIGHT.name, Subject(), 0.0, n, details=details)


Told = tuple["Means", str, str, Mapping[str, Any]]


def _found(
    tables: list[tuple[Table, Labels]], names: list[str], profile: Profile, target: Target
) -> dict[str, Told]:
    """The columns of target means among these, with what is told of each."""
    import numpy as np

    rows = np.concatenate([labels.present for _, labels in tables])
    values = np.concatenate([labels.values for _, labels in tables])[rows]
    outcomes = _outcomes(values, target)
    columns = {name: _numbers(tables, name)[rows] for name in names}
    where = "the training rows" if len(tables) == 1 else "the training and evaluation rows together"
    found: dict[str, Told] = {}
    # The sum of values near the largest float is infinite, and so is no mean of the target.
    with np.errstate(over="ignore", invalid="ignore"):
        for of, groups in islice(_groupings(tables, profile, target, rows), MOST_GROUPINGS):
            counts = np.bincount(groups + 1)[1:]
            for name, z in columns.items():
                if name not in found and of != name and _may_be(groups, counts, z, outcomes):
                    told = _told(name, groups, z, outcomes)
                    if told is not None:
                        found[name] = told[0], f"the levels of {of}", where, told[1]
        for name, z in columns.items():
            if name not in found and _averages(z, outcomes):
                told = _told(name, _numbered(z), z, outcomes)
                if told is not None:
                    found[name] = told[0], "its own values", where, told[1]
    return found


def _told(
    name: str, groups: np.ndarray, z: np.ndarray, outcomes: list[tuple[str, np.ndarray]]
) -> tuple[Means, Mapping[str, Any]] | None:
    """How the column was made of the target in these groups, and the figure that shows it."""
    import numpy as np

    from mldebug.stats.target_means import target_means

    kept = np.flatnonzero((groups >= 0) & np.isfinite(z))
    if len(kept) < 2:
        return None
    dense = np.unique(groups[kept], return_inverse=True)[1]
    for label, y in outcomes:
        means = target_means(dense, z[kept], y[kept])
        if means is not None:
            return means, _figure(name, label, dense, z[kept], y[kept])
    return None


def _outcomes(values: np.ndarray, target: Target) -> list[tuple[str, np.ndarray]]:
    import numpy as np

    if target.task == "regression":
        return [(target.name, values)]
    frequent = np.argsort(-np.bincount(values, minlength=len(target.classes)), kind="stable")
    chosen = np.sort(frequent[frequent < len(target.classes)][:MOST_CLASSES]).tolist()
    told = [(f"{target.name} is {target.classes[code]}", code) for code in chosen]
    told = told[::-1] if len(told) == 2 else told  # of two, the second is the one that is averaged
    return [(label, (values == code).astype(np.float64)) for label, code in told]


def _numbers(tables: list[tuple[Table, Labels]], name: str) -> np.ndarray:
    import numpy as np

    parts = [
        np.full(table.n_rows, np.nan) if is_coded(table[name]) else numbers(table[name].data)
        for table, _ in tables
    ]
    return np.concatenate(parts)


def _groupings(
    tables: list[tuple[Table, Labels]], profile: Profile, target: Target, rows: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """The columns whose levels may be the groups, -1 where missing."""
    import numpy as np

    train = tables[0][0]
    for column in train.columns:
        told = profile.columns[column.name]
        if column.name == target.name or any(column.name not in table for table, _ in tables):
            continue
        if told.n_distinct < 2 or told.n_distinct * ROWS_A_GROUP > told.n_present:
            continue
        if is_coded(column):
            known: dict[str, int] = {}
            parts = []
            for table, _ in tables:
                if not is_coded(table[column.name]):
                    break
                words = levels(table[column.name].data)
                place = np.array([known.setdefault(word, len(known)) for word in words] + [-1])
                parts.append(place[codes(table[column.name].data)])
            if len(parts) == len(tables):
                yield column.name, np.concatenate(parts)[rows]
        elif column.kind is Kind.BOOLEAN or told.integral:
            yield column.name, _numbered(_numbers(tables, column.name)[rows])


def _numbered(z: np.ndarray) -> np.ndarray:
    """The value of each row as a number from 0, -1 where it is missing."""
    import numpy as np

    groups = np.full(len(z), -1, dtype=np.int64)
    there = np.isfinite(z)
    present = z[there]
    whole = len(present) > 0 and np.ptp(present) < len(z) and np.all(present == np.floor(present))
    if whole:  # without a sort
        groups[there] = (present - present.min()).astype(np.int64)
    else:
        groups[there] = np.unique(present, return_inverse=True)[1]
    return groups


def _may_be(
    groups: np.ndarray, counts: np.ndarray, z: np.ndarray, outcomes: list[tuple[str, np.ndarray]]
) -> bool:
    """Whether, in a few of the rows, the group decides the number, or it does with the target."""
    import numpy as np

    some = np.flatnonzero((groups[:LOOKED_AT] >= 0) & np.isfinite(z[:LOOKED_AT]))
    if len(some) < 2:
        return True
    some = some[np.argsort(groups[some], kind="stable")]
    same = np.diff(groups[some]) == 0
    steps = np.abs(np.diff(z[some]))
    if not same.any() or np.all(steps[same] <= 1e-9 * np.abs(z[some]).max()):
        return True
    n = counts[groups[some]]
    for _, y in outcomes:
        whole = z[some] * (n - 1) + y[some]
        off = 1e-5 * (np.abs(whole).max() + 1)
        if np.all(np.abs(np.diff(whole))[same] <= off):
            return True
    return False


def _averages(z: np.ndarray, outcomes: list[tuple[str, np.ndarray]]) -> bool:
    """Whether the mean of the numbers is that of the target, as of means over their own values."""
    import numpy as np

    from mldebug.stats.target_means import EXACT, tolerance

    there = np.isfinite(z)
    if not there.any():
        return False
    off = tolerance(z[there][:LOOKED_AT])
    middle = float(z[there].mean())
    return any(
        abs(middle - float(y[there].mean())) <= EXACT * float(y[there].std()) + off
        for _, y in outcomes
    )


def _figure(
    name: str, label: str, groups: np.ndarray, z: np.ndarray, y: np.ndarray
) -> Mapping[str, Any]:
    import numpy as np

    counts = np.bincount(groups)
    shown = np.argsort(-counts, kind="stable")[:GROUPS_SHOWN]
    rows = []
    for group in shown:
        inside = groups == group
        cells = float(z[inside].min()), float(z[inside].max())
        value = f"{cells[0]:.6g}" if cells[0] == cells[1] else f"{cells[0]:.6g} to {cells[1]:.6g}"
        rows.append([f"{int(counts[group]):,}", value, f"{float(y[inside].mean()):.6g}"])
    return {
        "kind": "table",
        "title": f"{name} holds the mean of the target in the very rows",
        "description": f"The largest groups: the column beside the mean of {label}",
        "header": ["rows", name, f"mean of {label}"],
        "rows": rows,
    }
