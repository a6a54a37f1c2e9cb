"""``mldebug demo``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mldebug.cli.demo_data import Planted, Split
    from mldebug.diagnosis import Diagnosis

COMMAND = "mldebug demo"
REPORT = Path("mldebug-demo.html")
OWN = f"<code>{COMMAND}</code>"
"""What a report of this command says of itself, and no other file does."""


def demo() -> int:
    """Plant faults in a real data set and find them.

    The data are scikit-learn's: nothing is downloaded. The exit status is 0 if every fault is
    found. The report is written to mldebug-demo.html, and never over a file that is not a demo's.
    """
    import numpy as np

    from mldebug.cli.console import tell
    from mldebug.cli.demo_data import TARGET, patients, planted
    from mldebug.cli.outputs import Output, require_writable, write_all

    output = Output("--report", _free_name())
    require_writable([output], [])
    clean = patients(np.random.default_rng(0))
    rows = f"{len(clean.train)} to train on, {len(clean.eval)} to evaluate on"
    tell(
        f"442 patients with diabetes, {rows}; in which half did the disease progress more "
        f"(column {TARGET})?\n\nAs they are:"
    )
    tell("\n".join(_findings(_audited(clean))))
    faulty = planted(clean, np.random.default_rng(1))
    diagnosis = _audited(faulty.split, time="examined")
    lines, missed = _compared(faulty, diagnosis)
    tell("\n".join(["", "With faults planted:", *lines]))
    write_all([(diagnosis.to_dict(), [output])])
    tell(f"\nreport: {output.path}\nmore:   mldebug explain LK401, mldebug audit --help")
    return 1 if missed else 0


def _audited(split: Split, time: str | None = None) -> Diagnosis:
    from mldebug.audit import audit
    from mldebug.cli.console import Progress
    from mldebug.cli.demo_data import TARGET

    with Progress("measuring") as progress:
        return audit(
            train=split.train,
            eval=split.eval,
            target=TARGET,
            time=time,
            command=COMMAND,
            progress=progress,
        )


def _findings(diagnosis: Diagnosis) -> Iterator[str]:
    """Tell the findings one by one; their number by state if there is none."""
    for one in diagnosis.findings:
        yield f"  {one.severity:<8} {one.rule.code} {one.rule.name}: {one.message}"
    counts = [outcome.state for outcome in diagnosis.outcomes.values()]
    told = [f"{counts.count(state)} {state}" for state in ("passed", "inconclusive")]
    none = "" if diagnosis.findings else "nothing is found; "
    yield f"  {none}{', '.join(told)}"


def _compared(faulty: Planted, diagnosis: Diagnosis) -> tuple[list[str], int]:
    """Tell of each planted fault whether it was found, and what was found beside them."""
    from mldebug.catalogue import rules
    from mldebug.cli.demo_data import FAULTS, is_found

    lines, missed = [], 0
    for fault in sorted(FAULTS, key=lambda one: one.code):
        found = is_found(fault, diagnosis, faulty.rows[fault.code])
        missed += not found
        word = "found" if found else "missed"
        lines.append(f"  {word:<7} {fault.code} {rules()[fault.code].name:<20} {fault.told}")
    lines.append(f"  planted {len(FAULTS)}, found {len(FAULTS) - missed}")
    planted_codes = {fault.code for fault in FAULTS}
    beside = sorted({one.rule.code for one in diagnosis.findings} - planted_codes)
    if beside:
        lines.append(
            f"  beside them: {', '.join(f'{code} {rules()[code].name}' for code in beside)}"
        )
    return lines, missed


def _free_name() -> Path:
    """Choose the name of the report: one that is free, or that an earlier demo's report has."""
    number = 1
    while True:
        path = REPORT if number == 1 else REPORT.with_stem(f"{REPORT.stem}-{number}")
        if not path.exists() and not path.is_symlink():
            return path
        if path.is_file() and not path.is_symlink() and _is_own(path):
            return path
        number += 1


def _is_own(path: Path) -> bool:
    try:
        return OWN in path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
