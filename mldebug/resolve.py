"""Step one of an audit: which checkers run, and what each of them needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mldebug.artefacts import ARTEFACTS, ROLES
from mldebug.checker import Checker, Derived, Need, checkers, derivations, quantities
from mldebug.rule import Rule


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an artefact is made: the derivation, and for a per-table one the table it is made of."""

    derivation: Derived
    table: str | None

    @property
    def needs(self) -> tuple[Need, ...]:
        """What the derivation needs, with ``table`` replaced by the table's own name.

        So is the beginning of ``table_members``: what is derived of the same table.
        """
        return tuple(
            Need(self.table + need.name.removeprefix("table"), need.required)
            if self.table and (need.name == "table" or need.name.startswith("table_"))
            else need
            for need in self.derivation.needs
        )


def recipes() -> dict[str, Recipe]:
    """Every artefact that can be derived, by the name that checkers ask for."""
    found: dict[str, Recipe] = {}
    for name, derivation in derivations().items():
        if derivation.per_table:
            found |= {f"{role}_{name}": Recipe(derivation, role) for role in ROLES}
        else:
            found[name] = Recipe(derivation, None)
    return found


def unknown_needs() -> list[str]:
    """What checkers and derivations ask for that nothing provides; empty in a sound build."""
    known = set(ARTEFACTS) | set(recipes())
    asked = [
        *((one.name, one.needs) for one in checkers().values()),
        *((name, recipe.needs) for name, recipe in recipes().items()),
    ]
    return [
        f"{name} asks for {need.name}, which nothing provides"
        for name, needs in asked
        for need in needs
        if need.name not in known
    ]


def missing_options(needs: Iterable[Need], given: Mapping[str, object]) -> tuple[str, ...]:
    """The options that would have to be given before these needs can be met."""
    derived = recipes()
    missing: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(needs)
    while waiting:
        need = waiting.pop(0)
        if not need.required or need.name in seen:
            continue
        seen.add(need.name)
        if need.name in derived:
            waiting += derived[need.name].needs
        elif given.get(need.name) is None:
            missing[ARTEFACTS[need.name]] = None
    return tuple(missing)


def checkers_for(rules: Iterable[Rule]) -> list[Checker]:
    """The checkers that measure what these rules judge, the cheap ones first.

    Raises
    ------
    TypeError
        A rule judges a quantity that no checker measures.
    """
    measured = quantities()
    chosen: dict[str, Checker] = {}
    for rule in rules:
        if rule.judges not in measured:
            raise TypeError(f"{rule.code} judges {rule.judges}, which no checker measures")
        one = measured[rule.judges][1]
        chosen[one.name] = one
    order = ("cheap", "fit", "refit")
    return sorted(chosen.values(), key=lambda one: (order.index(one.cost), one.name))
