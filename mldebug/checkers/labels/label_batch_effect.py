"""Sources, dates or stretches of a file whose labels are wrong more often than the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table, Target, TimeColumn
from mldebug.checker import Unavailable, checker
from mldebug.checkers.labels.doubtful_labels import doubtful_rows
from mldebug.columns import codes, levels, numbers
from mldebug.derive.label_noise import LEAST_SHARE
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.label_noise import LabelNoise

BLOCKS = 10
FEWEST_A_PART = 50
MOST_PARTS = 50
ROUNDS = 30
BATCH_GAP = Quantity(
    name="labels.batch_gap",
    unit="difference of shares",
    bounds=(-1.0, 1.0),
    kind="estimate",
    meaning=(
        "The share of wrong labels in the part of the rows where it is largest, less that in all "
        "other rows. The parts are the categories of a column, ten stretches of equal numbers of "
        f"rows by time, or by the order of the file; at least {FEWEST_A_PART} rows each. The chance "
        "that a label is wrong is that of labels.error_share, so that rows that are hard to tell do "
        "not count. n counts the rows that were divided, and is 0 where wrong labels cannot be told "
        "from random ones."
    ),
    source="Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
    null="wrong labels are as frequent in every part: hypergeometric, times the number of parts",
    details={
        "part": "the part in words",
        "share": "the share of wrong labels in the part",
        "rest": "the share in all other rows",
        "count": "the estimated number of wrong labels in the part",
        "members": "the number of rows of the part",
        "undecided": "why it cannot be told, where it cannot",
    },
)


@dataclass(frozen=True, slots=True)
class _Division:
    """Parts of the rows that were judged: a part's number for each, -1 for none, and its name."""

    subject: Subject
    parts: np.ndarray
    names: list[str]


@checker(BATCH_GAP, cost="fit")
def label_batch_effect(
    train: Table, target: Target, label_noise: LabelNoise, time: TimeColumn | None = None
) -> Iterator[Measurement]:
    """For each way to divide the rows, the part with the most wrong labels."""
    found = [
        _measured(label_noise, one)
        for one in _divisions(train, target, label_noise.rows, time)
        if len(one.names) > 1
    ]
    if not found:
        raise Unavailable(
            f"there are too few rows to divide: {len(label_noise.rows):,}, of "
            f"{2 * FEWEST_A_PART} needed"
        )
    yield from found


def _divisions(
    train: Table, target: Target, rows: np.ndarray, time: TimeColumn | None
) -> Iterator[_Division]:
    import numpy as np

    positions = rows if train.positions is None else train.positions[rows]
    yield _stretches(Subject(slice="the order of the rows"), positions, positions, "rows {} to {}")
    for column in train.of_kind(Kind.CATEGORY, Kind.DATE):
        if column.name == target.name:
            continue
        if column.kind is Kind.CATEGORY:
            found, words = codes(column.data)[rows], levels(column.data)
            counts = np.bincount(found[found >= 0], minlength=len(words))
            kept = np.flatnonzero(counts >= FEWEST_A_PART)
            kept = kept[np.argsort(-counts[kept], kind="stable")][:MOST_PARTS]
            place = np.full(len(words) + 1, -1)
            place[kept] = np.arange(len(kept))
            names = [f"{column.name} {words[one]}" for one in kept]
            yield _Division(Subject(column=column.name), place[found], names)
        elif time is not None and column.name == time.name:
            shown = np.array([str(one)[:10] for one in _dates(column, rows)])
            when = numbers(column.data)[rows]
            yield _stretches(Subject(column=column.name), when, shown, "{} to {}")


def _dates(column: Any, rows: np.ndarray) -> np.ndarray:
    import numpy as np

    microseconds = np.nan_to_num(numbers(column.data)[rows]).astype(np.int64)
    return np.asarray(microseconds.astype("datetime64[us]"))


