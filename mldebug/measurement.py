"""What a checker declares (a quantity) and what it yields (a measurement)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

MOST_ROWS = 1_000
"""So many rows are named as evidence; of a million rows, more help nobody to find the fault."""
SUBJECT_KEYS = (
    "table",
    "column",
    "columns",
    "class",
    "group",
    "slice",
    "layer",
    "step",
    "rank",
    "run",
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number that a checker measures, declared once, in the checker's file.

    Parameters
    ----------
    name : str
        Dotted and unique, for example ``leakage.shared_row_share``.
    unit : str
        What the number counts: ``share``, ``rows``, ``AUC``, ``difference of shares`` ...
    bounds : tuple of float or None
        The smallest and the largest possible value; None where there is none.
    kind : {"count", "estimate"}
        A *count* is a fact about the file as given: no interval, compared strictly. An *estimate*
        speaks about rows not seen: it has a 95 % interval and its near end is compared.
    meaning : str
        What is measured, with every constant that defines it, in one or two sentences.
    source : str
        The paper or the convention it comes from.
    null : str
        What the p-value is against; empty where there is none.
    details : mapping of str to str
        The names of the details of a measurement and what each says; messages may use these.
    """

    name: str
    unit: str
    bounds: tuple[float | None, float | None]
    kind: Literal["count", "estimate"]
    meaning: str
    source: str = ""
    null: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


class Subject(Mapping[str, Any]):
    """What a measurement speaks about: an object with a subset of ``SUBJECT_KEYS``.

    The empty subject is the whole of what was audited. Subjects are hashable, keep the order of
    ``SUBJECT_KEYS`` and compare by content.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Any] | None = None, **named: Any) -> None:
        given = {**(items or {}), **named}
        unknown = sorted(set(given) - set(SUBJECT_KEYS))
        if unknown:
            raise ValueError(
                f"a subject has no key {unknown[0]!r}; it has {', '.join(SUBJECT_KEYS)}"
            )
        self._items = MappingProxyType(
            {
                key: tuple(given[key]) if isinstance(given[key], list) else given[key]
                for key in SUBJECT_KEYS
                if key in given
            }
        )

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(self.canonical)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Subject) and self.canonical == other.canonical

    def __repr__(self) -> str:
        return f"Subject({dict(self._items)!r})"

    def __reduce__(self) -> tuple[type[Subject], tuple[dict[str, Any]]]:
        return Subject, (dict(self._items),)

    @property
    def canonical(self) -> str:
        """The subject as one line of JSON with sorted keys; ``{}`` for the whole."""
        return json.dumps(self.as_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @property
    def label(self) -> str:
        """One line that names the subject to a person."""
        if not self._items:
            return "the whole"
        named = {"column": "{}", "columns": "{}", "table": "{}", "class": "class {}"}
        parts = []
        for key, value in self._items.items():
            shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            parts.append(named.get(key, key + " {}").format("\0").replace("\0", shown))
        return " · ".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """The subject as plain data."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in self._items.items()
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is evidence. ``row`` counts from 0 in the file or frame as given.

    ``match`` is the row that it goes with, and ``match_cells`` are the cells of that one.
    """

    table: str
    row: int
    score: float | None = None
    match: tuple[str, int] | None = None
    cells: Mapping[str, Any] | None = None
    match_cells: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows behind a measurement: how many there are, and the worst of them first."""

    total: int
    items: tuple[Row, ...]

    @classmethod
    def of(
        cls,
        table: str,
        rows: np.ndarray | Sequence[int],
        *,
        scores: np.ndarray | Sequence[float] | None = None,
        matches: np.ndarray | Sequence[int | None] | None = None,
    ) -> Rows | None:
        """These rows of a table as evidence; None if there are none.

        Parameters
        ----------
        table : {"train", "eval", "reference"}
            Whose rows they are.
        rows : numpy.ndarray of shape (n_rows,), dtype int64, or sequence of int
            The rows, the worst first. The first 1,000 are named, all are counted.
        scores : numpy.ndarray of shape (n_rows,), dtype float64, or None
            How bad each of them is.
        matches : numpy.ndarray of shape (n_rows,), dtype int64, or None
            The row of train that each of them goes with; None for a row that goes with none.
        """
        if not len(rows):
            return None
        named = range(min(len(rows), MOST_ROWS))
        others = [None if matches is None else matches[place] for place in named]
        items = tuple(
            Row(
                table,
                int(rows[place]),
                None if scores is None else float(scores[place]),
                None if (other := others[place]) is None else ("train", int(other)),
            )
            for place in named
        )
        return cls(len(rows), items)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value of one quantity for one subject.

    Parameters
    ----------
    quantity : str
        The name of a declared quantity.
    subject : Subject
        What the value speaks about.
    value : float
        In the quantity's unit.
    n : int
        The number of observations it rests on.
    interval : tuple of float or None
        The 95 % interval; None for a count.
    p : float or None
        The two-sided p-value against the quantity's stated null.
    details : mapping
        Plain data under the names that the quantity declares.
    rows : Rows or None
        The rows that are the evidence.
    figure : mapping or None
        Data for a plot, never a picture; its ``kind`` names the drawing.
    """

    quantity: str
    subject: Subject
    value: float
    n: int
    interval: tuple[float, float] | None = None
    p: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    rows: Rows | None = None
    figure: Mapping[str, Any] | None = None
