"""Ask the peers about cases of the proving ground: ``python benchmarks/compare_peers.py``.

The cases are planted faults (doses D1 and D2), clean tables and real files with known answers. Each
is written as a folder (`peer_cases.py`), each peer's runner is run on it by the peer's own Python,
and the verdicts are collected in ``results/peers.jsonl``. An answer is kept under a hash of its
case and its runner, and a peer is not asked again for one that is there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peer_cases import write_cases
from proving.cases import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
PEERS = ("deepchecks", "cleanlab", "skore")
OPTIONS = {"deepchecks": ("--option", "no-display")}
BATCH = 20
"""Cases per process: importing a peer takes seconds."""

SECONDS_PER_CASE = 120
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""On small tables threads only wait for each other."""


def answer_of(peer: str, folder: Path) -> Path:
    """The file for a peer's answer on a case; it need not exist."""
    runner = [f"run_{peer}.py", "verdicts.py", f"requirements-{peer}.txt"]
    stamp = digest(*(HERE / "peers" / name for name in runner), *sorted(folder.iterdir()))
    return RESULTS / "peers" / peer / f"{folder.name}-{stamp}.json"


def pending(peer: str, folders: Iterable[Path]) -> list[tuple[Path, Path]]:
    """The cases that a peer has not been asked about, each with the file for its answer."""
    (RESULTS / "peers" / peer).mkdir(parents=True, exist_ok=True)
    pairs = [(folder, answer_of(peer, folder)) for folder in folders]
    return [(folder, out) for folder, out in pairs if not out.exists()]


def ask(peer: str, pairs: Sequence[tuple[Path, Path]]) -> str:
    """Run a peer on cases in one process and return how that ended."""
    python = HERE / "peers" / f".venv-{peer}" / "bin" / "python"
    words = [str(path) for pair in pairs for path in pair]
    command = [str(python), str(HERE / "peers" / f"run_{peer}.py"), *OPTIONS.get(peer, ()), *words]
    try:
        ended = subprocess.run(
            command,
            env=os.environ | ONE_THREAD,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_PER_CASE * len(pairs),
        )
    except subprocess.TimeoutExpired:
        return f"was stopped after {SECONDS_PER_CASE * len(pairs)} s"
    last = (ended.stderr.strip().splitlines() or ["no output"])[-1]
    return f"ended with status {ended.returncode}: {last}"


def ask_all(peer: str, folders: Sequence[Path]) -> None:
    """Ask a peer about every case that it has not answered.

    A case that a batch did not reach is tried alone; if that fails too, its answer says how.
    """
    todo = pending(peer, folders)
    for start in range(0, len(todo), BATCH):
        ask(peer, todo[start : start + BATCH])
        told = f"{peer}: {min(start + BATCH, len(todo))} of {len(todo)}"
        print(told, file=sys.stderr, flush=True)
    for folder, out in pending(peer, folders):
        how = ask(peer, [(folder, out)])
        if not out.exists():
            out.write_text(json.dumps({"peer": peer, "lines": [], "died": how}), encoding="utf-8")


def collected(folders: Iterable[Path], peers: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One line for each peer, case and rule: the verdict, with what is known of the case."""
    known = [(one, json.loads((one / "case.json").read_text(encoding="utf-8"))) for one in folders]
    for peer in peers:
        for folder, about in known:
            out = answer_of(peer, folder)
            if not out.exists():
                continue
            answer = json.loads(out.read_text(encoding="utf-8"))
            for line in answer["lines"]:
                yield line | about["origin"]
            if "died" in answer:
                gone = {"peer": peer, "version": None, "case": about["name"], "code": None}
                told = {"verdict": "cannot", "detail": answer["died"], "seconds": 0.0}
                yield gone | told | about["origin"]


def summary(lines: Iterable[dict[str, Any]]) -> str:
    """The verdicts as a Markdown table: found of asked, by rule and peer.

    A planted or real case counts for the rules that it expects, a clean one for those that it does
    not allow. ``cannot`` is not counted as asked.
    """
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        code = line["code"] or ""
        if line["verdict"] == "cannot" or (line["set"] == "clean" and code in line["allowed"]):
            continue
        if line["set"] != "clean" and code not in line["expected"]:
            continue
        tally = counts[code, line["peer"], line["dose"] or line["set"]]
        tally[0] += line["verdict"] == "found"
        tally[1] += 1
    sets = ("D1", "D2", "real", "clean")
    rows = ["| rule | peer | " + " | ".join(sets) + " |", "| --- | --- |" + " ---: |" * len(sets)]
    for code, peer in sorted({key[:2] for key in counts}):
        if code[:2].isupper() and code[2:].isdigit():
            told = [counts.get((code, peer, one)) for one in sets]
            cells = ["" if one is None else f"{one[0]} of {one[1]}" for one in told]
            rows.append(f"| {code} | {peer} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def main() -> None:
    """Write the cases, ask the peers, collect, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", action="append", choices=PEERS, help="repeat for several")
    parser.add_argument("--select", default="", help="codes of planted rules, comma-separated")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("-n", type=int, default=2_000, help="rows of a planted case")
    parser.add_argument("--clean", type=int, default=20, help="clean cases")
    given = parser.parse_args()
    codes = frozenset(code for code in given.select.split(",") if code)
    folders = write_cases(RESULTS / "peer_cases", codes, given.seeds, given.n, given.clean)
    print(f"{len(folders)} cases", file=sys.stderr)

    for peer in given.peer or PEERS:
        ask_all(peer, folders)
    lines = list(collected(folders, PEERS))
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (RESULTS / "peers.jsonl").write_text(text, encoding="utf-8")
    print(summary(lines))


if __name__ == "__main__":
    main()
