"""The target: its task and its classes."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from mldebug.adapters.kinds import column, encoded, joined, labels_of, natural
from mldebug.adapters.raw import RawColumn
from mldebug.artefacts import Column, Kind, Target, Task
from mldebug.columns import strings
from mldebug.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

FEW_CLASSES = 20
"""Whole numbers of more distinct values than this are no classes."""
ROWS_A_CLASS = 10
COUNT_VALUES = 5
TAIL_SHARE = 0.04
SLIPS = 0.2
"""Counts thin out: from this many values on, the largest is rarer than this share of the mode, and
the sizes rise to the mode and fall from it but for this many pairs a value."""


def target_of(given: Column, task: Task | None) -> tuple[Target, str]:
    """The target that a column of train is, and a remark on how its task was inferred.

    Parameters
    ----------
    given : Column
        The column in the kind that its values have.
    task : {"classification", "regression"} or None
        As given by the user.

    Raises
    ------
    InputError
        The column cannot be a target of this task.

    Notes
    -----
    Text, categories and booleans are classes. Whole numbers (also those stored as floats) are
    classes if there are two or fewer of them, or at most `FEW_CLASSES` with on average
    `ROWS_A_CLASS` rows or more each, unless they look like counts: at least `COUNT_VALUES` values
    from 0 or 1 upwards, whose sizes rise to the mode and fall from it to a thin tail.
    """
    if given.kind is Kind.UNSUPPORTED:
        raise InputError(
            f"--target: the column {given.name!r} cannot be a target ({given.note}); give a column "
            "of classes or numbers"
        )
    found, why = _inferred(given)
    if task == "regression" and given.kind in (Kind.CATEGORY, Kind.TEXT):
        raise InputError(
            f"--task: the target {given.name!r} holds categories, which have no regression; give "
            "--task classification or a target of numbers"
        )
    chosen = task or found
    classes = sorted_classes(labels_of(given)) if chosen == "classification" else ()
    target = Target(given.name, chosen, classes, inferred=task is None)
    other = "regression" if found == "classification" else "classification"
    remark = (
        f"the target {given.name!r} is taken for a {found}: {why} (--task {other} overrides it)"
    )
    return target, "" if task else remark


def as_target(raw: RawColumn, target: Target, in_train: Column) -> Column:
    """The target's column in a table: classes of train first, or numbers.

    A column that cannot be converted to train's kind keeps its own.
    """
    given = column(raw, in_train.kind) or natural(raw)
    if target.task == "classification":
        return given if given.kind is Kind.UNSUPPORTED else _in_classes(given, target.classes)
    if given.kind is Kind.DATE:
        import pyarrow as pa
        from pyarrow import compute as pc

        seconds = pc.divide(given.data.cast(pa.int64()).cast(pa.float64(), safe=False), 1e6)
        return _as(given, Kind.NUMBER, seconds, "dates, in seconds since 1970")
    if given.kind is Kind.BOOLEAN:
        import pyarrow as pa

        return _as(given, Kind.NUMBER, given.data.cast(pa.int8()), "booleans, read as 0 and 1")
    return given


def sorted_classes(labels: pa.ChunkedArray) -> tuple[str, ...]:
    """The distinct labels, by value if all are numbers, otherwise as text."""
    return in_order(labels.unique().drop_null().to_pylist())


def in_order(labels: list[str]) -> tuple[str, ...]:
    """Distinct labels by value if all are numbers, otherwise as text."""
    try:
        return tuple(sorted(labels, key=lambda label: (float(label), label)))
    except ValueError:
        return tuple(sorted(labels))


def _as(given: Column, kind: Kind, data: pa.ChunkedArray, note: str) -> Column:
    return replace(given, kind=kind, data=data, note=joined(given.note, note))


def _in_classes(given: Column, classes: tuple[str, ...]) -> Column:
    import pyarrow as pa
    from pyarrow import compute as pc

    coded = encoded(labels_of(given)).chunk(0)
    found = coded.dictionary.to_pylist()
    seen = set(classes)
    unseen = [label for label in found if label not in seen]
    known = strings([*classes, *in_order(unseen)])
    indices = pc.index_in(coded.dictionary, known).cast(pa.int32()).take(coded.indices)
    data = pa.chunked_array([pa.DictionaryArray.from_arrays(indices, known)])
    note = ""
    if given.kind is Kind.NUMBER and pa.types.is_floating(given.data.type):
        note = "classes stored as floating numbers"
    elif given.kind is not Kind.CATEGORY:
        note = f"classes, given as {given.kind.value}"
    return _as(given, Kind.CATEGORY, data, note)


def _inferred(given: Column) -> tuple[Task, str]:
    if given.kind is Kind.EMPTY:
        return "classification", "every value is missing"
    if given.kind in (Kind.CATEGORY, Kind.TEXT, Kind.BOOLEAN):
        holds = {Kind.CATEGORY: "categories", Kind.TEXT: "text", Kind.BOOLEAN: "booleans"}
        return "classification", f"it holds {holds[given.kind]}"
    if given.kind is not Kind.NUMBER:
        return "regression", f"it holds values of the kind {given.kind.value}"
    return _of_numbers(given.data)


def _of_numbers(data: pa.ChunkedArray) -> tuple[Task, str]:
    from pyarrow import compute as pc

    # a few rows tell most targets from classes, without a pass over all distinct values
    if len(data.slice(0, 1_000).unique()) > 10 * FEW_CLASSES:
        return "regression", "it holds many distinct numbers"
    counts = pc.value_counts(data.drop_null())
    counted = sorted(zip(*(counts.field(part).to_pylist() for part in (0, 1)), strict=True))
    rows = len(data) - data.null_count
    distinct = len(counted)
    if distinct > FEW_CLASSES:
        return "regression", f"it holds {distinct:,} distinct numbers"
    if any(value % 1 for value, _ in counted):  # infinity too: it has no remainder
        return "regression", "it holds numbers that are not whole"
    if distinct > max(2, rows / ROWS_A_CLASS):
        return "regression", f"it holds {distinct} distinct whole numbers in only {rows:,} rows"
    if _thins_out(counted):
        return "regression", "its whole numbers thin out as counts do"
    plural = "" if distinct == 1 else "s"
    return "classification", f"it holds {distinct} distinct whole number{plural}"


def _thins_out(counted: list[tuple[float, int]]) -> bool:
    """Whether the sizes rise to the mode and fall from it to a thin tail, as those of counts do."""
    if len(counted) < COUNT_VALUES or counted[0][0] not in (0, 1):
        return False
    sizes = [size for _, size in counted]
    mode = sizes.index(max(sizes))
    rising, falling = sizes[: mode + 1][::-1], sizes[mode:]
    return (
        len(falling) > 2
        and falling[-1] < TAIL_SHARE * sizes[mode]
        and _out_of_order(rising) + _out_of_order(falling) <= SLIPS * len(sizes)
    )


def _out_of_order(sizes: list[int]) -> int:
    """The number of pairs in which a later size is larger than an earlier one."""
    return sum(later > earlier for earlier, later in combinations(sizes, 2))
