"""Cases of the proving ground as folders that the peers' runners read.

A folder holds ``train.parquet``, perhaps ``eval.parquet``, and ``case.json``: target, task, time
and kinds for the peer, and ``origin`` (where the case comes from, what it expects) for the table.
"""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT.parent / "shared" / "cases"
DOSES = ("D1", "D2")
LARGEST_CLEAN = 10_000
"""Rows beyond which a clean case is not handed to the peers: some of them need minutes for it."""


STRIDE = 17


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a case comes from and what is known of it; it stands beside every verdict.

    Parameters
    ----------
    name : str
        As in the results of `prove.py`.
    set : {"planted", "clean", "real"}
        Where it comes from.
    dose : str or None
        ``D1`` or ``D2`` of a planted case.
    n, seed : int
        Rows in all tables, and the seed.
    expected, allowed : tuple of str
        The codes that must be found, and those that may be.
    subject : mapping
        What the finding must name.
    """

    name: str
    set: str
    dose: str | None
    n: int
    seed: int
    expected: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    subject: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return self.name.replace(":", "-")


@dataclass(frozen=True, slots=True)
class RealFile:
    """A real file: its target, what must be found in it and what may be."""

    path: str
    target: str
    expected: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


REAL = (
    RealFile("leakage/data/AER_CreditCard.csv", "card", ("LK406",), ("DA110",)),
    RealFile("leakage/data/ISLR_Smarket.csv", "Direction", ("LK406",)),
    RealFile("leakage/data/ISLR_Wage.csv", "wage", ("LK406", "FE301")),
    RealFile("leakage/data/MASS_biopsy.csv", "class", ("DA106",), ("LK401", "DA101")),
    RealFile("leakage/data/datasets_iris.csv", "Species", ("DA106",), ("LK401", "EV901")),
    RealFile("leakage/data/wooldridge_nyse.csv", "return", ("LK406",)),
    RealFile("controls/data/MASS_Pima.tr.csv", "type", (), ("EV901",)),
    RealFile("controls/data/palmerpenguins_penguins.csv", "species", (), ("DA101", "EV901")),
    RealFile("controls/data/sklearn_breast_cancer.csv", "target"),
    RealFile("controls/data/sklearn_wine.csv", "target", (), ("EV901",)),
)
"""The leakage files, and the controls that have a target; a control expects nothing."""


def planted(codes: frozenset[str], seeds: int, n: int) -> Iterator[tuple[Any, Origin]]:
    """Each planted case with its origin, the same as `prove.py` makes; of all rules by default."""
    import numpy as np
    from proving.cases import known_rules, module_of, proofs

    for proof in proofs(ROOT, known_rules(ROOT)):
        if codes and proof.code not in codes:
            continue
        plant = module_of(str(proof.file)).plant
        for dose, amount in proof.doses.values.items():  # noqa: PD011  (a mapping)
            for seed in range(seeds) if dose in DOSES else ():
                case = plant(np.random.default_rng([seed, n]), n, amount)
                if case.train is None:  # a run, which no peer can be asked about
                    continue
                name = f"{proof.code}:{dose}:{n}:{seed}"
                yield (
                    case,
                    Origin(name, "planted", dose, n, seed, (proof.code,), (), dict(case.subject)),
                )


def clean(count: int) -> Iterator[tuple[Any, Origin]]:
    """The first ``count`` of the clean cases that report (the odd ones) and are not too large."""
    found = 0
    tables = _tables()
    every = list(islice(tables.clean_cases(0), tables.CLEAN_TABLES))[1::2]
    # A stride that shares no factor with the number of recipes goes through all of them.
    for place in range(0, len(every) * STRIDE, STRIDE):
        if found == count:
            return
        name, build = every[place % len(every)]
        case = build()
        if case.n <= LARGEST_CLEAN:
            found += 1
            yield case, Origin(name, "clean", None, case.n, 0, (), tuple(sorted(case.exempt)))


def real() -> Iterator[tuple[Any, Origin]]:
    """The real files that are there, each split at random by a fixed seed."""
    import numpy as np
    import pandas as pd

    tables = _tables()
    for one in REAL:
        if not (CASES / one.path).exists():
            continue
        frame = pd.read_csv(CASES / one.path).drop(columns="rownames", errors="ignore")
        train, held_out = tables.split(frame, np.random.default_rng(0))
        name = f"real-{Path(one.path).stem}"
        kind = "real" if one.expected else "clean"
        origin = Origin(name, kind, None, len(frame), 0, one.expected, one.allowed)
        yield tables.Case(name, train, held_out, one.target), origin


def _tables() -> Any:
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return importlib.import_module("tests.tables")


def task_of(target: pd.Series) -> str:
    """What a person would take the task to be."""
    numeric = target.dtype.kind in "iuf"
    return "regression" if numeric and target.nunique() > 20 else "classification"


def write(folder: Path, case: Any, origin: Origin) -> None:
    """Write one case.

    Raises
    ------
    pyarrow.lib.ArrowInvalid, pyarrow.lib.ArrowTypeError, ValueError
        Parquet cannot hold the table.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    options = dict(case.options)
    kinds = {name: str(kind) for name, kind in (options.get("kinds") or {}).items()}
    if options.get("id"):
        kinds[options["id"]] = "id"
    about = {
        "name": origin.name,
        "target": case.target,
        "task": options.get("task")
        or (task_of(case.train[case.target]) if case.target in case.train else None),
        "time": options.get("time"),
        "groups": options.get("groups"),
        "kinds": kinds,
        "origin": {k: v for k, v in asdict(origin).items() if k != "name"},
    }
    case.train.to_parquet(folder / "train.parquet", index=False)
    if case.eval is not None:
        case.eval.to_parquet(folder / "eval.parquet", index=False)
    (folder / "case.json").write_text(json.dumps(about, indent=1, default=str), encoding="utf-8")


def write_cases(
    folder: Path, codes: frozenset[str], seeds: int, n: int, clean_count: int
) -> list[Path]:
    """Write every case and return their folders."""
    import pyarrow as pa

    folders = []
    for make in (planted(codes, seeds, n), clean(clean_count), real()):
        for case, origin in make:
            place = folder / origin.folder
            try:
                write(place, case, origin)
            except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError) as error:
                print(f"{place.name} is left out: {error}", file=sys.stderr)
                continue
            folders.append(place)
    return folders
