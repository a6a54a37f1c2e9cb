"""The smallest table in which a rule finds its dose D1: what stands as ``min_n`` in its file."""

from __future__ import annotations

import re
from statistics import median
from typing import TYPE_CHECKING

from proving.cases import planted_jobs
from proving.run import AUDIT, run
from proving.verdicts import RECALL, reaches, tally

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from proving.cases import Known, Proof
    from proving.run import Line

GRID = (20, 30, 50, 80, 100, 150, 200, 300, 500, 800, 1_000, 2_000, 5_000, 10_000, 20_000)
"""Rows in all tables of a case."""

MIN_N = re.compile(r"^min_n:.*$", re.MULTILINE)


def smallest_n(
    root: Path,
    proof: Proof,
    known: Known,
    seeds: Iterable[int],
    results: Path | None,
    *,
    workers: int = 2,
    keep: bool = False,
    audit: str = AUDIT,
) -> int | None:
    """The smallest n of the grid at which D1 is found in 95 % of the simulations; None if at none.

    What is returned counts as the rule's measurements do, since that is what ``min_n`` is held
    against: where the grid's n rows are split, the rows that the quantity speaks about (the median
    over the simulations).

    Notes
    -----
    Bisection, as finding gets no harder with more rows: about log2(15) sizes are simulated.
    """
    seeds = list(seeds)
    low, high, found = 0, len(GRID), None
    while low < high:
        middle = (low + high) // 2
        jobs = [
            job
            for job in planted_jobs(root, proof, known, [GRID[middle]], seeds, any_size=True)
            if job.level == "D1"
        ]
        lines = run(jobs, results, workers=workers, keep=keep, audit=audit)
        if _is_found(lines, proof.doses.severity):
            found, high = lines, middle
        else:
            low = middle + 1
    if found is None:
        return None
    told = [line["measured_n"] for line in found if line.get("measured_n")]
    return int(median(told)) if told else GRID[low]


def _is_found(lines: Iterable[Line], severity: str) -> bool:
    told = tally(reaches(line.get("worst"), severity) for line in lines)
    return told.of > 0 and told.share >= RECALL


def write_min_n(file: Path, n: int) -> bool:
    """Write ``min_n`` into a rule's file, that line alone; whether it changed.

    A file that has no such line gets one at its end.
    """
    before = file.read_text(encoding="utf-8")
    line = f"min_n: {n}"
    after, times = MIN_N.subn(line, before, count=1)
    if not times:
        after = before.rstrip("\n") + f"\n{line}\n"
    if after != before:
        file.write_text(after, encoding="utf-8")
    return after != before
