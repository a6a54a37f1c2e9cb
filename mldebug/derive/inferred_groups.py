"""Entities that no column names: rows that agree in the columns that describe one of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from mldebug.artefacts import NUMERIC_OR_CATEGORICAL, Table
from mldebug.checker import Unavailable, derived
from mldebug.columns import is_coded, numbers
from mldebug.derive.fingerprints import terms
from mldebug.derive.sample import sampled_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from mldebug.arrays import Device
    from mldebug.artefacts import Column

LOOKED_AT = 5_000
"""Rows of either table that the entities' columns are looked for in."""
MOST_COLUMNS = 30
KEYED = 12
"""The columns whose pairs and triples bring rows together."""
TRIPLES = 150
PAIRS_A_KEY = 300
PER_ROW = 0.05
"""A pair of rows is surprising if independent columns would bring a row fewer such partners."""
FEWEST_PAIRS = 20
AGREED = 0.9
"""The columns of an entity are those in which this share of the pairs of one pattern agree."""
FEWEST_VARYING = 2
BEYOND = 10
"""Rows with a partner are so many times as many as independent columns bring, or are no entities."""
COMMON = 0.2
"""And they are this share of the rows whose partners would be surprising."""
UNIQUE = 0.8
"""A column of which this share of the rows have a value of their own brings no rows together."""
ALONE = 0.95
"""A column with this many values for each entity names it by itself, and is no hidden group."""
SPARSE = 20
"""But for a column of numbers of which it has this many times more room than values: measurements."""


@dataclass(frozen=True, slots=True)
class InferredGroups:
    """Rows that belong to one entity, as several columns together say.

    Parameters
    ----------
    columns : tuple of str
        The columns that describe the entities; empty if there seem to be none.
    train, eval : numpy.ndarray of shape (n_rows,), dtype int64
        A key of each row's entity: equal for rows of one.
    train_known, eval_known : numpy.ndarray of shape (n_rows,), dtype bool
        Whether the row's cells are rare enough together to tell an entity, and none is missing.
    """

    columns: tuple[str, ...]
    train: np.ndarray
    eval: np.ndarray
    train_known: np.ndarray
    eval_known: np.ndarray


@derived()
def inferred_groups(
    train: Table,
    eval: Table,
    non_features: frozenset[str],
    device: Device,
    seed: int,
    groups: str | None = None,
) -> InferredGroups:
    """The entities that rows of train and eval belong to.

    Notes
    -----
    Rows that agree in two or three columns lie next to each other once sorted by these. Of such
    pairs those count that agree in more columns than chance explains, yet differ in two or more.
    The columns in which most of them agree together describe the entity. O(n d) for the keys, and
    some 200 sorts of 10,000 rows.
    """
    import numpy as np

    if groups is not None:
        raise Unavailable("--groups names the groups, so none need be inferred")
    columns = [
        one
        for one in train.of_kind(*NUMERIC_OR_CATEGORICAL)
        if one.name not in non_features
        and one.name in eval
        and is_coded(eval[one.name]) == is_coded(one)
        and eval[one.name].kind in NUMERIC_OR_CATEGORICAL
    ]
    if len(columns) < 2 + FEWEST_VARYING:
        raise Unavailable("too few columns could describe an entity that rows share")
    cells = _Cells.of(train, eval, columns, device, seed)
    pairs = np.unique(np.concatenate([np.zeros((0, 2), np.int64), *_pairs(cells, seed)]), axis=0)
    chosen = _described(cells, pairs)
    found = _keys(train, eval, [columns[place] for place in chosen], device, cells, chosen)
    return found if found is not None and _is_entity(train, found) else _nothing(train, eval)


def _nothing(train: Table, eval: Table) -> InferredGroups:
    import numpy as np

    sides = (np.zeros(one.n_rows, dtype=np.int64) for one in (train, eval))
    known = (np.zeros(one.n_rows, dtype=bool) for one in (train, eval))
    return InferredGroups((), *sides, *known)


@dataclass(frozen=True, slots=True)
class _Cells:
    """A hash a cell of the rows looked at; -log of its share; whether it is there."""

    hashes: np.ndarray
    rarity: np.ndarray
    present: np.ndarray

    @classmethod
    def of(
        cls, train: Table, eval: Table, columns: list[Column], device: Device, seed: int
    ) -> _Cells:
        """The cells of samples of both tables, column by column."""
        import numpy as np

        rows = [sampled_rows(one.n_rows, seed, LOOKED_AT) for one in (train, eval)]
        made: list[list[np.ndarray]] = [[], [], []]
        for column in columns:
            parts, there = [], []
            for table, chosen in zip((train, eval), rows, strict=True):
                one = _taken(table[column.name], chosen)
                parts.append(terms([one], len(chosen), device))
                there.append(_present(one))
            hashes, present = np.concatenate(parts), np.concatenate(there)
            _, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
            others = np.maximum(counts[inverse] - 1, 1)
            made[0].append(hashes)
            made[1].append(np.where(present, -np.log(others / len(hashes)), 0.0))
            made[2].append(present)
        return cls(*(np.column_stack(one) for one in made))


def _taken(column: Column, rows: np.ndarray) -> Column:
    from dataclasses import replace

    from mldebug.columns import positions

    return replace(column, data=column.data.take(positions(rows)))


