"""The tables of an audit: train, eval and reference in canonical form, with target and time."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mldebug.adapters.kinds import GIVEN_KINDS, column, natural
from mldebug.adapters.raw import shown_name
from mldebug.adapters.sources import Raw, RawColumn, read
from mldebug.adapters.splits import Part, parts_by_column, parts_by_share
from mldebug.adapters.targets import as_target, target_of
from mldebug.artefacts import Column, Kind, Role, Table, Target, Task, TimeColumn
from mldebug.errors import InputError

TASKS = ("classification", "regression")
OPTIONS: Mapping[Role, str] = {"train": "TRAIN", "eval": "--eval", "reference": "--reference"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What adapters make of the user's tables; each remark is one sentence for a person."""

    train: Table | None = None
    eval: Table | None = None
    reference: Table | None = None
    target: Target | None = None
    time: TimeColumn | None = None
    remarks: tuple[str, ...] = ()


def tables(
    train: Any,
    eval: Any = None,
    *,
    target: str | None = None,
    split_column: str | None = None,
    task: Task | None = None,
    kinds: Mapping[str, str] | None = None,
    time: str | None = None,
    identifier: str | None = None,
    groups: str | None = None,
    reference: Any = None,
    seed: int = 0,
) -> Loaded:
    """The tables of an audit in canonical form.

    Parameters
    ----------
    train, eval, reference : path, frame, array or tuple (X, y)
        See `mldebug.adapters.sources.read`; ``eval`` may also be a share of train in (0, 1).
    target, time, identifier, groups : str, optional
        Columns of train.
    split_column : str, optional
        The column of train that says which rows are for training and which for evaluation.
    task : {"classification", "regression"}, optional
        Inferred from the target where it is not given.
    kinds : mapping of str to str, optional
        Kinds of columns that override the inferred ones.
    seed : int
        Of the split by share.

    Returns
    -------
    Loaded

    Raises
    ------
    InputError
        One sentence: what cannot be read or does not exist, and what would be right.

    Notes
    -----
    Kinds are decided on train. A column of another table that cannot be converted to train's kind
    keeps its own.
    """
    if task is not None and task not in TASKS:
        raise InputError(f"--task: {task!r} is no task; it must be one of {' or '.join(TASKS)}")
    target, time = _column_name(target, "--target"), _column_name(time, "--time")
    identifier, groups = _column_name(identifier, "--id"), _column_name(groups, "--groups")
    split_column = _column_name(split_column, "--split-column")
    whole, target = _named_target(read(train, OPTIONS["train"]), target, OPTIONS["train"])
    parts, how = _parts(whole, eval, target, split_column, seed)
    remarks = [*_of("train", whole), *how]
    learnt = parts["train"]
    if reference is not None:
        parts["reference"] = _part(reference, "reference", target)
        remarks += _of("reference", parts["reference"].raw)
    given = _given_kinds(learnt.raw, kinds or {}, identifier)
    _must_exist(time, learnt.raw.names, "--time")
    _must_exist(groups, learnt.raw.names, "--groups")
    if groups is not None and groups == target:
        raise InputError(f"--groups names the target {target!r}; it must name another column")
    decided = {raw.name: _decided(raw, given) for raw in learnt.raw.columns}
    aim = None
    if target is not None:
        _must_exist(target, learnt.raw.names, "--target")
        if target == identifier:
            raise InputError(f"--id names the target {target!r}; it must name another column")
        aim, told = target_of(decided[target], task)
        remarks += [told] if told else []
    loaded = {
        role: _table(role, part, decided, aim if aim and aim.name in part.raw.names else None)
        for role, part in parts.items()
    }
    for role, part in parts.items():
        if aim and aim.name not in part.raw.names:
            remarks.append(f"{role} lacks the target {aim.name!r}; it is checked without it")
    return Loaded(
        loaded["train"],
        loaded.get("eval"),
        loaded.get("reference"),
        aim,
        _time_of(time, loaded["train"]),
        tuple(remarks),
    )


def _column_name(given: Any, option: str) -> str | None:
    """The name as tables hold it, which is text, also where a frame's columns are numbers."""
    if given is None:
        return None
    name = shown_name(given)
    if not name:
        raise InputError(f"{option}: the name is empty; give the name of a column")
    return name


def _named_target(raw: Raw, target: str | None, option: str) -> tuple[Raw, str | None]:
    """The source with the labels of a pair (X, y) under the target's name."""
    if raw.target is None or target is None or target == raw.target:
        return raw, target or raw.target
    if target in raw.names:
        raise InputError(
            f"{option}: the target of a pair (X, y) is y, but --target names the column {target!r} "
            "of X; give X alone or leave out --target"
        )
    columns = tuple(
        replace(one, name=target) if one.name == raw.target else one for one in raw.columns
    )
    return replace(raw, columns=columns, target=target), target


