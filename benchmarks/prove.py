"""Prove the rules: ``python benchmarks/prove.py [--codes A,B] [--quick] [--min-n]``.

Each rule's test file plants its fault at the doses of its ladder, and holds a twin without it; all
rules together are run over the clean cases. Every audit leaves one line in the results folder, so a
run that was cut goes on where it stopped. ``SCOREBOARD.md`` is made of these lines.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from proving import ROOT, ledger
from proving.cases import SEEDS, clean_jobs, joint_jobs, known_rules, planted_jobs, proofs
from proving.peers import peer_lines, peer_tallies
from proving.popular import popular_answers, popular_tallies
from proving.run import AUDIT, run
from proving.scoreboard import scoreboard, sections
from proving.smallest import smallest_n, write_min_n
from proving.verdicts import budget, reaches, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from proving.cases import Job, Known, Proof
    from proving.run import Line

QUICK_SEED = 1


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--codes", help="rules to prove, comma-separated; all without it")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="seeds of each planted case")
    parser.add_argument("--first-seed", type=int, default=0, help="of the planted cases")
    parser.add_argument("--clean-seed", type=int, default=0, help="that clean cases are drawn with")
    parser.add_argument("--sizes", help="rows, comma-separated, in place of each rule's own")
    parser.add_argument("--clean", choices=("odd", "even", "both", "none"), default="odd")
    parser.add_argument("--clean-count", type=int, help="only the first so many clean cases")
    parser.add_argument("--quick", action="store_true", help="one seed at one size; 1 on a miss")
    parser.add_argument("--min-n", action="store_true", help="compute min_n and write it, no more")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--keep", action="store_true", help="take results older than the source")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    parser.add_argument("--scoreboard", type=Path, default=ROOT / "benchmarks" / "SCOREBOARD.md")
    return parser.parse_args(given)


def main(
    given: Sequence[str] | None = None,
    *,
    root: Path = ROOT,
    known: Mapping[str, Known] | None = None,
    audit: str = AUDIT,
) -> int:
    """Run what the command line asks for; the exit status.

    ``root``, ``known`` and ``audit`` stand in for the checkout, its rules and ``mldebug.audit``.
    """
    options = arguments(given)
    every = known_rules(root) if known is None else dict(known)
    codes = options.codes.split(",") if options.codes else sorted(every)
    unknown = [code for code in codes if code not in every]
    if unknown:
        print(f"there is no rule {unknown[0]}; there are {', '.join(every)}", file=sys.stderr)
        return 2
    chosen = {code: every[code] for code in codes}
    there = {proof.code: proof for proof in proofs(root, chosen)}
    if options.quick:
        return _quick(options, root, chosen, there, audit)
    if options.min_n:
        return _min_n(options, root, chosen, there, audit)
    jobs: list[Job] = []
    for code, proof in there.items():
        sizes = [int(n) for n in options.sizes.split(",")] if options.sizes else proof.sizes
        seeds = range(options.first_seed, options.first_seed + options.seeds)
        jobs += planted_jobs(root, proof, chosen[code], sizes, seeds)
    select = codes if options.codes else None
    if options.clean != "none":
        jobs += clean_jobs(
            root, every, options.clean, select, options.clean_count, options.clean_seed
        )
    if select is None:
        jobs += joint_jobs(root, every)
    lines = run(jobs, options.results, workers=options.workers, keep=options.keep, audit=audit)
    answers = popular_answers(options.results)
    made = sections(
        budget(lines),
        lines,
        peer_tallies(peer_lines(options.results)),
        popular_tallies(answers, lines) if answers else None,
    )
    file = options.scoreboard.with_suffix(".json")
    kept = ledger.entries_of(file)
    kept["sections"] |= made
    command = _command(sys.argv[1:] if given is None else given)
    planted = {proof.code: proof for proof in proofs(root, every)}
    for code, one in chosen.items():
        told = verdict(one, there.get(code), lines)
        kept["rules"][code] = ledger.entry(told, command, kept["rules"].get(code))
    kept["rules"] = {code: told for code, told in kept["rules"].items() if code in every}
    judged = [
        ledger.verdict_of(every[code], kept["rules"].get(code, {}), has_plant=code in planted)
        for code in sorted(every)
        if code in kept["rules"] or select is None
    ]
    by = ledger.commands(kept, [one.code for one in judged])
    ledger.write(file, kept)
    options.scoreboard.write_text(scoreboard(by, judged, kept["sections"]), encoding="utf-8")
    for rule in judged:
        if rule.code in chosen:
            print(f"{rule.code} {rule.name}: {'; '.join(rule.problems) or 'proven'}")
    return 0


def _command(given: Sequence[str]) -> str:
    """The command line, without the options that change nothing in the scoreboard."""
    words = iter(given)
    told = ["python", "benchmarks/prove.py"]
    for word in words:
        if word in {"--results", "--scoreboard", "--workers"}:
            next(words, None)
        else:
            told.append(word)
    return " ".join(told)


def _quick(
    options: argparse.Namespace,
    root: Path,
    chosen: Mapping[str, Known],
    there: Mapping[str, Proof],
    audit: str,
) -> int:
    """One seed at one size of each rule: D1 must be found and named, the twin must be silent."""
    jobs: list[Job] = []
    for code, proof in there.items():
        # Twice min_n, as a case's rows are split and not all of them are what is measured.
        enough = [n for n in proof.sizes if n >= 2 * chosen[code].rule.min_n]
        size = min(enough, default=max(proof.sizes))
        made = planted_jobs(root, proof, chosen[code], [size], [QUICK_SEED])
        jobs += [job for job in made if job.level in ("D1", "twin")]
    lines = run(jobs, None, workers=options.workers, audit=audit)
    missed = [told for job, line in zip(jobs, lines, strict=True) if (told := _missed(job, line))]
    missed += [f"{code}: no plant" for code in chosen if code not in there]
    print("\n".join(missed) or f"{len(there)} rules found their fault, and their twins are silent")
    return 1 if missed else 0


def _missed(job: Job, line: Line) -> str:
    """What is wrong with one quick case; empty if nothing is."""
    if "error" in line:
        return f"{line['key']}: {line['error']}"
    if job.level == "twin":
        return f"{line['key']}: {line['worst']}" if reaches(line["worst"], job.severity) else ""
    if not reaches(line["worst"], job.severity):
        return f"{line['key']}: {line['state']}, not {job.severity}. {line['reason']}".rstrip()
    return "" if reaches(line["right"], job.severity) else f"{line['key']}: names something else"


def _min_n(
    options: argparse.Namespace,
    root: Path,
    chosen: Mapping[str, Known],
    there: Mapping[str, Proof],
    audit: str,
) -> int:
    """Compute and write ``min_n``; status 1 where D1 is not found at any size."""
    lost: list[str] = []
    for code, proof in there.items():
        n = smallest_n(
            root,
            proof,
            chosen[code],
            range(options.seeds),
            options.results,
            workers=options.workers,
            keep=options.keep,
            audit=audit,
        )
        file = chosen[code].file
        if n is None or file is None:
            lost.append(code)
        elif write_min_n(file, n):
            print(f"{code}: min_n {chosen[code].rule.min_n} -> {n}")
        else:
            print(f"{code}: min_n stays {n}")
    print(*_told(lost), sep="\n", end="")
    return 1 if lost else 0


def _told(lost: Iterable[str]) -> list[str]:
    return [f"{code}: D1 is not found at any size\n" for code in lost]


if __name__ == "__main__":
    sys.exit(main())
