"""Columns that train and eval do not have alike."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from mldebug.artefacts import Column, Kind, Table, Target
from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Subject

SCHEMA_CHANGES = Quantity(
    name="data.schema_changes",
    unit="columns",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The number of columns that eval lacks, has in addition, stores as another sort of value "
        "(number, text, date, boolean; of categories, what they are of) or has in another place among "
        "the columns that both have. A missing target is no mismatch."
    ),
    details={
        "change": "none, missing, extra, retyped or reordered",
        "what": "the change in words",
        "names": "the columns, at most ten",
    },
)
NAMES_SHOWN = 10
WORDS = {
    "missing": "Eval lacks {count} that train has",
    "extra": "Eval has {count} that train lacks",
    "retyped": "Eval stores {count} as another sort of value",
    "reordered": "Eval has {count} in another place than train",
}
FAMILIES = {
    # an interval is read as the text of it, and must not be taken for an integer
    "text": ("str", "large_str", "utf8", "object", "categor", "dictionary", "enum", "interval"),
    "date": ("date", "timestamp", "datetime", "period"),
    "boolean": ("bool",),
    "number": ("int", "uint", "float", "double", "half", "decimal", "number"),
}


@checker(SCHEMA_CHANGES)
def schema_mismatch(
    train: Table, eval: Table, target: Target | None = None
) -> Iterator[Measurement]:
    """How many columns differ between the tables, by the sort of difference."""
    label = target.name if target else None
    shared = [name for name in train.names if name in eval]
    changes = {
        "missing": [name for name in train.names if name not in eval and name != label],
        "extra": [name for name in eval.names if name not in train],
        "retyped": [name for name in shared if _retyped(train[name], eval[name])],
        "reordered": _moved([name for name in eval.names if name in train], shared),
    }
    for change, names in changes.items():
        if names:
            yield _told(change, names, len(train.names))
    if not any(changes.values()):
        details = {"change": "none", "what": "Both have the same columns", "names": ""}
        yield Measurement(SCHEMA_CHANGES.name, Subject(), 0.0, len(train.names), details=details)


def _told(change: str, names: Sequence[str], n: int) -> Measurement:
    count = "1 column" if len(names) == 1 else f"{len(names):,} columns"
    more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    return Measurement(
        quantity=SCHEMA_CHANGES.name,
        subject=Subject(columns=tuple(names)),
        value=float(len(names)),
        n=n,
        details={
            "change": change,
            "what": WORDS[change].format(count=count),
            "names": ", ".join(names[:NAMES_SHOWN]) + more,
        },
    )


def _retyped(mine: Column, theirs: Column) -> bool:
    if Kind.EMPTY in (mine.kind, theirs.kind):
        return False
    return _family(mine) != _family(theirs)


def _family(column: Column) -> str:
    """The sort of value that a column stores; its storage type where it is none of these."""
    lowered = column.storage.lower()
    if lowered.startswith("category["):
        lowered = lowered.removeprefix("category[").removesuffix("]")
    if column.kind is Kind.UNSUPPORTED:
        return lowered
    if lowered == "object":  # Python objects may be of any sort: their kind tells
        return str(column.kind) if str(column.kind) in FAMILIES else "text"
    for family, prefixes in FAMILIES.items():
        if lowered.startswith(prefixes):
            return family
    return lowered


def _moved(there: Sequence[str], here: Sequence[str]) -> list[str]:
    """The fewest columns that would have to be moved to bring one order into the other."""
    place = {name: number for number, name in enumerate(here)}
    order = [place[name] for name in there]
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, value in enumerate(order):
        length = bisect_left(tails, value)
        before.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(value)
            ends.append(index)
        else:
            tails[length] = value
            ends[length] = index
    kept: set[int] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.add(order[index])
        index = before[index]
    return [name for name in here if place[name] not in kept]
