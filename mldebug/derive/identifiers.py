"""Columns of train that number or name the rows, so that no two rows agree in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mldebug.artefacts import Kind, Table, Target, TimeColumn
from mldebug.checker import derived
from mldebug.columns import codes, integers, is_coded, levels

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.profile import ColumnProfile, Profile

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
    n_distinct, n : int
        Distinct values among the rows where it is not missing, and how many these are.
    """

    column: str
    shape: Shape
    n_distinct: int
    n: int


@derived()
def identifiers(
    train: Table,
    train_profile: Profile,
    target: Target | None = None,
    time: TimeColumn | None = None,
    identifier: str | None = None,
) -> tuple[Identifier, ...]:
    """The columns of train that number or name its rows, in the table's order.

    Notes
    -----
    One pass over the columns that are near-unique: O(n) each. Floats with a fractional part, dates
    and the target name no rows.
    """
    exempt = {target.name if target else None, time.name if time else None}
    found = []
    for column in train.columns:
        profile = train_profile.columns[column.name]
        if column.name == identifier or column.kind is Kind.IDENTIFIER:
            shape: Shape | None = "given"
        elif column.name in exempt or profile.n_present < 2:
            shape = None
        else:
            near_unique = profile.n_distinct >= NEAR_UNIQUE * profile.n_present
            shape = _shape(column, profile) if near_unique else None
        if shape is not None:
            found.append(Identifier(column.name, shape, profile.n_distinct, profile.n_present))
    return tuple(found)


def _shape(column: Column, profile: ColumnProfile) -> Shape | None:
    import numpy as np

    if is_coded(column):
        return _text_shape(column, profile)
    if column.kind is not Kind.NUMBER or not profile.integral:
        return None
    values, missing = integers(column.data)
    present = values if missing is None else values[~missing]
    # Counted again: beyond a million distinct values the profile only estimates their number.
    unique = bool(np.all(np.diff(np.sort(present)) > 0))
    if unique and _counts_by_one(present):
        return "sequence"
    if len(present) < FEWEST_ROWS:
        return None
    if NAMED.search(column.name) or NAMED.search(column.name.lower()):
        return "named"
    if unique and profile.increasing:
        return "monotone"
    span = int(present.max()) - int(present.min()) + 1
    return "dense" if unique and len(present) >= DENSE * span else None


def _counts_by_one(present: np.ndarray) -> bool:
    """Whether the values are 0, 1, 2 ... or 1, 2, 3 ... in the order of the rows."""
    import numpy as np

    return int(present[0]) in (0, 1) and bool(np.all(np.diff(present) == 1))


def _text_shape(column: Column, profile: ColumnProfile) -> Shape | None:
    """Whether a text column holds tokens: one word each, with a digit in nearly all of them."""
    if profile.n_present < FEWEST_ROWS:
        return None
    words = levels(column.data)
    looked_at = [words[code] for code in codes(column.data)[:TOKENS_LOOKED_AT] if code >= 0]
    tokens = sum(
        bool(TOKEN.match(word))
        and any(letter.isdigit() for letter in word)
        and not DECIMAL.match(word)
        for word in looked_at
    )
    if looked_at and tokens >= NEAR_UNIQUE * len(looked_at):
        return "token"
    return None
