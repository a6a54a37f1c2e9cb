"""Pairs of features that say the same, on another scale or under other names."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from mldebug.artefacts import Column, Kind, Table, Target
from mldebug.checker import Unavailable, derived
from mldebug.columns import codes, is_coded, numbers
from mldebug.derive.atoms import distinct_values
from mldebug.derive.members import groups_of_values

if TYPE_CHECKING:
    import numpy as np

    from mldebug.arrays import Device
    from mldebug.derive.identifiers import Identifier
    from mldebug.derive.profile import Profile

CHANCE = 0.001
"""Two columns count if dealing out their values at random makes any two columns of the table agree
with a probability below this."""
ROWS_A_VALUE = 20
"""Columns are compared under other names if a value has at least so many rows on average: where
nearly every row has a value of its own, any two columns part the rows alike."""
TOLERANCE = 1e-6
"""Largest deviation from another scale, in the column's range: about the resolution of a float32."""
NEAR = 1e-5
"""Signatures closer than this are looked at again, on all rows."""

How = Literal["as the same values", "on another scale", "under other names"]


@dataclass(frozen=True, slots=True)
class SameColumns:
    """Two features of which either tells the other, in every row; ``first`` stands first."""

    first: str
    other: str
    how: How


@derived()
def same_columns(
    train: Table,
    train_profile: Profile,
    identifiers: tuple[Identifier, ...],
    device: Device,
    target: Target | None = None,
    train_members: np.ndarray | None = None,
) -> tuple[SameColumns, ...]:
    """Pairs of features that say the same, each with the first column of its kind that does.

    Raises
    ------
    Unavailable
        Fewer than two features vary.

    Notes
    -----
    One signature a column, O(n d), and O(d log d) to sort them; what agrees is read again on all
    rows, O(n) a pair.
    """
    # The time and the groups are kept: what copies them tells them to a model under another name.
    left_out = {one.column for one in identifiers} | ({target.name} if target else set())
    columns = [
        column
        for column in train.columns
        if column.name not in left_out
        and column.kind not in (Kind.UNSUPPORTED, Kind.EMPTY)
        and train_profile.columns[column.name].n_distinct > 1
        and not train_profile.columns[column.name].n_infinite
    ]
    if len(columns) < 2:
        raise Unavailable("fewer than two features vary, so there is nothing to compare")
    surprising = math.log(len(columns) ** 2 / 2 / CHANCE)
    scaled = [column for column in columns if not is_coded(column)]
    grouped = [
        column
        for column in columns
        if train_profile.columns[column.name].n_distinct * ROWS_A_VALUE
        <= _rows_that_say(column, train_profile.columns[column.name].n_present, train_members)
    ]
    return (*_scaled(scaled, device, surprising), *_grouped(grouped, surprising))


def _rows_that_say(column: Column, n_present: int, members: np.ndarray | None) -> int:
    """The rows that tell how a column parts them; equal numbers of one group are one row.

    What was measured of each person parts the rows as the persons do, but is no name of theirs.
    """
    if members is None or is_coded(column):
        return n_present
    values, _ = distinct_values(column)
    return int(groups_of_values(column, values, members).sum())


def _scaled(columns: Sequence[Column], device: Device, surprising: float) -> Iterator[SameColumns]:
    """Columns that are a + b x of an earlier one."""
    import numpy as np

    from mldebug.arrays import to_host
    from mldebug.stats.same_columns import affine_signature, row_weights

    if not columns:
        return
    weights = row_weights(len(columns[0].data), device.xp)
    by_gaps: dict[bytes, list[tuple[float, int]]] = defaultdict(list)
    for place, column in enumerate(columns):
        values = numbers(column.data)
        missing = np.isnan(values)
        gaps = blake2b(np.packbits(missing).tobytes(), digest_size=16).digest()
        found = affine_signature(device.asarray(values), device.asarray(missing), weights)
        by_gaps[gaps].append((float(to_host(found)), place))
    for signatures in by_gaps.values():
        for run in _runs(sorted(signatures)):
            leaders: list[int] = []
            for place in sorted(run):
                for leader in leaders:
                    how = _on_another_scale(columns[leader], columns[place], surprising)
                    if how is not None:
                        yield SameColumns(columns[leader].name, columns[place].name, how)
                        break
                else:
                    leaders.append(place)


def _runs(signatures: Sequence[tuple[float, int]]) -> Iterator[list[int]]:
    """The places of columns whose sorted signatures lie close together, two or more each."""
    run: list[int] = []
    last = -math.inf
    for signature, place in signatures:
        if signature - last > NEAR:
            if len(run) > 1:
                yield run
            run = []
        run.append(place)
        last = signature
    if len(run) > 1:
        yield run


def _on_another_scale(one: Column, other: Column, surprising: float) -> How | None:
    import numpy as np

    from mldebug.stats.same_columns import log_arrangements

    x, y = numbers(one.data), numbers(other.data)
    there = ~np.isnan(x)
    x, y = x[there], y[there]
    low, high = int(np.argmin(x)), int(np.argmax(x))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        factor = (y[high] - y[low]) / (x[high] - x[low])
        off = np.abs(y - y[low] - factor * (x - x[low])).max()
        if not off <= TOLERANCE * (y.max() - y.min()):
            return None
    sizes = np.unique(x, return_counts=True)[1]
    if log_arrangements(sizes, named=True) < surprising:
        return None
    return "as the same values" if np.array_equal(x, y) else "on another scale"


def _grouped(columns: Sequence[Column], surprising: float) -> Iterator[SameColumns]:
    """Columns that part the rows as an earlier one does, whatever they call the groups."""
    import numpy as np

    from mldebug.stats.same_columns import log_arrangements

    leaders: dict[bytes, Column] = {}
    for column in columns:
        groups = _in_order(column)
        signature = blake2b(groups.tobytes(), digest_size=16).digest()
        leader = leaders.setdefault(signature, column)
        if leader is column or not np.array_equal(_in_order(leader), groups):
            continue
        sizes = np.bincount(groups + 1)
        if log_arrangements(sizes[sizes > 0], named=False) >= surprising:
            equal = leader.data.type == column.data.type and leader.data.equals(column.data)
            how: How = "as the same values" if equal else "under other names"
            yield SameColumns(leader.name, column.name, how)


def _in_order(column: Column) -> np.ndarray:
    """The group of each row, numbered in the order of first appearance; missing as -1."""
    import numpy as np

    held = column.data if is_coded(column) else column.data.dictionary_encode()
    found = codes(held)
    there = np.flatnonzero(found >= 0)
    first = np.full(int(found.max(initial=-1)) + 1, len(found))
    first[found[there[::-1]]] = there[::-1]  # of several assignments the last holds
    rank = np.empty(len(first) + 1, dtype=np.int32)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first), dtype=np.int32)
    rank[-1] = -1
    return np.asarray(rank[found])