def _stretches(subject: Subject, order: np.ndarray, shown: np.ndarray, words: str) -> _Division:
    """Ten parts of equally many rows in this order, or fewer; rows without a place are in none."""
    import numpy as np

    known = np.flatnonzero(~np.isnan(order.astype(np.float64)))
    count = min(BLOCKS, len(known) // FEWEST_A_PART)
    parts = np.full(len(order), -1)
    names = []
    if count:
        for number, members in enumerate(
            np.array_split(known[np.argsort(order[known], kind="stable")], count)
        ):
            parts[members] = number
            names.append(words.format(shown[members[0]], shown[members[-1]]))
    return _Division(subject, parts, names)


def _measured(noise: LabelNoise, division: _Division) -> Measurement:
    import numpy as np

    from mldebug.stats.intervals import wilson
    from mldebug.stats.shares import hybrid_interval

    inside = division.parts >= 0
    parts, count = division.parts[inside], len(division.names)
    wrong = 1 - noise.belief[inside]
    members = np.bincount(parts, minlength=count)
    sums = np.bincount(parts, weights=wrong, minlength=count)
    others = np.maximum(len(parts) - members, 1)
    gaps = sums / members - (sums.sum() - sums) / others
    worst = int(gaps.argmax())
    prior = max(noise.floor.share, LEAST_SHARE)
    share, rest = (_share(wrong[one], prior) for one in (parts == worst, parts != worst))
    gap = share - rest
    ends = [
        wilson(one * float(rows[worst]) / noise.alike, float(rows[worst]) / noise.alike)
        for one, rows in ((share, members), (rest, others))
    ]
    sampled = hybrid_interval(rest, ends[1], share, ends[0])
    low, high = noise.widened(gap, sampled)
    chosen = np.flatnonzero(inside)[(parts == worst) & (wrong > 0.5)]
    chosen = chosen[np.argsort(noise.belief[chosen], kind="stable")]
    return Measurement(
        quantity=BATCH_GAP.name,
        subject=division.subject,
        value=gap,
        n=len(parts) if noise.decided else 0,
        interval=(max(min(low, gap), -1.0), min(max(high, gap), 1.0)),
        p=_tail(parts, wrong > 0.5, worst, count, noise.alike) if noise.decided else 1.0,
        details={
            "part": division.names[worst],
            "share": share,
            "rest": rest,
            "count": round(share * int(members[worst])),
            "members": int(members[worst]),
            "undecided": noise.undecided,
        },
        rows=doubtful_rows(noise, chosen),
        figure=_intervals(division, sums, members),
    )


def _share(wrong: np.ndarray, prior: float) -> float:
    """The share of wrong labels among rows whose chances of it were computed with another share.

    By expectation and maximisation: the odds of each row are multiplied by the odds of the share.
    """
    import numpy as np

    odds = wrong / np.maximum(1 - wrong, 1e-300) * (1 - prior) / prior
    share = float(np.mean(wrong))
    for _ in range(ROUNDS):
        raised = odds * share / max(1 - share, 1e-12)
        share = float(np.mean(raised / (1 + raised)))
    return share


def _tail(parts: np.ndarray, wrong: np.ndarray, worst: int, count: int, alike: float) -> float:
    import numpy as np
    from scipy.stats import hypergeom

    inside = parts == worst
    # Rows of one group share a model's mistakes, so that so many of them say what one row says.
    hits, n, in_all, members = (
        round(float(rows) / alike)
        for rows in (np.sum(wrong & inside), len(parts), wrong.sum(), inside.sum())
    )
    tail = hypergeom.sf(hits - 1, n, in_all, members)
    return float(min(2 * count * tail, 1.0))


def _intervals(division: _Division, sums: np.ndarray, members: np.ndarray) -> dict[str, Any]:
    from mldebug.stats.intervals import wilson

    items = []
    for number in (-(sums / members)).argsort(kind="stable")[:BLOCKS]:
        low, high = wilson(float(sums[number]), int(members[number]))
        share = float(sums[number] / members[number])
        items.append(
            {"label": division.names[number], "value": share, "low": low, "high": high,
             "series": "plain"}
        )  # fmt: skip
    worst = items[0]["label"]
    return {
        "kind": "intervals",
        "title": f"Labels are wrong most often in {worst}",
        "description": "The estimated share of wrong labels in each part of the rows",
        "x_label": "share of wrong labels",
        "items": items,
    }
