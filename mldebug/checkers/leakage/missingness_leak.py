"""Missing cells that give the target away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.columns import numbers
from mldebug.derive.sample import FOR_MODELS, sampled_rows
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.labels import Labels
    from mldebug.derive.profile import Profile

FEWEST_SHARE, FEWEST_CELLS = 0.01, 5
TOGETHER = 0.9
ADDED = 0.02
MOST_CLASSES = 100
"""Of more classes the most frequent are looked at."""
MISSINGNESS_AUC = Quantity(
    name="leakage.missingness_auc",
    unit="AUC",
    bounds=(0.5, 1.0),
    kind="estimate",
    meaning=(
        "How well it tells the target whether a cell of the column is missing: the area under the "
        "curve for two classes, for more the largest of each against the rest, for a number whether "
        f"it is above its median. Columns with {FEWEST_SHARE:.0%} to {1 - FEWEST_SHARE:.0%} missing "
        f"cells; of those missing together (correlation {TOGETHER:g} or more) the one that tells most. "
        "The gaps of all columns together (by their pattern, out of fold, at most 20,000 rows) are a "
        f"subject of their own where they tell more than the best column by {ADDED:g} or more."
    ),
    source="Kapoor & Narayanan 2023, kind L2; Newcombe's interval of a difference of shares",
    null="the cell is missing as often whatever the target is",
    details={
        "where": "what the gaps are of, in words",
        "told": "the class, or the half of the target, in words",
        "inside": "the share of missing cells there",
        "outside": "the share of missing cells elsewhere",
        "with": "the columns that are missing together with it in words, or nothing",
    },
)


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one class or half (dtype bool), and how it is called."""

    label: str
    rows: np.ndarray


@checker(MISSINGNESS_AUC)
def missingness_leak(
    train: Table, train_profile: Profile, train_labels: Labels, target: Target, seed: int
) -> Iterator[Measurement]:
    """How well the gaps of each column tell the target, and those of all columns together."""
    present = train_labels.present
    n = int(present.sum())
    parts = _parts(train_labels.values[present], target)
    if len(parts) == 0:
        raise Unavailable("the target has one value only, so nothing can tell it")
    gaps: dict[str, np.ndarray] = {}
    for column in train.columns:
        missing = train_profile.columns[column.name].n_missing
        if column.name != target.name and FEWEST_CELLS <= missing <= train.n_rows - FEWEST_CELLS:
            found = numbers(column.data.is_null())[present] > 0
            if FEWEST_SHARE <= found.mean() <= 1 - FEWEST_SHARE:
                gaps[column.name] = found
    if not gaps:
        details = {"where": "", "told": "", "inside": 0.0, "outside": 0.0, "with": ""}
        yield Measurement(
            MISSINGNESS_AUC.name, Subject(), 0.5, n, interval=(0.5, 0.5), p=1.0, details=details
        )
        return
    alone = {name: _told(name, found, parts) for name, found in gaps.items()}
    best_first = sorted(alone, key=lambda name: -alone[name].value)
    for members in _together(best_first, gaps):
        yield _with_others(alone[members[0]], members[1:])
    if len(gaps) > 1:
        joint = _joint(gaps, parts, seed)
        if joint is not None and joint.value >= alone[best_first[0]].value + ADDED:
            yield joint


def _parts(values: np.ndarray, target: Target) -> list[_Part]:
    """The classes, of two the rarer, or the upper half of the numbers."""
    import numpy as np

    if not len(values):
        return []
    if target.task == "regression":
        upper = values > np.median(values)
        upper = upper if upper.any() else values >= np.median(values)
        parts = [_Part(f"{target.name} is above its median", upper)]
    else:
        counts = np.bincount(values)
        codes = np.flatnonzero(counts)
        if len(codes) > MOST_CLASSES:
            codes = np.sort(np.argsort(-counts, kind="stable")[:MOST_CLASSES])
        if len(codes) == 2:
            codes = codes[np.argsort([np.sum(values == code) for code in codes], kind="stable")][:1]
        parts = [
            _Part(f"{target.name} is {target.classes[code]}", values == code) for code in codes
        ]
    return [part for part in parts if part.rows.any() and not part.rows.all()]


