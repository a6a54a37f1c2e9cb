"""Columns of train that describe no row to a model: what it is called, when it was, what it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.artefacts import Target, TimeColumn
from mldebug.checker import derived

if TYPE_CHECKING:
    from mldebug.derive.identifiers import Identifier


@derived()
def non_features(
    identifiers: tuple[Identifier, ...],
    target: Target | None = None,
    time: TimeColumn | None = None,
    groups: str | None = None,
) -> frozenset[str]:
    """The names of the columns that are no features.

    Parameters
    ----------
    identifiers : tuple of Identifier
        The columns that number or name the rows.
    target : Target or None
        The column to predict.
    time : TimeColumn or None
        The column that orders the rows.
    groups : str or None
        The column that says which rows belong together.

    Returns
    -------
    frozenset of str
        All of these. O(1).

    Notes
    -----
    What looks at some of them too, such as at a time that a model may use, says why it does.
    """
    named = {one.name for one in (target, time) if one is not None}
    named |= {groups} if groups is not None else set()
    return frozenset({one.column for one in identifiers} | named)