def _present(column: Column) -> np.ndarray:
    import numpy as np

    from mldebug.columns import codes

    if is_coded(column):
        return np.asarray(codes(column.data) >= 0)
    return np.asarray(~np.isnan(numbers(column.data)))


def _pairs(cells: _Cells, seed: int) -> Iterator[np.ndarray]:
    """Surprising pairs of rows that differ in two columns or more, shape (n_pairs, 2)."""
    import numpy as np

    n, n_columns = cells.hashes.shape
    repeated = np.array(
        [len(np.unique(cells.hashes[:, place])) < UNIQUE * n for place in range(n_columns)]
    )
    evidence = np.where(repeated, cells.rarity.mean(axis=0), -1.0)
    keyed = [place for place in np.argsort(-evidence, kind="stable")[:KEYED] if repeated[place]]
    rng = np.random.default_rng(seed)
    triples = list(combinations(keyed, 3))
    if len(triples) > TRIPLES:
        triples = [triples[place] for place in rng.permutation(len(triples))[:TRIPLES]]
    enough = np.log(n / PER_ROW)
    for key in [*combinations(keyed, 2), *triples]:
        whole = cells.hashes[:, key].sum(axis=1)
        order = np.argsort(whole, kind="stable")
        same = np.flatnonzero(whole[order[1:]] == whole[order[:-1]])
        if len(same) > PAIRS_A_KEY:
            same = same[rng.permutation(len(same))[:PAIRS_A_KEY]]
        one, other = order[same], order[same + 1]
        agree = _agree(cells, one, other)
        kept = (agree * cells.rarity[one]).sum(axis=1) >= enough
        differ = (cells.hashes[one] != cells.hashes[other]).sum(axis=1)
        kept &= differ >= FEWEST_VARYING
        yield np.column_stack([np.minimum(one, other), np.maximum(one, other)])[kept]


def _agree(cells: _Cells, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    import numpy as np

    both = cells.present[one] & cells.present[other]
    return np.asarray((cells.hashes[one] == cells.hashes[other]) & both)


def _described(cells: _Cells, pairs: np.ndarray) -> tuple[int, ...]:
    """The columns in which surprising pairs agree, of those of the most frequent pattern.

    Pairs of one entity agree in its columns, and by chance in others; pairs by chance agree now in
    these columns, now in those. So the pairs kept are those that agree in all columns of the pattern
    that most pairs have, or in all but one.
    """
    import numpy as np

    if len(pairs) < FEWEST_PAIRS:
        return ()
    agree = _agree(cells, pairs[:, 0], pairs[:, 1])
    patterns, counts = np.unique(agree, axis=0, return_counts=True)
    pattern = patterns[counts.argmax()]
    like = agree[agree[:, pattern].sum(axis=1) >= pattern.sum() - 1]
    chosen = np.flatnonzero(like.mean(axis=0) >= AGREED)
    return tuple(int(place) for place in chosen) if len(chosen) >= 2 else ()


def _keys(
    train: Table,
    eval: Table,
    columns: list[Column],
    device: Device,
    cells: _Cells,
    chosen: tuple[int, ...],
) -> InferredGroups | None:
    """The entity of each row of both tables, by these columns."""
    import numpy as np

    if not columns:
        return None
    n = len(cells.hashes)
    enough = np.log(n / PER_ROW)
    made = []
    for table in (train, eval):
        own = [table[one.name] for one in columns]
        rarity, present = np.zeros(table.n_rows), np.ones(table.n_rows, dtype=bool)
        for place, column in zip(chosen, own, strict=True):
            hashes, present_here = terms([column], table.n_rows, device), _present(column)
            ordered, first = np.unique(cells.hashes[:, place], return_index=True)
            at = np.minimum(np.searchsorted(ordered, hashes), len(ordered) - 1)
            seen = ordered[at] == hashes
            rarity += np.where(seen, cells.rarity[first[at], place], np.log(n))
            present &= present_here
        made.append((terms(own, table.n_rows, device), present & (rarity >= enough)))
    (mine, known), (theirs, eval_known) = made
    return InferredGroups(tuple(one.name for one in columns), mine, theirs, known, eval_known)


def _is_entity(train: Table, found: InferredGroups) -> bool:
    """Whether rows of train come in entities that no single column names."""
    import numpy as np

    keys, sizes = np.unique(found.train[found.train_known], return_counts=True)
    repeated = keys[sizes > 1]
    rows = int(sizes[sizes > 1].sum())
    known = int(found.train_known.sum())
    if rows < FEWEST_PAIRS or rows < COMMON * known or rows < BEYOND * PER_ROW * known:
        return False
    within = np.flatnonzero(found.train_known & np.isin(found.train, repeated))
    return not any(
        _names_alone(_taken(train[name], within), len(repeated)) for name in found.columns
    )


def _names_alone(column: Column, entities: int) -> bool:
    """Whether a column has about as many values as there are entities, and is no measurement."""
    import numpy as np

    from mldebug.columns import codes

    values = np.unique(codes(column.data) if is_coded(column) else numbers(column.data))
    if len(values) < ALONE * entities:
        return False
    if is_coded(column) or len(values) < SPARSE:
        return True
    return bool(np.ptp(values) / np.diff(values).min() < SPARSE * len(values))