def _told(name: str, found: np.ndarray, parts: Sequence[_Part]) -> Measurement:
    """The part that the gaps of one column tell best."""
    return max(
        (_compared(name, found, part, len(parts)) for part in parts), key=lambda one: one.value
    )


def _compared(name: str, found: np.ndarray, part: _Part, tried: int) -> Measurement:
    from mldebug.stats.intervals import LEVEL
    from mldebug.stats.shares import share_difference

    inside, outside = found[part.rows], found[~part.rows]
    counts = (int(outside.sum()), len(outside), int(inside.sum()), len(inside))
    made = share_difference(*counts, level=1 - (1 - LEVEL) / tried)
    assert made.interval is not None
    assert made.p is not None
    low, high = made.interval if made.value >= 0 else (-made.interval[1], -made.interval[0])
    shares = counts[2] / counts[3], counts[0] / counts[1]
    return Measurement(
        quantity=MISSINGNESS_AUC.name,
        subject=Subject(column=name),
        value=0.5 + abs(made.value) / 2,
        n=len(found),
        interval=(max(0.5 + low / 2, 0.5), 0.5 + high / 2),
        p=min(made.p * tried, 1.0),
        details={
            "where": name,
            "told": part.label,
            "inside": shares[0],
            "outside": shares[1],
            "with": "",
        },
        figure={
            "kind": "bars",
            "title": f"{name} is missing in {shares[0]:.0%} of the rows where {part.label}",
            "description": f"The share of rows in which {name} is missing",
            "x_label": "share of missing cells",
            "items": [
                {"label": part.label, "value": shares[0], "emphasis": True},
                {"label": "all other rows", "value": shares[1], "emphasis": False},
            ],
        },
    )


def _together(names: Sequence[str], gaps: dict[str, np.ndarray]) -> list[list[str]]:
    """Columns that are missing together, each with the first of them; in order."""
    import numpy as np

    groups: list[list[str]] = []
    for name in names:
        for group in groups:
            one, other = gaps[group[0]], gaps[name]
            both, p, q = float(np.mean(one & other)), float(one.mean()), float(other.mean())
            if both - p * q >= TOGETHER * np.sqrt(p * (1 - p) * q * (1 - q)):
                group.append(name)
                break
        else:
            groups.append([name])
    return groups


def _with_others(one: Measurement, others: Sequence[str]) -> Measurement:
    from dataclasses import replace

    told = f" (and with it that of {', '.join(others)})" if others else ""
    return replace(one, details={**one.details, "with": told})


def _joint(gaps: dict[str, np.ndarray], parts: Sequence[_Part], seed: int) -> Measurement | None:
    """What the pattern of all gaps tells, of the part that it tells best."""
    import numpy as np

    from mldebug.checkers.leakage.gap_patterns import pattern_scores
    from mldebug.derive.encoded import folds_of
    from mldebug.stats.intervals import LEVEL, stricter
    from mldebug.stats.ranking import auc

    rows = sampled_rows(len(parts[0].rows), seed, FOR_MODELS)
    matrix = np.stack([found[rows] for found in gaps.values()], axis=1)
    best: tuple[float, tuple[float, float], _Part] | None = None
    for part in parts:
        inside = part.rows[rows]
        if 0 < inside.sum() < len(inside):
            folds = folds_of(inside.astype(np.int64), np.arange(len(rows)), seed)
            scores = pattern_scores(matrix, inside, folds)
            value, interval = auc(scores[~inside], scores[inside])
            best = max(
                best or (0.0, interval, part), (value, interval, part), key=lambda one: one[0]
            )
    if best is None:
        return None  # the sample holds rows of one kind only
    value, interval, part = best
    strict = stricter(value, interval, (0.0, 1.0), 1 - (1 - LEVEL) / len(parts))
    some, inside = matrix.sum(axis=1) > 0, part.rows[rows]
    return Measurement(
        quantity=MISSINGNESS_AUC.name,
        subject=Subject(columns=tuple(gaps)),
        value=max(value, 0.5),
        n=len(rows),
        interval=(max(strict[0], 0.5), max(strict[1], 0.5)),
        details={
            "where": f"{len(gaps)} columns together",
            "told": part.label,
            "inside": float(some[inside].mean()),
            "outside": float(some[~inside].mean()),
            "with": "",
        },
    )
