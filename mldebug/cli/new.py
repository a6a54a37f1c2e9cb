"""``mldebug new``."""

from __future__ import annotations

import keyword
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 40
FIRST = {
    "DA": 101,
    "LB": 201,
    "FE": 301,
    "LK": 401,
    "AS": 501,
    "HP": 601,
    "IM": 701,
    "FT": 801,
    "EV": 901,
    "TR": 951,
    "DT": 971,
}
"""The first number of each family."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the three files go: into a checkout of mldebug, or beside each other in a plugin."""

    checkout: bool
    checkers: Path
    rules: Path
    tests: Path


def new(
    family: Annotated[str, typer.Argument(metavar="FAMILY", help="Its name or its two letters.")],
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The fault in a few words with hyphens: shared-rows."),
    ],
) -> int:
    """Write a checker, a rule and a test to start from.

    They work as they are. In a checkout of mldebug they go to their places; anywhere else they are
    the start of a plugin.
    """
    from mldebug.catalogue import rules
    from mldebug.cli.choices import family_of
    from mldebug.cli.console import tell
    from mldebug.errors import InputError
    from mldebug.rule import FAMILIES

    prefix = family_of("FAMILY", family)
    _require_name(name)
    for rule in rules().values():
        if rule.name == name:
            raise InputError(f"the name {name} is taken, by {rule.code}; choose another")
    place = _place()
    code = _next_code(prefix, place, set(rules()))
    home, module = FAMILIES[prefix], name.replace("-", "_")
    files = {
        place.checkers / home / f"{module}.py": "checker",
        place.rules / home / f"{code}-{name}.yaml": "rule",
        place.tests / home / f"test_{code}_{module}.py": "test"
        if place.checkout
        else "plugin_test",
    }
    taken = [path for path in files if path.exists()]
    if taken:
        raise InputError(f"{taken[0]} is there already; choose another name")
    words = {"family": home, "name": name, "module": module, "code": code, "since": _since()}
    _write(place, home, {path: _filled(kind, words) for path, kind in files.items()})
    tell("\n".join(f"written: {path}" for path in files))
    tell(_what_next(place, code, [*files][-1]))
    return 0


def _require_name(name: str) -> None:
    from mldebug.errors import InputError

    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise InputError(
            f"NAME is at most {LONGEST} small letters, digits and hyphens, such as shared-rows, "
            f"not {name!r}"
        )
    if keyword.iskeyword(name):
        raise InputError(f"{name!r} is a word of Python itself; add another word to it")


def _place() -> Place:
    """Find out whether the working folder is a checkout of mldebug."""
    try:
        project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8")).get(
            "project", {}
        )
    except (OSError, ValueError):
        project = {}
    package = Path("mldebug")
    if project.get("name") == "mldebug-toolkit" and (package / "checkers").is_dir():
        return Place(True, package / "checkers", Path("rules"), Path("tests/checkers"))
    return Place(False, Path("checkers"), Path("rules"), Path("tests/checkers"))


def _next_code(prefix: str, place: Place, known: set[str]) -> str:
    """Return the code after the last one of the family, of all that are there; none comes twice."""
    from mldebug.errors import InputError

    taken = known | {path.name[:5] for path in place.rules.glob("*/*.yaml")}
    numbers = [int(code[2:]) for code in taken if re.fullmatch(prefix + r"\d{3}", code)]
    number = max(numbers, default=FIRST[prefix] - 1) + 1
    if number > 999:
        raise InputError(f"the family {prefix} has no code left after {prefix}999")
    return f"{prefix}{number}"


def _since() -> str:
    from mldebug.audit import mldebug_version

    return ".".join(mldebug_version().split(".")[:2])


def _filled(kind: str, words: dict[str, str]) -> str:
    from importlib.resources import files
    from string import Template

    template = files("mldebug.cli") / "templates" / f"{kind}.txt"
    return Template(template.read_text(encoding="utf-8")).substitute(words)


def _write(place: Place, home: str, contents: dict[Path, str]) -> None:
    """Write the files, and what makes a plugin's folders packages; all or none."""
    from mldebug.errors import InputError

    packages = [place.checkers, place.checkers / home]
    if not place.checkout:
        packages.append(place.rules)
    written: list[Path] = []
    try:
        for path in (folder / "__init__.py" for folder in packages):
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
                written.append(path)
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            written.append(path)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{error.filename or 'a file'} cannot be written: {reason}") from error


def _what_next(place: Place, code: str, test: Path) -> str:
    steps = [
        "",
        "They work as they are and measure the share of rows without any feature. Change the",
        "measure in the checker, the ladder and the words in the rule, the plant in the test.",
        f"Run the test: pytest {test}",
    ]
    if place.checkout:
        return "\n".join([*steps, "Then: mldebug rules --markdown > rules/README.md"])
    package = _package()
    return "\n".join(
        [
            *steps,
            f"mldebug finds {code} once these lines stand in the plugin's pyproject.toml:",
            "",
            '[project.entry-points."mldebug.checkers"]',
            f'{package} = "{package}.checkers"',
            '[project.entry-points."mldebug.rules"]',
            f'{package} = "{package}.rules"',
        ]
    )


def _package() -> str:
    """Return the name of the package that the working folder is, or one to be replaced."""
    here = Path.cwd()
    is_package = (here / "__init__.py").exists() and here.name.isidentifier()
    return here.name if is_package else "your_package"
