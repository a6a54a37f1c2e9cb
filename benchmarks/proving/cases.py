"""Which audits a run of the proving ground consists of: one job for each."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from proving.doses import Doses, doses
from proving.makers import clean_makers, planted_makers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import ModuleType

    from mldebug.measurement import Quantity
    from mldebug.rule import Rule, Severity

SIZES = (500, 2_000, 20_000)
SEEDS = 40
JOINT_SEEDS = 10
TEST_FILE = re.compile(r"test_([A-Z]{2}\d{3})_\w+\.py")
SILENT_PARTS = ("render", "record", "cli", "cli.py", "pytest_plugin.py")
"""What in mldebug cannot change a verdict: a change there makes no result stale."""


@dataclass(frozen=True, slots=True)
class Known:
    """A rule, the quantity that it judges, and its file (None for a rule of a plugin)."""

    rule: Rule
    quantity: Quantity
    file: Path | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the test file of a rule gives to prove it with."""

    code: str
    file: Path
    doses: Doses
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One audit that is to be run, as plain data that another process can be handed.

    Parameters
    ----------
    key : str
        Names the case: ``LK401:D1:500:3``, or the name of a clean one.
    stamp : str
        A hash of everything that the answer depends on.
    kind : {"plant", "twin", "clean", "joint"}
        What the table is.
    code : str or None
        The rule that is asked; None for a full audit.
    file : str
        The test file that holds ``plant`` and ``twin``; empty for a clean case.
    level, dose : str and float or None
        Which dose is planted, and how much that is.
    n, seed : int
        Rows in all tables, and the seed; of a clean case, n is 0 and the seed its number.
    select : tuple of str or None
        The rules that a clean audit is restricted to.
    quantities : mapping of str to str
        What each of the rules asked judges, by code.
    drawn : int
        The seed that all clean cases were drawn with.
    """

    key: str
    stamp: str
    kind: Literal["plant", "twin", "clean", "joint"]
    code: str | None = None
    file: str = ""
    level: str = ""
    dose: float | None = None
    n: int = 0
    seed: int = 0
    select: tuple[str, ...] | None = None
    severity: Severity = "warning"
    quantities: Mapping[str, str] = field(default_factory=dict)
    drawn: int = 0


def known_rules(root: Path) -> dict[str, Known]:
    """Every rule of mldebug with its quantity and its file."""
    from mldebug.catalogue import rules
    from mldebug.checker import quantities

    declared = quantities()
    files = {path.name[:5]: path for path in (root / "rules").rglob("*.yaml")}
    return {
        code: Known(rule, declared[rule.judges][0], files.get(code))
        for code, rule in rules().items()
        if rule.judges in declared
    }


@cache
def module_of(file: str) -> ModuleType:
    """The module that a test file is; it may import ``tests.tables``."""
    root = str(next(one for one in Path(file).parents if one.name == "tests").parent)
    if root not in sys.path:
        sys.path.insert(0, root)
    spec = importlib.util.spec_from_file_location("proving_" + Path(file).stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def proofs(root: Path, known: Mapping[str, Known]) -> Iterator[Proof]:
    """What each rule's test file gives, in the order of the codes.

    Raises
    ------
    TypeError
        A test file lacks ``plant`` or ``twin``.
    ValueError
        The doses of a rule cannot be told.
    """
    for file in sorted((root / "tests" / "checkers").rglob("test_*.py"), key=lambda one: one.name):
        named = TEST_FILE.fullmatch(file.name)
        if named is None or named[1] not in known:
            continue
        code = named[1]
        module = module_of(str(file))
        for needed in ("plant", "twin"):
            if not callable(getattr(module, needed, None)):
                raise TypeError(f"{file} must hold {needed}(), to prove {code} with")
        given: Mapping[str, float | None] | None = getattr(module, "DOSES", None)
        amounts = doses(known[code].rule, known[code].quantity, given)
        yield Proof(code, file, amounts, tuple(getattr(module, "SIZES", SIZES)))


def digest(*parts: str | bytes | Path) -> str:
    """A short hash of texts and of the contents of files."""
    made = hashlib.sha256()
    for part in parts:
        told = part.read_bytes() if isinstance(part, Path) else part
        made.update(told.encode() if isinstance(told, str) else told)
        made.update(b"\0")
    return made.hexdigest()[:16]


def source_digest(root: Path) -> str:
    """The hash of mldebug's source, but for the parts that cannot change a verdict."""
    package = root / "mldebug"
    files = sorted(path for path in package.rglob("*.py"))
    return digest(
        *(path for path in files if path.relative_to(package).parts[0] not in SILENT_PARTS)
    )


