"""Time whole processes on the same files in one run: mldebug beside the peers.

``python benchmarks/speed.py`` makes the files once (`speed_files.py`), runs every line in turn,
``--repeat`` times around, and prints Markdown tables of the medians. Lines whose peer has no
environment (`peers/setup.py`) are left out and named. This process stays small, for on Linux a
child's peak memory is counted from its parent's at the start.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results"
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PYTHONDONTWRITEBYTECODE")
"""Variables that make BLAS or imports slow where they are set."""

CODES = "DA101,DA106,DA110,DA113,DA116,DA117,LB204,LB207,FE301,FE305,LK401,LK405,LK406,EV901"
START_ROUNDS = 11
FOUND = (0, 1)
"""Exit statuses of an audit that ran: nothing found, something found."""

CPU_PROBE = """
import json, numpy
try:
    from numpy._core._multiarray_umath import __cpu_features__ as found
except ImportError:
    from numpy.core._multiarray_umath import __cpu_features__ as found
print(json.dumps([numpy.__version__, sorted(name for name, there in found.items() if there)]))
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One process that is timed.

    Parameters
    ----------
    name : str
        What ``--only`` calls it.
    title : str
        What the table calls it.
    command : tuple of str
        The command line.
    group : {"files", "start"}
        Work on the files, or the start of a process.
    slow : bool
        Only with ``--suites``, or where ``--only`` names it.
    result : Path or None
        Where a peer's runner writes its seconds per check.
    accepted : tuple of int
        The exit statuses of a run that counts.
    """

    name: str
    title: str
    command: tuple[str, ...]
    group: str = "files"
    slow: bool = False
    result: Path | None = None
    accepted: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Timing:
    """What one run of a process took; ``checks`` are a peer's own seconds, by check."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    checks: Mapping[str, float]


class RunFailed(Exception):  # noqa: N818  (it names what happened)
    """A process ended with a status that was not expected; the message quotes its last words."""


def lines(folder: Path, out: Path, mldebug: Sequence[str], python: str) -> list[Line]:
    """Every line, in the order in which they are run."""
    train, evaluation = str(folder / "train.parquet"), str(folder / "eval.parquet")
    written = ("--json", str(out / "audit.json"), "--report", str(out / "audit.html"))
    audit = (*mldebug, "audit", train, "--eval", evaluation, "--target", "y", *written)
    from_csv = tuple(one.replace(".parquet", ".csv") for one in audit)

    def peer(name: str, title: str, runner: str, *options: str, slow: bool = False) -> Line:
        python_of_peer = str(HERE / "peers" / f".venv-{runner}" / "bin" / "python")
        result = out / f"{name}.json"
        script = str(HERE / "peers" / f"run_{runner}.py")
        given = [word for option in options for word in ("--option", option)]
        command = (python_of_peer, script, *given, str(folder), str(result))
        return Line(name, title, command, slow=slow, result=result)

    return [
        Line("audit", "mldebug audit, everything", audit, accepted=FOUND),
        Line("rules", "mldebug audit, the same rules", (*audit, "--select", CODES), accepted=FOUND),
        Line("csv", "mldebug audit, everything, from CSV", from_csv, accepted=FOUND),
        peer("deepchecks", "deepchecks, the same rules", "deepchecks"),
        peer("deepchecks-plain", "the same, nothing drawn", "deepchecks", "no-display"),
        peer("suites", "deepchecks, two whole suites", "deepchecks", "suites", slow=True),
        peer("skore", "skore, all checks of a fitted model", "skore", "all", slow=True),
        Line("bare", "a bare interpreter", (python, "-c", "pass"), group="start"),
        Line("import", "import mldebug", (python, "-c", "import mldebug"), group="start"),
        Line("help", "mldebug --help", (*mldebug, "--help"), group="start"),
    ]


def environment() -> dict[str, str]:
    """The variables of every timed process: this one's, quiet, and with nothing that slows BLAS."""
    sys.path.insert(0, str(HERE / "peers"))
    from verdicts import QUIET

    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    return kept | QUIET


