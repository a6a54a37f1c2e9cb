"""The overfitting rules in use today, on the curves of the proving ground.

``python benchmarks/popular_rules.py`` asks them about the odd clean cases and about the faults that
FT801 is proven with, and leaves one JSON line for each answer in ``results/popular.jsonl``, from
which `prove.py` makes a section of the scoreboard. That takes a minute or two.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from proving import ROOT
from proving.cases import SEEDS, case_of, clean_jobs, known_rules, planted_jobs, proofs
from proving.popular import ASKED, FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from proving.cases import Job, Known

    from mldebug.artefacts import Run, Series

Array = np.ndarray[Any, np.dtype[Any]]
GAP = 0.1
"""The share of the training loss by which evaluation may lie above it."""


def curves(run: Run) -> tuple[Array, Array] | None:
    """The losses of training and evaluation at each evaluation; None if either was not logged.

    Training's is the mean of its points since the evaluation before, as an epoch's log has it.
    """
    train, held = (_first(run, split) for split in ("train", "eval"))
    if train is None or held is None:
        return None
    ends = np.searchsorted(train.steps, held.steps, side="right")
    sums = np.append(0.0, np.cumsum(train.values))
    since = np.append(0, ends[:-1])
    seen = ends > since
    means = (sums[ends] - sums[since])[seen] / (ends - since)[seen]
    return (means, held.values[seen]) if seen.sum() > 1 else None


def _first(run: Run, split: str) -> Series | None:
    return next(iter(run.of_role("loss", split)), None)


def gap(train: Array, held: Array) -> bool:
    """Whether evaluation ends more than a tenth of the training loss above it."""
    return bool(held[-1] - train[-1] > GAP * abs(train[-1]))


def umlaut(train: Array, held: Array) -> bool:
    """Whether at any evaluation its loss rose from the one before while training's did not.

    References
    ----------
    Schoop, Huang & Hartmann 2021, UMLAUT: Debugging deep learning programs using program structure
    and model behavior, CHI, doi:10.1145/3411764.3445538.
    """
    return bool(np.any((np.diff(held) > 0) & (np.diff(train) <= 0)))


def patience(held: Array, evaluations: int) -> bool:
    """Whether so many evaluations in a row were no better than the best before them."""
    best = np.minimum.accumulate(held)
    better = np.flatnonzero(np.append(True, best[1:] < best[:-1]))
    waited = np.diff(np.append(better, len(held))) - 1
    return bool(waited.max() >= evaluations)


RULES: Mapping[str, Callable[[Array, Array], bool]] = {
    "gap above .1 of training": gap,
    "UMLAUT": umlaut,
    "patience 10": lambda _, held: patience(held, 10),
    "patience 20": lambda _, held: patience(held, 20),
}


def answers(job: Job) -> Iterator[dict[str, Any]]:
    """What each rule says of a case; nothing of a set of runs, or where a loss was not logged."""
    case = case_of(job)
    run = case.options.get("run")
    if run is None or isinstance(run, list | tuple) or run.axis != "step":
        return
    found = curves(run)
    if found is None:
        return
    for name, asked in RULES.items():
        yield {"rule": name, "case": job.key.split("|")[0], "found": asked(*found)}


def jobs(
    known: Mapping[str, Known], root: Path, seeds: Sequence[int], drawn: int = 0
) -> Iterator[Job]:
    """The plants of the rule at D1 and D2, and the odd clean cases drawn with a seed."""
    for proof in proofs(root, known):
        made = planted_jobs(root, proof, known[proof.code], proof.sizes, seeds)
        yield from (job for job in made if job.level in ("D1", "D2"))
    yield from clean_jobs(root, known, "odd", list(known), drawn=drawn)


def main(
    given: Sequence[str] | None = None,
    *,
    root: Path = ROOT,
    known: Mapping[str, Known] | None = None,
) -> int:
    """Ask the rules and write their answers; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="seeds of each planted case")
    parser.add_argument("--first-seed", type=int, default=0, help="of the planted cases")
    parser.add_argument("--clean-seed", type=int, default=0, help="that clean cases are drawn with")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args(given)
    every = known_rules(root) if known is None else known
    if ASKED not in every:
        print(f"there is no rule {ASKED}", file=sys.stderr)
        return 2
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    asked = jobs({ASKED: every[ASKED]}, root, seeds, options.clean_seed)
    lines = [line for job in asked for line in answers(job)]
    options.results.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (options.results / FILE).write_text(text, encoding="utf-8")
    print(f"{len(lines):,} answers on {len({line['case'] for line in lines}):,} curves")
    return 0


if __name__ == "__main__":
    sys.exit(main())
