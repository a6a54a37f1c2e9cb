"""Rows of eval that were made of rows of train by oversampling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, Target
from mldebug.checker import Unavailable, derived
from mldebug.columns import is_coded, numbers
from mldebug.derive.near_candidates import is_fine
from mldebug.derive.near_cells import spread
from mldebug.derive.sample import sampled_rows

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.identifiers import Identifier
    from mldebug.derive.labels import Labels
    from mldebug.derive.repeats import Repeats

K = 30
MOST_ASKED = 5_000
MOST_OF_A_CLASS = 50_000
"""Of more training rows of one class a sample is looked through."""
FEWEST_COLUMNS = 3
MOST_MISSING = 0.05
BLOCK = 500
SURPRISING = 1e-3
"""A row lies between two others if chance would bring fewer than this as straight to all of eval. Rows
that were made so are straight to the last digit, so little is lost by asking for much."""
INNER, OUTER = 0.05, 0.01
"""Quantiles of the bends between neighbours, from which their lower tail is extrapolated: that of all
rows, and that of a row's own neighbours, which lie in line where a tail is heavy."""
ONE_CLASS = 0.95
FEWEST_COPIES = 10
RARE = 1e-6
"""Copies are oversampling only if as many would hardly fall into one class by chance."""


@dataclass(frozen=True, slots=True)
class Interpolated:
    """Rows of eval that lie between two rows of train of their class, or copy one.

    Parameters
    ----------
    looked_at : numpy.ndarray of shape (n_asked,), dtype int64
        The rows of eval with a label and all the numbers, all up to 5,000.
    rows : numpy.ndarray of shape (n_found,), dtype int64
        Those between two rows of train, the straightest first.
    ends : numpy.ndarray of shape (n_found, 2), dtype int64
        The two rows of train.
    copies, originals : numpy.ndarray of shape (n_copies,), dtype int64
        Rows of eval that copy a row of train, where nearly all such rows are of one class.
    classes : tuple of str, of length n_eval
        The class of each row of eval; empty where it is missing.
    columns : tuple of str
        The columns of fine numbers, in all of which a row lies between.
    """

    looked_at: np.ndarray
    rows: np.ndarray
    ends: np.ndarray
    copies: np.ndarray
    originals: np.ndarray
    classes: tuple[str, ...]
    columns: tuple[str, ...]


@derived()
def interpolated(
    train: Table,
    eval: Table,
    target: Target,
    train_labels: Labels,
    eval_labels: Labels,
    identifiers: tuple[Identifier, ...],
    shared_repeats: Repeats,
    seed: int,
) -> Interpolated:
    """The rows of eval that oversampling made of rows of train.

    Notes
    -----
    Of n_q rows asked, the 30 nearest rows of their class: O(n_q n d) at most, for n_q = 5,000 and
    50,000 rows of a class; and the angles between all pairs of these.
    """
    import numpy as np

    if target.task != "classification":
        raise Unavailable("the target is a number, and only classes are oversampled")
    # Oversampling interpolates whatever is a number, the time and the groups included.
    left_out = {one.column for one in identifiers} | {target.name}
    chosen = [
        one
        for one in train.columns
        if one.name not in left_out and one.name in eval and _is_usable(one, eval[one.name])
    ]
    if len(chosen) < FEWEST_COLUMNS:
        raise Unavailable(
            f"only {len(chosen)} columns hold numbers that hardly repeat, of {FEWEST_COLUMNS} needed "
            "to tell whether a row lies between two others"
        )
    scales = np.array([_scale(one) for one in chosen])
    names = [one.name for one in chosen]
    labels = np.array([*eval_labels.classes, ""], dtype=object)[eval_labels.values]
    theirs = np.array([*train_labels.classes, ""], dtype=object)[train_labels.values]
    asked = sampled_rows(eval.n_rows, seed, MOST_ASKED)
    points = _matrix((eval[name] for name in names), asked) / scales
    whole = np.isfinite(points).all(axis=1) & (labels[asked] != "")
    asked, points = asked[whole], points[whole]
    if not len(asked):
        raise Unavailable("eval has no row with a label and all of its numbers")
    parts = []
    # By class, so that the rows of one are found without a look at all.
    order = np.argsort(train_labels.values, kind="stable")
    ends = np.searchsorted(train_labels.values[order], np.arange(len(train_labels.classes) + 1))
    codes_of = {name: code for code, name in enumerate(train_labels.classes)}
    for name in sorted(set(labels[asked]) & codes_of.keys()):
        code = codes_of[name]
        rows = order[ends[code] : ends[code + 1]]
        rows = rows[sampled_rows(len(rows), seed, MOST_OF_A_CLASS)]
        base = _matrix(chosen, rows) / scales
        kept = np.isfinite(base).all(axis=1)
        mine = np.flatnonzero(labels[asked] == name)
        if kept.sum() > K:
            parts.append((asked[mine], *_bends(points[mine], base[kept], rows[kept])))
    between, ends = _between(parts, _step(chosen) / scales)
    copies, originals = _copies(shared_repeats, labels, theirs)
    fresh = np.isin(copies, asked) & ~np.isin(copies, between)
    return Interpolated(
        asked, between, ends, copies[fresh], originals[fresh], tuple(labels.tolist()), tuple(names)
    )