def timing(line: Line, variables: Mapping[str, str]) -> Timing:
    """What one run of a line takes.

    Raises
    ------
    RunFailed
        It ended with a status that is not among the accepted ones.
    """
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            line.command, stdout=subprocess.DEVNULL, stderr=errors, env=variables, cwd=ROOT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in line.accepted:
            errors.seek(0)
            words = errors.read().decode(errors="replace").strip().splitlines() or ["no output"]
            raise RunFailed(f"{line.name} ended with status {process.returncode}: {words[-1]}")
    unit = 1 if sys.platform == "darwin" else 1024
    checks = {} if line.result is None else seconds_by_check(json.loads(line.result.read_text()))
    return Timing(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit, checks)


def seconds_by_check(result: Mapping[str, object]) -> dict[str, float]:
    """A peer's seconds by check, in its order, with what importing and reading took."""
    told = {"import": result["import_seconds"], "read the files": result["load_seconds"]}
    answers = result["lines"]
    assert isinstance(answers, list)
    told |= {one["code"]: one["seconds"] for one in answers if one["seconds"]}
    return {name: float(str(value)) for name, value in told.items()}


def around(
    chosen: Sequence[Line], rounds: int, variables: Mapping[str, str]
) -> tuple[dict[str, list[Timing]], dict[str, str]]:
    """Run the lines in turn, ``rounds`` times around.

    Returns
    -------
    timings : dict of str to list of Timing
        By the line's name.
    failures : dict of str to str
        Why a line was given up, by its name.
    """
    timings: dict[str, list[Timing]] = {}
    failures: dict[str, str] = {}
    for number in range(rounds):
        for line in chosen:
            if line.name in failures:
                continue
            try:
                took = timing(line, variables)
            except (OSError, RunFailed) as error:
                failures[line.name] = str(error)
                timings.pop(line.name, None)
                continue
            timings.setdefault(line.name, []).append(took)
            if line.group == "files":
                told = f"round {number + 1}: {line.name} {took.seconds:.2f} s"
                print(told, file=sys.stderr, flush=True)
    return timings, failures


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; every column but the first is right-aligned."""
    rule = ["---", *["---:" for _ in header[1:]]]
    cells = [header, rule, *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


def files_table(titles: Mapping[str, str], timings: Mapping[str, Sequence[Timing]]) -> str:
    """The table of the lines that work on the files, with ratios to both audits.

    A ratio is that of the medians; a line that did not run has none.
    """
    middle = {name: median(one.seconds for one in took) for name, took in timings.items()}
    rows = []
    for name, title in titles.items():
        if name not in middle:
            continue
        took = timings[name]
        spread = f"{min(t.seconds for t in took):.2f}-{max(t.seconds for t in took):.2f}"
        ratios = [
            f"{middle[name] / middle[own]:.1f} x" if own in middle and own != name else ""
            for own in ("audit", "rules")
        ]
        cpu = median(one.cpu_seconds for one in took)
        peak = max(one.peak_bytes for one in took) / 1e6
        rows.append([title, f"{middle[name]:.2f}", spread, f"{cpu:.2f}", f"{peak:.0f}", *ratios])
    header = ["line", "seconds", "from-to", "CPU seconds", "peak MB", "of audit", "of rules"]
    return markdown(header, rows)


def checks_table(timings: Mapping[str, Sequence[Timing]], names: Sequence[str]) -> str:
    """The table of the peers' own seconds by check, and the sum of the checks."""
    shown = [name for name in names if any(one.checks for one in timings.get(name, ()))]
    medians = {
        name: {
            check: median(one.checks[check] for one in timings[name])
            for check in timings[name][0].checks
        }
        for name in shown
    }
    checks = dict.fromkeys(check for name in shown for check in medians[name])
    rows = [
        [
            check,
            *(f"{medians[name][check]:.3f}" if check in medians[name] else "" for name in shown),
        ]
        for check in checks
    ]
    apart = ("import", "read the files")
    sums = [sum(took for c, took in medians[name].items() if c not in apart) for name in shown]
    rows.append(["sum without import and reading", *(f"{one:.3f}" for one in sums)])
    return markdown(["check", *shown], rows)


