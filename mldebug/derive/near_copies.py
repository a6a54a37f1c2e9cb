"""Rows that nearly say what another row says, and how many such rows chance would bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Table
from mldebug.checker import Unavailable, derived
from mldebug.columns import is_coded
from mldebug.derive.near_candidates import (
    RowKeys,
    Sides,
    equal_but_for_case,
    equal_but_for_one,
    jittered,
    permuted,
    rounded_alike,
    row_keys,
)
from mldebug.derive.near_cells import PairedCells, paired_cells
from mldebug.derive.near_chance import by_chance
from mldebug.derive.repeats import beyond_chance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.fingerprints import Fingerprints

CHANGES = ("case", "one column", "rounding", "small differences", "order of columns")
"""In this order a pair that could be several is called the first."""
MOST_PAIRS = 100_000
"""Candidates of one kind that are read again; of more, those whose match is the rarest."""
FEWEST_EQUAL = 2
"""Of so many columns at least a near-copy says the same: one cell alone is no row."""


@dataclass(frozen=True, slots=True)
class NearCopies:
    """Rows that nearly repeat a row of train, no exact repeats among them.

    Parameters
    ----------
    rows, matches : numpy.ndarray of shape (n_copies,), dtype int64
        Rows of the table that was asked about, rising, each once, and the row of train that each is
        nearly like; within train an earlier one.
    expected : numpy.ndarray of shape (n_copies,), dtype float64
        How many pairs of rows as alike as these chance would bring to the whole table.
    changes : tuple of str, of length n_copies
        What makes the difference, one of `CHANGES`.
    differing : numpy.ndarray of shape (n_copies, n_columns), dtype bool
        The columns that differ.
    columns, ignored : tuple of str
        What was compared, and the columns left out because they number or name the rows.
    """

    rows: np.ndarray
    matches: np.ndarray
    expected: np.ndarray
    changes: tuple[str, ...]
    differing: np.ndarray
    columns: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def surprising(self) -> np.ndarray:
        """The near-copies that chance does not explain, as indices, the least expected first."""
        import numpy as np

        kept = np.flatnonzero(beyond_chance(self.expected))
        return kept[np.lexsort((self.rows[kept], self.expected[kept]))]


@derived()
def near_keys(train: Table, train_fingerprints: Fingerprints) -> RowKeys:
    """The keys of train's rows over its features, ordered by name."""
    return row_keys(_ordered(train, train_fingerprints.columns), train.n_rows)


@derived()
def eval_near_keys(eval: Table, eval_fingerprints: Fingerprints) -> RowKeys:
    """The keys of eval's rows over its features, ordered by name."""
    return row_keys(_ordered(eval, eval_fingerprints.columns), eval.n_rows)


@derived()
def near_repeats(
    train: Table, train_fingerprints: Fingerprints, near_keys: RowKeys, seed: int
) -> NearCopies:
    """The rows of train that nearly repeat an earlier one."""
    prints, keys = train_fingerprints, near_keys
    columns = _ordered(train, prints.columns)
    return _found(Sides(columns, columns, keys, keys), prints.ignored, seed)


@derived()
def near_shared(
    train: Table,
    eval: Table,
    near_keys: RowKeys,
    eval_near_keys: RowKeys,
    train_fingerprints: Fingerprints,
    eval_fingerprints: Fingerprints,
    seed: int,
) -> NearCopies:
    """The rows of eval that nearly repeat a row of train."""
    prints, others = train_fingerprints, eval_fingerprints
    both = set(prints.columns) & set(others.columns)
    alike = {one for one in both if is_coded(train[one]) == is_coded(eval[one])}
    if not alike:
        raise Unavailable("train and eval have no column in common that rows could be compared by")
    mine, theirs = _ordered(eval, alike), _ordered(train, alike)
    keys = [eval_near_keys, near_keys]
    for place, (columns, table, own) in enumerate(
        ((mine, eval, others.columns), (theirs, train, prints.columns))
    ):
        if len(columns) < len(own):
            keys[place] = row_keys(columns, table.n_rows)
    return _found(Sides(mine, theirs, *keys), prints.ignored, seed)


def _ordered(table: Table, names: Iterable[str]) -> tuple[Column, ...]:
    wanted = set(names)
    return tuple(
        sorted((one for one in table.columns if one.name in wanted), key=lambda one: one.name)
    )


def _candidates(sides: Sides) -> Iterator[tuple[int, np.ndarray, float]]:
    """The place in `CHANGES`, the pairs of shape (n_pairs, 2), and how many were possible."""
    import numpy as np

    n, n_train = sides.n_mine, sides.n_theirs
    possible = n * (n - 1) / 2 if sides.within else float(n) * n_train
    yield 0, np.column_stack(equal_but_for_case(sides)), possible
    for pairs in equal_but_for_one(sides):
        yield 1, np.column_stack(pairs), possible * len(sides.mine)
    for pairs, rounded in rounded_alike(sides):
        yield 2, np.column_stack(pairs), float(rounded)
    yield 3, np.column_stack(jittered(sides)), possible
    yield 4, np.column_stack(permuted(sides)), possible


def _found(sides: Sides, ignored: tuple[str, ...], seed: int) -> NearCopies:
    import numpy as np

    names = tuple(one.name for one in sides.mine)
    none = np.zeros(0, dtype=np.int64)
    differing = np.zeros((0, len(names)), dtype=bool)
    nothing = NearCopies(none, none, np.zeros(0), (), differing, names, ignored)
    if len(names) <= FEWEST_EQUAL or min(sides.n_mine, sides.n_theirs) < 2:
        return nothing
    parts = []
    for change, every, possible in _candidates(sides):
        pairs = _rarest(every)
        cells = paired_cells(sides, pairs[:, 0], pairs[:, 1])
        kept = np.flatnonzero(_is_near(cells, change))
        parts.append((change, cells.of(kept), possible))
    cells = PairedCells.joined([part for _, part, _ in parts])
    if not len(cells.rows):
        return nothing
    changes = np.concatenate([np.full(len(part.rows), number) for number, part, _ in parts])
    among = np.concatenate([np.full(len(part.rows), most) for _, part, most in parts])
    expected = by_chance(sides, cells, among, changes == CHANGES.index("order of columns"), seed)
    # Each row once, with the match that chance explains least; the same pair by its first change.
    order = np.lexsort((changes, expected, cells.rows))
    order = order[np.diff(cells.rows[order], prepend=-1) != 0]
    return NearCopies(
        cells.rows[order],
        cells.matches[order],
        expected[order],
        tuple(CHANGES[one] for one in changes[order]),
        cells.differs[order],
        names,
        ignored,
    )


def _rarest(pairs: np.ndarray) -> np.ndarray:
    """The pairs whose row of train is matched least often: chance matches common rows again."""
    import numpy as np

    if len(pairs) <= MOST_PAIRS:
        return pairs
    often = np.bincount(pairs[:, 1])[pairs[:, 1]]
    return np.asarray(pairs[np.sort(np.argsort(often, kind="stable")[:MOST_PAIRS])])


def _is_near(cells: PairedCells, change: int) -> np.ndarray:
    """Which pairs are near-copies of this kind, and no exact copies."""
    import numpy as np

    different = cells.differs.sum(axis=1)
    some = (different > 0) & (cells.differs.shape[1] - cells.blank.sum(axis=1) > FEWEST_EQUAL)
    if change == 1:
        some &= (cells.differs & ~cells.alike).sum(axis=1) == 1
    elif change == 3:
        some &= (cells.near | cells.alike).all(axis=1)
    elif change == 4:
        some &= different > 1
    return np.asarray(some)
