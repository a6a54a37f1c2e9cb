"""Running jobs: one audit each, one JSON line each, and none that is already there again."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from importlib import import_module
from itertools import islice
from types import ModuleType
from typing import TYPE_CHECKING, Any

from proving.cases import Job, case_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mldebug.diagnosis import Diagnosis, Finding

AUDIT = "mldebug:audit"
ORDER = ("error", "warning", "note")
KEPT_ROWS = 1_000
TOLD_EVERY = 100

Line = dict[str, Any]


def run(
    jobs: Iterable[Job],
    results: Path | None,
    *,
    workers: int = 2,
    keep: bool = False,
    audit: str = AUDIT,
) -> list[Line]:
    """The lines of all jobs; those that a results folder holds, with the same stamp, are not run.

    Parameters
    ----------
    jobs : iterable of Job
        Their keys are unique.
    results : Path or None
        The folder of the lines; None keeps nothing.
    workers : int
        Processes; with 1 everything runs in this one.
    keep : bool
        Take lines that are there though rules or source have changed since.
    audit : str
        ``module:function``, so that another process can find it.
    """
    wanted = {job.key: job for job in jobs}
    file = None if results is None else results / "proving.jsonl"
    there = {} if file is None else lines_of(file)
    done = {
        key: there[key]
        for key, job in wanted.items()
        if key in there and (keep or there[key]["stamp"] == job.stamp)
    }
    todo = [job for key, job in wanted.items() if key not in done]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    for number, line in enumerate(_observed(todo, workers, audit), 1):
        done[line["key"]] = line
        if file is not None:
            with file.open("a", encoding="utf-8") as opened:
                opened.write(json.dumps(line) + "\n")
        if number % TOLD_EVERY == 0 or number == len(todo):
            print(f"{number:,} of {len(todo):,} audits", file=sys.stderr, flush=True)
    return [done[key] for key in wanted]


def lines_of(file: Path) -> dict[str, Line]:
    """The lines of a results file by their keys, the last of each; a torn last line is left out."""
    if not file.exists():
        return {}
    found = {}
    for text in file.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        found[line["key"]] = line
    return found


def _observed(jobs: Sequence[Job], workers: int, audit: str) -> Iterator[Line]:
    if workers < 2 or len(jobs) < 2:
        for job in jobs:
            yield observed(job, audit)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting = iter(jobs)
        running = {pool.submit(observed, job, audit) for job in islice(waiting, 4 * workers)}
        while running:
            finished = next(as_completed(running))
            running.remove(finished)
            running |= {pool.submit(observed, job, audit) for job in islice(waiting, 1)}
            yield finished.result()


@cache
def _function(name: str) -> Callable[..., Diagnosis]:
    module, function = name.split(":")
    found: Any = getattr(import_module(module), function)
    if isinstance(found, ModuleType):  # the submodule of this name, once it has been imported
        found = getattr(found, function)
    made: Callable[..., Diagnosis] = found
    return made


def observed(job: Job, audit: str = AUDIT) -> Line:
    """What one audit said, as one line; an exception is part of it, never the end of the run."""
    clock = time.perf_counter()
    line: Line = {
        "key": job.key,
        "stamp": job.stamp,
        "kind": job.kind,
        "code": job.code,
        "level": job.level,
        "dose": job.dose,
        "n": job.n,
        "seed": job.seed,
        "select": None if job.select is None else list(job.select),
    }
    try:
        case = case_of(job)
        line["n"] = case.n if job.kind == "clean" else job.n
        options = case.audit_arguments()
        if job.select is not None:
            options["select"] = list(job.select)
        diagnosis = _function(audit)(**options)
        if job.kind == "clean":
            line |= _of_clean(job, case, diagnosis)
        elif job.kind == "joint":
            first = diagnosis.causes[0] if diagnosis.causes else None
            line["first"] = None if first is None else first.code
        else:
            line |= _of_planted(job, case, diagnosis)
    except Exception as error:  # noqa: BLE001  (whatever a plant or an audit raises is its result)
        line["error"] = f"{type(error).__name__}: {error}"
    line["seconds"] = round(time.perf_counter() - clock, 3)
    return line


def _of_planted(job: Job, case: Any, diagnosis: Diagnosis) -> Line:
    assert job.code is not None
    findings = [one for one in diagnosis.findings if one.rule.code == job.code]
    right = [one for one in findings if names(one.subject, case.subject)]
    best = min(right, key=lambda one: ORDER.index(one.severity), default=None)
    outcome = diagnosis.outcomes[job.code]
    return {
        "case": case.name,
        "state": outcome.state,
        "reason": outcome.reason,
        "worst": _worst(findings),
        "right": _worst(right),
        "others": len(findings) - len(right),
        "value": None if best is None else best.measurement.value,
        "rows": _rows_right(case, right) if case.rows is not None else None,
        "measured_n": observations(job, diagnosis, max).get(job.code),
    }


def _of_clean(job: Job, case: Any, diagnosis: Diagnosis) -> Line:
    codes = set(job.quantities)
    return {
        "exempt": sorted(case.exempt),
        "silent": sorted(case.silent),
        "states": {code: one.state for code, one in diagnosis.outcomes.items() if code in codes},
        # A rule is as sure as its least sure column, where columns differ in what rows they have.
        "measured_n": observations(job, diagnosis, min),
        "found": [
            [one.rule.code, one.severity, one.subject.label, one.measurement.value]
            for one in diagnosis.findings
        ],
    }


def observations(
    job: Job, diagnosis: Diagnosis, chosen: Callable[[int, int], int]
) -> dict[str, int]:
    """The number of observations that each rule's measurements rest on, of several the chosen one."""
    found: dict[str, int] = {}
    for one in diagnosis.measurements:
        for code, quantity in job.quantities.items():
            if one.quantity == quantity:
                found[code] = chosen(found.get(code, one.n), one.n)
    return found


def _worst(findings: Iterable[Finding]) -> str | None:
    return min((one.severity for one in findings), key=ORDER.index, default=None)


def names(subject: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a finding's subject has all the wanted keys; of several columns the order is free."""

    def plain(value: Any) -> Any:
        several = isinstance(value, list | tuple | set | frozenset)
        return sorted(map(str, value)) if several else str(value)

    return all(
        key in subject and plain(subject[key]) == plain(told) for key, told in wanted.items()
    )


def _rows_right(case: Any, findings: Sequence[Finding]) -> float:
    """Of the first k rows that are named, the share that was planted; k rows were (R-precision)."""
    named: dict[int, None] = {}
    for finding in findings:
        for item in finding.measurement.rows.items if finding.measurement.rows else ():
            if item.table == case.rows_table:
                named[item.row] = None
    wanted = min(len(case.rows), KEPT_ROWS)
    hits = set(islice(named, wanted)) & set(case.rows)
    return len(hits) / wanted if wanted else 1.0
