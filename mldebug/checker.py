"""Checkers and derived artefacts: plain functions whose parameter names are their needs."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Literal, TypeVar

from mldebug.measurement import Measurement, Quantity

Cost = Literal["cheap", "fit", "refit"]


class Unavailable(Exception):  # noqa: N818  (it names a state of the artefact, not a fault)
    """An artefact cannot be made from what is there.

    Parameters
    ----------
    reason : str
        One sentence; it becomes the reason of every outcome that depends on the artefact.
    missing : sequence of str
        The options that would make it available, for example ``("--time",)``.
    """

    def __init__(self, reason: str, missing: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.missing = tuple(missing)


@dataclass(frozen=True, slots=True)
class Need:
    """One parameter of a function: the artefact it names, and whether it can do without."""

    name: str
    required: bool


@dataclass(frozen=True, slots=True)
class Checker:
    """A function that measures. It never sees a rule, a severity or a renderer."""

    name: str
    measures: tuple[Quantity, ...]
    run: Callable[..., Iterable[Measurement]]
    cost: Cost
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """A function that makes an artefact out of others, at most once per audit.

    With ``per_table`` the function takes a parameter ``table`` and is asked for as ``train_NAME``,
    ``eval_NAME`` or ``reference_NAME``.
    """

    name: str
    make: Callable[..., Any]
    per_table: bool
    needs: tuple[Need, ...]


def needs_of(function: Callable[..., Any]) -> tuple[Need, ...]:
    """The artefacts that a function asks for, read from its signature.

    Raises
    ------
    TypeError
        A default other than None: it would be an option in disguise.
    """
    found = []
    for parameter in inspect.signature(function).parameters.values():
        required = parameter.default is inspect.Parameter.empty
        if not required and parameter.default is not None:
            raise TypeError(f"{function.__name__}: the default of {parameter.name} must be None")
        found.append(Need(parameter.name, required))
    return tuple(found)


def checker(
    *measures: Quantity, cost: Cost = "cheap"
) -> Callable[[Callable[..., Iterable[Measurement]]], Checker]:
    """Declare a function as the checker that measures these quantities."""

    def declare(run: Callable[..., Iterable[Measurement]]) -> Checker:
        family = run.__module__.rsplit(".", 2)[-2]
        return Checker(f"{family}.{run.__name__}", measures, run, cost, needs_of(run))

    return declare


def derived(*, per_table: bool = False) -> Callable[[Callable[..., Any]], Derived]:
    """Declare a function as the maker of the artefact that bears its name."""

    def declare(make: Callable[..., Any]) -> Derived:
        return Derived(make.__name__, make, per_table, needs_of(make))

    return declare


_Declared = TypeVar("_Declared", Checker, Derived)


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in sorted(pkgutil.walk_packages(package.__path__, package.__name__ + "."), key=_name):
        yield importlib.import_module(info.name)


def _home(declared: Checker | Derived) -> str:
    function = declared.run if isinstance(declared, Checker) else declared.make
    return function.__module__


def _name(info: pkgutil.ModuleInfo) -> str:
    return info.name


def _declared(packages: Iterable[ModuleType], wanted: type[_Declared]) -> dict[str, _Declared]:
    found: dict[str, _Declared] = {}
    for package in packages:
        for module in _modules(package):
            for value in vars(module).values():
                if not isinstance(value, wanted) or _home(value) != module.__name__:
                    continue
                if value.name in found:
                    raise TypeError(f"{value.name} is declared twice, again in {module.__name__}")
                found[value.name] = value
    return found


@cache
def checkers() -> dict[str, Checker]:
    """Every checker by its name: those of mldebug, and those of the plugins installed beside it."""
    from importlib.metadata import entry_points

    import mldebug.checkers

    plugins = [point.load() for point in entry_points(group="mldebug.checkers")]
    return _declared([mldebug.checkers, *plugins], Checker)


@cache
def derivations() -> dict[str, Derived]:
    """Every derived artefact by its name."""
    import mldebug.derive

    return _declared([mldebug.derive], Derived)


def quantities() -> dict[str, tuple[Quantity, Checker]]:
    """Every quantity by its name, with the checker that measures it."""
    found: dict[str, tuple[Quantity, Checker]] = {}
    for one in checkers().values():
        for quantity in one.measures:
            if quantity.name in found:
                raise TypeError(
                    f"the quantity {quantity.name} is declared twice, again by {one.name}"
                )
            found[quantity.name] = (quantity, one)
    return found
