"""Features that hold a later value of the target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table, Target, TimeColumn
from mldebug.checker import Unavailable, checker
from mldebug.columns import is_coded, numbers
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.labels import Labels

LONGEST_SHIFT, LONGEST_WINDOW = 5, 30
EXACT = 1e-6
LOOKED_AT = 4_000
FEWEST_ROWS, FEWEST_CHANGES = 30, 10
MOSTLY = 0.9
"""From this share on, the lags are looked at too: below, no rung is near."""
SHOWN = 8
FUTURE_SHARE = Quantity(
    name="features.future_target_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of rows, in the order of time (within the groups of --groups), in which a feature "
        f"equals the target of up to {LONGEST_SHIFT} rows later, or its mean over a window of 2 to "
        f"{LONGEST_WINDOW} rows that begins with the row, with the next, or has the row at its middle. "
        f"Equal to {EXACT:g} of the target's spread; only rows count in which that is not also the "
        f"row's own target, and below {FEWEST_CHANGES} of them the share is 0. It is 0 too where the "
        f"feature equals the target of up to {LONGEST_WINDOW} rows earlier, or a mean of the rows just "
        "before, as often as the later one: the target repeats itself exactly, and a lag explains the "
        f"feature. The form is chosen on the first {LOOKED_AT:,} rows."
    ),
    source="Kaufman et al. 2012; Kapoor & Narayanan 2023, kind L2",
    details={"form": "what the feature equals, in words", "equal": "the number of such rows"},
)


@checker(FUTURE_SHARE)
def look_ahead_feature(
    train: Table,
    train_labels: Labels,
    target: Target,
    time: TimeColumn,
    groups: str | None = None,
    train_members: np.ndarray | None = None,
) -> Iterator[Measurement]:
    """The share of rows in which each feature equals a later target, at its best form."""
    import numpy as np

    if is_coded(train[time.name]):
        raise Unavailable(f"{time.name!r} holds text, which gives no order in time")
    moments = numbers(train[time.name].data)
    y = _values(train_labels, target)
    kept = np.flatnonzero(train_labels.present & np.isfinite(moments))
    if len(kept) < FEWEST_ROWS or not np.ptp(y[kept]):
        raise Unavailable("too few rows have a time and a target, or the target has one value only")
    of = np.zeros(train.n_rows, dtype=np.int64) if train_members is None else train_members
    order = kept[np.lexsort((moments[kept], of[kept]))]
    y, of = y[order], of[order]
    columns = [
        one
        for one in train.of_kind(Kind.NUMBER, Kind.BOOLEAN)
        if one.name not in (target.name, time.name, groups)
    ]
    if not columns:
        raise Unavailable("no feature holds numbers")
    some = slice(0, LOOKED_AT)
    features = {one.name: numbers(one.data)[order] for one in columns}
    best = dict.fromkeys(features, (0.0, (0, 1)))
    for form in _forms():
        later = _later(y[some], of[some], form)
        for name, z in features.items():
            share, _, _ = _equal(z[some], later, y[some])
            best[name] = max(best[name], (share, form))
    for name, z in features.items():
        share, form = best[name]
        later = _later(y, of, form) if share else np.full(len(y), np.nan)
        share, equal, counted = _equal(z, later, y)
        if share > MOSTLY and _explained_by_a_lag(z, later, y, of):
            share, equal = 0.0, 0
        yield Measurement(
            quantity=FUTURE_SHARE.name,
            subject=Subject(column=name),
            value=share,
            n=max(counted, len(y) if not share else 0),
            details={"form": _words(form, target.name), "equal": equal},
            figure=_figure(name, target.name, form, z, y, later) if share else None,
        )


def _values(labels: Labels, target: Target) -> np.ndarray:
    """The target as numbers: those that the classes spell, or else their codes."""
    import numpy as np

    if target.task == "regression":
        return labels.values
    try:
        spelt = np.array([float(one) for one in target.classes])
    except ValueError:
        spelt = np.arange(len(target.classes), dtype=np.float64)
    spelt = spelt if np.isfinite(spelt).all() else np.arange(len(spelt), dtype=np.float64)
    return np.asarray(np.append(spelt, np.nan)[labels.values])


def _forms() -> Iterator[tuple[int, int]]:
    """The first and the number of the rows, counted from the row itself, that a mean is over."""
    for shift in range(1, LONGEST_SHIFT + 1):
        yield shift, 1
    for width in range(2, LONGEST_WINDOW + 1):
        yield 1, width
        yield 0, width
        if width % 2:
            yield -(width // 2), width


def _earlier_forms() -> Iterator[tuple[int, int]]:
    """The lags, and the means over the rows just before."""
    for width in range(1, LONGEST_WINDOW + 1):
        yield -width, 1
        if width > 1:
            yield -width, width


def _explained_by_a_lag(z: np.ndarray, later: np.ndarray, y: np.ndarray, of: np.ndarray) -> bool:
    """Whether a feature equals earlier targets as often as it equals later ones.

    Over the rows that have both, which must be half of those with a later one: on a handful, in
    short groups, a long lag agrees by chance.
    """
    import numpy as np

    slack = EXACT * float(np.std(y))
    with np.errstate(invalid="ignore"):
        ahead = np.abs(z - later) <= slack
        for form in _earlier_forms():
            earlier = _later(y, of, form)
            both = np.isfinite(later) & np.isfinite(earlier)
            behind = both & (np.abs(z - earlier) <= slack)
            enough = 2 * np.sum(both) >= np.sum(np.isfinite(later))
            if enough and behind.any() and np.sum(behind) >= np.sum(both & ahead):
                return True
    return False


def _later(y: np.ndarray, of: np.ndarray, form: tuple[int, int]) -> np.ndarray:
    """The mean of the target over the form's rows; NaN where they reach beyond the group."""
    import numpy as np

    start, width = form
    n, found = len(y), np.full(len(y), np.nan)
    rows = np.arange(max(0, -start), min(n, n - start - width + 1))
    if not len(rows):
        return found
    first, last = rows + start, rows + start + width - 1
    inside = (of[first] == of[rows]) & (of[last] == of[rows])
    sums = np.concatenate([[0.0], np.cumsum(y - y.mean())])
    means = (sums[last + 1] - sums[first]) / width + y.mean()
    found[rows] = np.where(inside, y[first] if width == 1 else means, np.nan)
    return found