def _rule_digest(known: Known) -> str:
    return digest(known.file) if known.file is not None else digest(repr(known.rule))


def planted_jobs(
    root: Path,
    proof: Proof,
    known: Known,
    sizes: Iterable[int],
    seeds: Iterable[int],
    *,
    any_size: bool = False,
) -> Iterator[Job]:
    """The doses of one rule and its twin, for every seed, at every size from ``min_n`` on.

    With ``any_size`` at the others too; these jobs do not grow stale when ``min_n`` changes.
    """
    told = "" if any_size else _rule_digest(known)
    ladder = repr(known.rule.ladder)
    made_by = planted_makers(root, proof.file)
    stamp = digest(source_digest(root), told, ladder, *made_by)
    levels: list[tuple[str, float | None]] = [*proof.doses.values.items(), ("twin", None)]
    seeds = list(seeds)
    for n in sizes:
        if n < known.rule.min_n and not any_size:
            continue
        for level, dose in levels:
            for seed in seeds:
                yield Job(
                    f"{proof.code}:{level}:{n}:{seed}",
                    digest(stamp, repr(dose)),
                    "twin" if level == "twin" else "plant",
                    proof.code,
                    str(proof.file),
                    level,
                    dose,
                    n,
                    seed,
                    (proof.code,),
                    proof.doses.severity,
                    {proof.code: known.rule.judges},
                )


def clean_jobs(
    root: Path,
    known: Mapping[str, Known],
    parity: Literal["odd", "even", "both"],
    select: Sequence[str] | None,
    count: int | None = None,
    drawn: int = 0,
) -> Iterator[Job]:
    """The clean cases of one parity, audited in full or by the selected rules alone.

    ``drawn`` is the seed of them all: the same recipes make other cases with another one.
    """
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    from tests.tables import clean_cases

    codes = sorted(select or known)
    told_by = (_rule_digest(known[code]) for code in codes)
    stamp = digest(source_digest(root), *told_by, *clean_makers(root))
    numbered = enumerate(name for name, _ in clean_cases(drawn))
    wanted = {"odd": (1,), "even": (0,), "both": (0, 1)}[parity]
    chosen = ((number, name) for number, name in numbered if number % 2 in wanted)
    for number, name in islice(chosen, count):
        told = f"{name}@{drawn}" if drawn else name
        key = told if select is None else f"{told}|{','.join(codes)}"
        yield Job(
            key,
            stamp,
            "clean",
            seed=number,
            select=None if select is None else tuple(codes),
            quantities={code: known[code].rule.judges for code in codes},
            drawn=drawn,
        )


def joint_jobs(root: Path, known: Mapping[str, Known]) -> Iterator[Job]:
    """The joint cases: ``CASES`` of tests/test_joint_causes.py, if it is there.

    ``CASES`` maps a name to ``(make, code)``: ``make(rng)`` makes the Case, and ``code`` is the
    true cause of all that is found in it.
    """
    file = root / "tests" / "test_joint_causes.py"
    if not file.exists():
        return
    rules = digest(*(_rule_digest(one) for _, one in sorted(known.items())))
    stamp = digest(source_digest(root), rules, *planted_makers(root, file))
    cases: Mapping[str, tuple[Any, str]] = module_of(str(file)).CASES
    for name, (_, code) in cases.items():
        for seed in range(JOINT_SEEDS):
            key = f"joint:{name}:{seed}"
            yield Job(key, stamp, "joint", code, str(file), name, seed=seed)


def case_of(job: Job) -> Any:
    """The case of a job, made."""
    import numpy as np

    if job.kind == "clean":
        from tests.tables import clean_cases

        return next(islice(clean_cases(job.drawn), job.seed, None))[1]()
    module = module_of(job.file)
    if job.kind == "joint":
        return module.CASES[job.level][0](np.random.default_rng(job.seed))
    # One generator for all doses of a seed: the tables differ in the fault alone.
    rng = np.random.default_rng([job.seed, job.n])
    if job.kind == "twin":
        return module.twin(rng, job.n)
    return module.plant(rng, job.n, job.dose)
