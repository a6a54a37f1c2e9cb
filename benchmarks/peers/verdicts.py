"""What the runners of the peers share: reading a case, and writing what a peer says of it.

A runner is executed by its peer's own Python as ``run_PEER.py CASE_DIR OUT.json [CASE_DIR
OUT.json]...`` and imports nothing of mldebug. A case is a folder with ``train.parquet``, perhaps
``eval.parquet``, and ``case.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

Verdict = Literal["found", "silent", "cannot"]

RULES = {
    "DA101": "missing values",
    "DA103": "disguised missing values",
    "DA104": "mixed types",
    "DA105": "variants of a category",
    "DA106": "duplicate rows",
    "DA107": "near-duplicate rows",
    "DA108": "outlying rows",
    "DA110": "class imbalance",
    "DA111": "rare class",
    "DA112": "ordered rows",
    "DA113": "feature drift",
    "DA114": "joint drift",
    "DA115": "label shift",
    "DA116": "unseen categories",
    "DA117": "schema mismatch",
    "LB201": "label errors",
    "LB204": "conflicting labels",
    "LB207": "unusable target",
    "FE301": "constant feature",
    "FE302": "duplicate feature",
    "FE303": "correlated features",
    "FE305": "identifier among the features",
    "FE306": "uninformative features",
    "LK401": "rows shared by train and eval",
    "LK403": "groups shared by train and eval",
    "LK405": "overlap in time",
    "LK406": "target proxy",
    "EV901": "small eval set",
}
"""The rules that the peers are asked about."""

QUIET = {
    "DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY": "True",
    "DISABLE_LATEST_VERSION_CHECK": "True",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "MPLBACKEND": "Agg",
    "TQDM_DISABLE": "1",
}
"""Environment variables under which no peer calls home, shows progress or opens a window."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case as a peer sees it; what is not known is None."""

    name: str
    train: pd.DataFrame
    evaluation: pd.DataFrame | None
    target: str | None
    task: str | None
    time: str | None
    kinds: dict[str, str]
    groups: str | None = None

    def named(self, kind: str) -> list[str]:
        """The columns of train that were declared to be of a kind."""
        return [name for name, one in self.kinds.items() if one == kind and name in self.train]


@dataclass(frozen=True, slots=True)
class Answer:
    """A peer's verdict on one rule, with the seconds that its check took."""

    code: str
    verdict: Verdict
    detail: str
    seconds: float = 0.0


def read_case(folder: Path) -> Case:
    """The case in a folder."""
    import pandas as pd

    about = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    evaluation = folder / "eval.parquet"
    return Case(
        name=about.get("name", folder.name),
        train=pd.read_parquet(folder / "train.parquet"),
        evaluation=pd.read_parquet(evaluation) if evaluation.exists() else None,
        target=about.get("target"),
        task=about.get("task"),
        time=about.get("time"),
        kinds=about.get("kinds") or {},
        groups=about.get("groups"),
    )


def timed(code: str, check: Callable[[], tuple[Verdict, str]]) -> Answer:
    """The answer of a check; one that raises could not tell, and says why."""
    start = time.perf_counter()
    try:
        verdict, detail = check()
    except Exception as error:  # noqa: BLE001  (a peer may raise anything, and the rest must run)
        verdict, detail = "cannot", f"raised {type(error).__name__}: {_one_line(str(error))}"
    return Answer(code, verdict, _one_line(detail), time.perf_counter() - start)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]


def run(
    peer: str,
    setup: Callable[[], str],
    answers: Callable[[Case, frozenset[str]], Iterator[Answer]],
    arguments: Sequence[str] | None = None,
) -> None:
    """Run a peer on the cases of the command line.

    Parameters
    ----------
    peer : str
        Its name.
    setup : callable
        Imports the peer and returns its version.
    answers : callable
        Yields the answers on one case; takes the options that were switched on.
    arguments : sequence of str, optional
        The command line; that of the process by default.
    """
    parser = argparse.ArgumentParser(description=f"Ask {peer} about cases.")
    parser.add_argument("paths", nargs="+", metavar="CASE_DIR OUT.json", type=Path)
    parser.add_argument("--option", action="append", default=[], help="of the peer's runner")
    given = parser.parse_args(arguments)
    if len(given.paths) % 2:
        parser.error("each CASE_DIR needs the OUT.json that its verdicts go to")
    os.environ.update(QUIET)
    start = time.perf_counter()
    version = setup()
    importing = time.perf_counter() - start
    for folder, out in zip(given.paths[::2], given.paths[1::2], strict=True):
        start = time.perf_counter()
        case = read_case(folder)
        loading = time.perf_counter() - start
        lines = [
            {
                "peer": peer,
                "version": version,
                "case": case.name,
                "code": answer.code,
                "verdict": answer.verdict,
                "detail": answer.detail,
                "seconds": round(answer.seconds, 4),
            }
            for answer in answers(case, frozenset(given.option))
        ]
        result = {
            "peer": peer,
            "version": version,
            "case": case.name,
            "import_seconds": round(importing, 4),
            "load_seconds": round(loading, 4),
            "peak_bytes": peak_bytes(resource.getrusage(resource.RUSAGE_SELF)),
            "lines": lines,
        }
        _write_whole(out, json.dumps(result, indent=1))


def peak_bytes(usage: resource.struct_rusage) -> int:
    """The peak resident memory of a process; macOS counts it in bytes, others in KiB."""
    return int(usage.ru_maxrss) * (1 if sys.platform == "darwin" else 1024)


def _write_whole(path: Path, text: str) -> None:
    # A file that is there is complete: an interrupted run is resumed by what exists.
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