def _is_usable(mine: Column, theirs: Column) -> bool:
    if is_coded(mine) or is_coded(theirs) or not is_fine(mine):
        return False
    return mine.data.null_count <= MOST_MISSING * len(mine.data) and _scale(mine) > 0


def _scale(column: Column) -> float:
    import numpy as np

    found = spread(column)
    return found if np.isfinite(found) else 0.0


def _matrix(columns: Iterable[Column], rows: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.column_stack([numbers(one.data)[rows] for one in columns])


def _step(columns: list[Column]) -> np.ndarray:
    """Half the smallest step between the values of each column: what rounding may move a value."""
    import numpy as np

    steps = []
    for column in columns:
        values = np.unique(numbers(column.data)[sampled_rows(len(column.data), 0, MOST_OF_A_CLASS)])
        values = values[np.isfinite(values)]
        with np.errstate(over="ignore"):
            steps.append(float(np.diff(values).min()) / 2 if len(values) > 1 else 0.0)
    return np.array(steps)


Part = tuple["np.ndarray", ...]
"""Rows of eval; their least bends, the two rows of train, the distance of the nearer one, the bend that
so few of their own pairs of neighbours stay below; and a sample of all bends."""


def _bends(points: np.ndarray, base: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, ...]:
    """What `Part` holds of the rows of eval of one class."""
    import numpy as np

    from mldebug.stats.host_neighbours import nearest_on_host
    from mldebug.stats.segments import opposite_neighbours

    places, _ = nearest_on_host(points.astype(np.float32), base.astype(np.float32), K)
    few = round(INNER * K * (K - 1) / 2)
    parts = []
    for start in range(0, len(points), BLOCK):
        part = points[start : start + BLOCK]
        near = base[places[start : start + BLOCK]]
        bends, smallest, pair = opposite_neighbours(part, near)
        chosen = np.take_along_axis(places[start : start + BLOCK], pair, axis=1)
        reach = np.linalg.norm(base[chosen] - part[:, None], axis=2).min(axis=1)
        usual = np.partition(bends.reshape(len(part), -1), few, axis=1)[:, few]
        every = bends[np.isfinite(bends)][:: max(len(points) // BLOCK, 1)]
        parts.append((smallest, rows[chosen], reach, usual, every))
    return tuple(np.concatenate(one) for one in zip(*parts, strict=True))


def _between(parts: list[Part], step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows whose least bend chance does not explain, and the rows of train at the ends."""
    import numpy as np

    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros((0, 2), dtype=np.int64)
    asked, least, ends, nearer, usual, every = map(np.concatenate, zip(*parts, strict=True))
    if len(every) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros((0, 2), dtype=np.int64)
    inner, outer = np.quantile(every, [INNER, OUTER])
    possible = len(asked) * K * (K - 1) / 2
    # Values that are rounded, or held in few digits, lie on a segment only as exactly as that.
    with np.errstate(divide="ignore", invalid="ignore"):
        bend = np.maximum(least, float(np.linalg.norm(step)) / nearer)
        power = np.log(INNER / OUTER) / np.log(inner / max(outer, 1e-300))
        of_all = OUTER * (bend / max(outer, 1e-300)) ** power
        of_own = INNER * (bend / np.maximum(usual, 1e-300)) ** power
        expected = possible * np.maximum(of_all, of_own)
    expected = np.where(np.isfinite(expected), expected, possible)
    kept = np.flatnonzero(expected < SURPRISING)
    kept = kept[np.lexsort((asked[kept], bend[kept]))]
    return asked[kept], ends[kept]


def _copies(
    found: Repeats, labels: np.ndarray, theirs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The rows that copy a row of train of their class, if nearly all are of one class."""
    import numpy as np

    kept = np.flatnonzero(found.surprising)
    rows, matches = found.rows[kept], found.matches[kept]
    same = (labels[rows] == theirs[matches]) & (labels[rows] != "")
    rows, matches = rows[same], matches[same]
    nothing = np.zeros(0, dtype=np.int64)
    if len(rows) < FEWEST_COPIES:
        return nothing, nothing
    names, counts = np.unique(labels[rows].astype(str), return_counts=True)
    name, count = names[counts.argmax()], int(counts.max())
    others = labels[np.setdiff1d(np.arange(len(labels)), rows)]
    share = float(np.mean(others == name)) if len(others) else 1.0
    if count < ONE_CLASS * len(rows) or share**count > RARE:
        return nothing, nothing
    own = labels[rows] == name
    return rows[own], matches[own]