def _parts(
    whole: Raw, eval: Any, target: str | None, split_column: str | None, seed: int
) -> tuple[dict[Role, Part], tuple[str, ...]]:
    """Train and eval, from one source or from two, with remarks on how."""
    if split_column is not None:
        if eval is not None:
            raise InputError("--eval and --split-column both say what eval is; give one of them")
        _must_exist(split_column, whole.names, "--split-column")
        if split_column == target:
            raise InputError(
                f"--split-column: {split_column!r} is the target; name the column that says train "
                "or test"
            )
        parts, told = parts_by_column(whole, split_column)
        return parts, (told,)
    if isinstance(eval, int | float) and not isinstance(eval, bool):
        parts, told = parts_by_share(whole, float(eval), seed)
        return parts, (told,)
    if eval is None:
        return {"train": Part(whole)}, ()
    part = _part(eval, "eval", target)
    return {"train": Part(whole), "eval": part}, _of("eval", part.raw)


def _of(role: Role, raw: Raw) -> tuple[str, ...]:
    return tuple(f"{role}: {remark}" for remark in raw.remarks)


def _part(source: Any, role: Role, target: str | None) -> Part:
    return Part(_named_target(read(source, OPTIONS[role]), target, OPTIONS[role])[0])


def _must_exist(name: str | None, names: Iterable[str], option: str) -> None:
    if name is None or name in (names := tuple(names)):
        return
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
    near = near or [one for one in names if one.casefold() == name.casefold()]
    if near:
        offered = f"did you mean {' or '.join(map(repr, near))}?"
    else:
        shown = ", ".join(map(repr, names[:5])) + (", ..." if len(names) > 5 else "")
        offered = f"there are {shown}"
    raise InputError(f"{option}: there is no column {name!r}; {offered}")


def _given_kinds(raw: Raw, kinds: Mapping[str, str], identifier: str | None) -> dict[str, Kind]:
    given = {}
    for name, kind in ((shown_name(name), kind) for name, kind in kinds.items()):
        _must_exist(name, raw.names, "--kind")
        if kind not in {known.value for known in GIVEN_KINDS}:
            raise InputError(
                f"--kind: {kind!r} is no kind (column {name!r}); it must be one of "
                f"{', '.join(known.value for known in GIVEN_KINDS)}"
            )
        given[name] = Kind(kind)
    if identifier is not None:
        _must_exist(identifier, raw.names, "--id")
        if given.get(identifier, Kind.IDENTIFIER) is not Kind.IDENTIFIER:
            raise InputError(
                f"--id names the column {identifier!r} and --kind makes it a "
                f"{given[identifier].value}; give one of them"
            )
        given[identifier] = Kind.IDENTIFIER
    return given


def _decided(raw: RawColumn, given: Mapping[str, Kind]) -> Column:
    kind = given.get(raw.name)
    if kind is None:
        return natural(raw)
    found = column(raw, kind)
    if found is None:
        own = natural(raw)
        told = f" ({own.note})" if own.note else ""
        raise InputError(
            f"--kind: the column {raw.name!r} cannot be read as {kind.value}; its values are of "
            f"the kind {own.kind.value}{told}"
        )
    return found


def _table(role: Role, part: Part, decided: Mapping[str, Column], aim: Target | None) -> Table:
    raw = part.raw
    columns = []
    for one in raw.columns:
        if aim is not None and one.name == aim.name:
            columns.append(as_target(one, aim, decided[one.name]))
        elif role == "train":
            columns.append(decided[one.name])
        else:
            columns.append(_as_in_train(one, decided.get(one.name)))
    return Table(role, raw.source, tuple(columns), raw.n_rows, part.positions, raw.sha256)


def _as_in_train(raw: RawColumn, in_train: Column | None) -> Column:
    if in_train is None:
        return natural(raw)
    return column(raw, in_train.kind, in_train.note) or natural(raw)


def _time_of(name: str | None, train: Table) -> TimeColumn | None:
    if name is None:
        return None
    kind = train[name].kind
    if kind not in (Kind.DATE, Kind.NUMBER):
        raise InputError(
            f"--time: the column {name!r} is of the kind {kind.value}; it must hold dates or "
            "numbers (dates as text are known in ISO form, such as 2024-01-31)"
        )
    return TimeColumn(name, given=True)
