"""``mldebug doctor``."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

DISTRIBUTION = "mldebug-toolkit"
NOT_FOR_USERS = ("dev",)
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(slots=True)
class Health:
    """What the doctor sees: facts by name, and problems in plain words."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def doctor() -> int:
    """Tell versions, device and rules, and what is broken."""
    from mldebug.cli.console import tell
    from mldebug.render.names import visible

    health = Health()
    for look in (_python, _libraries, _extras, _device, _files, _rules, _plugins, _threads):
        look(health)
    widest = max(len(name) for name, _ in health.facts)
    tell("\n".join(f"{name:<{widest}}  {visible(said)}" for name, said in health.facts))
    if not health.problems:
        tell("\nnothing is broken")
        return 0
    tell("\n" + "\n".join(f"problem: {visible(problem)}" for problem in health.problems))
    return 1


def _python(health: Health) -> None:
    from mldebug.audit import mldebug_version

    health.facts.append(("mldebug", f"{mldebug_version()} in {Path(__file__).parents[1]}"))
    health.facts.append(("python", f"{platform.python_version()} in {sys.prefix}"))
    health.facts.append(("system", platform.platform()))


def _requirements() -> list[Requirement]:
    """Read what is required: of the installed distribution, or of the checkout that it is."""
    from importlib.metadata import PackageNotFoundError, distribution

    from packaging.requirements import Requirement

    try:
        return [Requirement(line) for line in distribution(DISTRIBUTION).requires or ()]
    except PackageNotFoundError:
        pass
    import tomllib

    project = Path(__file__).parents[2] / "pyproject.toml"
    if not project.is_file():
        return []
    said = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    found = [Requirement(line) for line in said["dependencies"]]
    for extra, lines in said.get("optional-dependencies", {}).items():
        for line in lines:
            plain, _, marker = line.partition(";")
            condition = f"({marker.strip()}) and " if marker.strip() else ""
            found.append(Requirement(f"{plain.strip()}; {condition}extra == '{extra}'"))
    return found


def _libraries(health: Health) -> None:
    requirements = _requirements()
    if not requirements:
        health.problems.append(
            f"what mldebug requires cannot be read; install it: pip install {DISTRIBUTION}"
        )
    for one in requirements:
        if one.marker is not None and not one.marker.evaluate({"extra": ""}):
            continue
        found = _installed(one.name)
        health.facts.append((one.name, found or "not installed"))
        if found is None:
            health.problems.append(f"{one.name} is not installed: pip install '{_plain(one)}'")
        elif not one.specifier.contains(found, prereleases=True):
            health.problems.append(
                f"{one.name} {found} does not do, it must be {one.specifier}: "
                f"pip install '{_plain(one)}'"
            )


def _plain(one: Requirement) -> str:
    return f"{one.name}{one.specifier}"


def _installed(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _extras(health: Health) -> None:
    """Tell which optional libraries are there; one that is there but too old is a problem."""
    there: dict[str, list[str]] = {}
    for extra, one in _optional():
        found = _installed(one.name)
        there.setdefault(extra, []).append(f"{one.name} {found or 'not installed'}")
        if found is not None and not one.specifier.contains(found, prereleases=True):
            health.problems.append(
                f"{one.name} {found} does not do for the extra {extra}, it must be "
                f"{one.specifier}: pip install '{DISTRIBUTION}[{extra}]'"
            )
    health.facts += [(f"extra {extra}", ", ".join(told)) for extra, told in there.items()]


def _optional() -> Iterator[tuple[str, Requirement]]:
    for one in _requirements():
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            continue
        words = str(one.marker).replace("'", '"').split('"')
        extra = next((word for before, word in pairwise(words) if "extra" in before), "")
        if extra and extra not in NOT_FOR_USERS and one.marker.evaluate({"extra": extra}):
            yield extra, one


def _device(health: Health) -> None:
    from mldebug.arrays import device

    try:
        health.facts.append(("device", device("auto").describe()))
    except Exception as error:  # noqa: BLE001  (a broken array library fails in many ways)
        health.problems.append(f"the device cannot be looked at: {type(error).__name__}: {error}")


def _files(health: Health) -> None:
    from mldebug.resources import resource

    try:
        health.facts.append(("rules", str(resource("rules"))))
        health.facts.append(("reports", str(resource("reports"))))
    except FileNotFoundError as error:
        health.problems.append(str(error))


def _rules(health: Health) -> None:
    """Count what there is; a rule without a checker, or a checker without its needs, is broken."""
    from mldebug.catalogue import rules
    from mldebug.checker import checkers, derivations, quantities
    from mldebug.resolve import unknown_needs

    try:
        known, measuring, measured = rules(), checkers(), quantities()
        health.problems += unknown_needs()
    except Exception as error:  # noqa: BLE001  (a broken plugin may raise anything)
        health.problems.append(
            f"rules and checkers cannot be loaded: {type(error).__name__}: {error}"
        )
        return
    count = f"{len(known)} rules, {len(measuring)} checkers, {len(derivations())} derivations"
    health.facts.append(("there are", count))
    health.problems += [
        f"{rule.code} judges {rule.judges}, which no checker measures"
        for rule in known.values()
        if rule.judges not in measured
    ]


def _plugins(health: Health) -> None:
    from importlib.metadata import entry_points

    found = []
    for group in ("mldebug.checkers", "mldebug.rules"):
        for point in entry_points(group=group):
            origin = f" of {point.dist.name} {point.dist.version}" if point.dist else ""
            found.append(f"{group.removeprefix('mldebug.')} {point.value}{origin}")
    health.facts.append(("plugins", ", ".join(found) or "none"))


def _threads(health: Health) -> None:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    told = [f"{name}={os.environ[name]}" for name in THREADS if name in os.environ]
    limits = ", ".join(told) or "no limit is set by OMP_NUM_THREADS and its like"
    health.facts.append(("threads", f"{usable} cores; {limits}"))
