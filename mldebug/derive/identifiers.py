"""Columns of train that number or name the rows, so that no two rows agree in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mldebug.artefacts import GRID, Kind, Table, Target, TimeColumn
from mldebug.checker import derived
from mldebug.columns import LARGEST_WHOLE, codes, integers, is_coded, levels, numbers

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column

NEAR_UNIQUE = 0.9
"""A column whose distinct values are fewer than this share of its rows names no rows."""
FEWEST_ROWS = 30
"""Below this only a count from 0 or 1 is recognised: anything is unique in a handful of rows."""
DENSE = 0.4
"""Unique integers that fill this share of their range number something."""
NAMED = re.compile(
    r"(^|[_\s.-])(id|ids|uid|uuid|guid|key|index|idx|rownames?|row[_\s.-]?(number|num|no|nr|index))$"
    r"|^unnamed: ?\d+$|[a-z]Id$|[a-z]ID$|^ID$"
)
TOKEN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9:._/#-]{3,}$")
DECIMAL = re.compile(r"^\d*[.]\d+([eE][+-]?\d+)?$")
"""A number with decimals, such as stand in a column that a stray word makes text of."""
TOKENS_LOOKED_AT = 1_000

Shape = Literal["given", "sequence", "monotone", "dense", "named", "token"]


@dataclass(frozen=True, slots=True)
class Identifier:
    """One column that names rows.

    Parameters
    ----------
    column : str
        Its name.
    shape : {"given", "sequence", "monotone", "dense", "named", "token"}
        What gave it away: the user's word; a count by ones; integers that only rise; unique
        integers that fill their range; its name; random tokens.
    """

    column: str
    shape: Shape


@derived()
def identifiers(
    train: Table,
    target: Target | None = None,
    time: TimeColumn | None = None,
    identifier: str | None = None,
) -> tuple[Identifier, ...]:
    """The columns of train that number or name its rows, in the table's order.

    Notes
    -----
    O(n) a column, and O(n log n) for whole numbers that may be near-unique; a column with fractions
    is left at the first rows that show them. Dates and the target name no rows.
    """
    exempt = {target.name if target else None, time.name if time else None}
    found = []
    for column in train.columns:
        if column.name == identifier or column.kind is Kind.IDENTIFIER:
            shape: Shape | None = "given"
        elif column.name in exempt or len(column.data) - column.data.null_count < 2:
            shape = None
        else:
            shape = _text_shape(column) if is_coded(column) else _number_shape(column)
        if shape is not None:
            found.append(Identifier(column.name, shape))
    return tuple(found)


def _number_shape(column: Column) -> Shape | None:
    import numpy as np

    if column.kind is not Kind.NUMBER or not _is_whole(column):
        return None
    values, missing = integers(column.data)
    present = values if missing is None else values[~missing]
    span = int(present.max()) - int(present.min()) + 1
    fewest = NEAR_UNIQUE * len(present)
    if span < fewest:
        return None
    ordered = np.sort(present)
    repeats = int(np.count_nonzero(ordered[1:] == ordered[:-1]))
    if len(present) - repeats < fewest:
        return None
    if not repeats and _counts_by_one(present):
        return "sequence"
    if len(present) < FEWEST_ROWS:
        return None
    if NAMED.search(column.name) or NAMED.search(column.name.lower()):
        return "named"
    if not repeats and bool(np.all(present[1:] > present[:-1])):
        return "monotone"
    return "dense" if not repeats and len(present) >= DENSE * span else None


def _is_whole(column: Column) -> bool:
    """Whether all numbers are whole, and below 2**53 where they are stored as floats."""
    import numpy as np
    import pyarrow as pa

    if pa.types.is_integer(column.data.type):
        return True
    for start in range(0, len(column.data), GRID):
        values = numbers(column.data.slice(start, GRID))
        values = values[~np.isnan(values)]
        if not np.all((values == np.floor(values)) & (np.abs(values) < LARGEST_WHOLE)):
            return False
    return True


def _counts_by_one(present: np.ndarray) -> bool:
    """Whether the values are 0, 1, 2 ... or 1, 2, 3 ... in the order of the rows."""
    import numpy as np

    return int(present[0]) in (0, 1) and bool(np.all(np.diff(present) == 1))


def _text_shape(column: Column) -> Shape | None:
    """Whether a text column holds tokens: one word each, with a digit in nearly all of them."""
    import numpy as np

    found = codes(column.data)
    n_present = int(np.count_nonzero(found >= 0))
    words = levels(column.data)
    distinct = np.count_nonzero(np.bincount(found[found >= 0], minlength=len(words)))
    if n_present < FEWEST_ROWS or distinct < NEAR_UNIQUE * n_present:
        return None
    looked_at = [words[code] for code in found[:TOKENS_LOOKED_AT] if code >= 0]
    tokens = sum(
        bool(TOKEN.match(word))
        and any(letter.isdigit() for letter in word)
        and not DECIMAL.match(word)
        for word in looked_at
    )
    if looked_at and tokens >= NEAR_UNIQUE * len(looked_at):
        return "token"
    return None