def _equal(z: np.ndarray, later: np.ndarray, y: np.ndarray) -> tuple[float, int, int]:
    """The share of rows in which a feature equals what is later, how many, and of how many."""
    import numpy as np

    slack = EXACT * float(np.std(y))
    with np.errstate(invalid="ignore"):
        counted = np.isfinite(z) & np.isfinite(later) & (np.abs(later - y) > slack)
        equal = int(np.sum(counted & (np.abs(z - later) <= slack)))
    total = int(counted.sum())
    return (equal / total if total >= FEWEST_CHANGES else 0.0), equal, total


def _words(form: tuple[int, int], name: str) -> str:
    start, width = form
    if width == 1:
        return f"{name} of {'the next row' if start == 1 else f'{start} rows later'}"
    where = {1: f"the next {width} rows", 0: f"the row and the {width - 1} after it"}
    return f"the mean of {name} over {where.get(start, f'{width} rows around the row')}"


def _figure(
    name: str, target: str, form: tuple[int, int], z: np.ndarray, y: np.ndarray, later: np.ndarray
) -> Mapping[str, Any]:
    import numpy as np

    shown = np.flatnonzero(np.isfinite(later) & np.isfinite(z))[:SHOWN]
    return {
        "kind": "table",
        "title": f"{name} is {_words(form, target)}",
        "description": "The first rows in the order of time, with what they are compared with",
        "header": [target, name, _words(form, target)],
        "rows": [[f"{y[one]:.6g}", f"{z[one]:.6g}", f"{later[one]:.6g}"] for one in shown],
    }