def start_table(titles: Mapping[str, str], timings: Mapping[str, Sequence[Timing]]) -> str:
    """The table of the lines that start a process, in milliseconds beyond a bare interpreter."""
    middle = {name: 1000 * median(one.seconds for one in took) for name, took in timings.items()}
    rows = [
        [title, f"{middle[name]:.0f}", f"{middle[name] - middle['bare']:.0f}"]
        for name, title in titles.items()
        if name in middle
    ]
    return markdown(["start", "ms", "ms beyond bare"], rows)


def machine(python: str, variables: Mapping[str, str]) -> str:
    """What the figures depend on, in lines of text."""
    told = [f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}."]
    pythons = {"mldebug": python}
    for path in sorted((HERE / "peers").glob(".venv-*/bin/python")):
        pythons[path.parents[1].name.removeprefix(".venv-")] = str(path)
    for name, one in pythons.items():
        probe = [one, "-c", CPU_PROBE]
        asked = subprocess.run(probe, capture_output=True, text=True, check=False, env=variables)
        if asked.returncode == 0:
            version, found = json.loads(asked.stdout)
            told.append(f"{name}: NumPy {version}, CPU features {' '.join(found)}.")
    disabled = variables.get("NPY_DISABLE_CPU_FEATURES")
    told.append(f"NPY_DISABLE_CPU_FEATURES is {disabled!r}; unset: {', '.join(UNSET)}.")
    return "\n".join(told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", metavar="LINE", help="repeat for several lines")
    parser.add_argument("--suites", action="store_true", help="also the slow lines of the peers")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--rows", type=int, default=200_000, help="of train; eval has a quarter")
    parser.add_argument("--python", default=sys.executable, help="that mldebug runs on")
    parser.add_argument("--mldebug", help="the command to time instead of PYTHON -m mldebug")
    return parser.parse_args()


def main() -> None:
    """Time the lines and print the tables; what was measured also goes to results/speed.json."""
    given = _arguments()
    folder = RESULTS / f"speed-{given.rows}"
    out = RESULTS / "speed"
    out.mkdir(parents=True, exist_ok=True)
    if not (folder / "case.json").exists():
        make = [given.python, str(HERE / "speed_files.py"), str(folder), "--rows", str(given.rows)]
        subprocess.run(make, check=True)
    command = shlex.split(given.mldebug) if given.mldebug else [given.python, "-m", "mldebug"]
    every = lines(folder, out, command, given.python)
    names = [line.name for line in every]
    for name in given.only or ():
        if name not in names:
            raise SystemExit(f"no line is called {name!r}: choose from {', '.join(names)}")
    chosen = [
        one
        for one in every
        if (one.name in given.only if given.only else given.suites or not one.slow)
    ]
    variables = environment()
    titles = {line.name: line.title for line in chosen}
    work = [line for line in chosen if line.group == "files"]
    start = [line for line in every if line.group == "start"]
    if not any(line in chosen for line in start):
        start = []
    print(machine(given.python, variables), end="\n\n")
    timings, failures = around(work, given.repeat, variables)
    if timings:
        print(f"Median of {given.repeat}, {given.rows} + {given.rows // 4} rows x 30.\n")
        print(files_table(titles, timings), end="\n\n")
        print(checks_table(timings, list(titles)), end="\n\n")
    starts, more = around(start, START_ROUNDS, variables)
    if starts:
        print(start_table({line.name: line.title for line in start}, starts), end="\n\n")
    for name, why in (failures | more).items():
        print(f"Not timed: {name}: {why}")
    told = {name: [asdict(one) for one in took] for name, took in (timings | starts).items()}
    (RESULTS / "speed.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
