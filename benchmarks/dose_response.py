"""Draw how often each rule finds its fault as the fault grows: ``python benchmarks/dose_response.py``.

Each rule's own plant is drawn at doses from nothing to past its gravest rung, with seeds that the
proofs do not use; ``DOSES.svg`` shows the share of seeds in which the rule spoke, one small panel a
rule. A run that was cut goes on where it stopped, as `prove.py` does.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proving import ROOT
from proving.cases import known_rules, planted_jobs, proofs
from proving.run import run
from proving.verdicts import reaches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from proving.cases import Job, Known, Proof
    from proving.run import Line

FIRST_SEED, SEEDS = 5_000, 10
ROWS = 2_000
STEPS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
"""Doses as multiples of half of D1, which is the lowest rung where that is not 0."""
BELOW_D1 = (0.1, 0.25, 0.5)
"""Further doses, as multiples of D1, where the rung is 0 and the dose is a share."""
TOWARDS_ZERO = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Doses as multiples of D0, where D1 is 0."""
ACROSS = 8
PANEL = (1.55, 1.25)
BLUE, GREY = "#0072b2", "#888888"


def dosed(known: Known, proof: Proof) -> Iterator[tuple[float, list[Job]]]:
    """The doses of one rule, each with its jobs; the twin stands for nothing planted."""
    enough = [n for n in proof.sizes if n >= 2 * known.rule.min_n and n >= ROWS]
    size = min(enough, default=max(proof.sizes))
    seeds = range(FIRST_SEED, FIRST_SEED + SEEDS)
    jobs = list(planted_jobs(ROOT, proof, known, [size], seeds, any_size=True))
    if all(rung.side != "below" for rung in known.rule.ladder.rungs):
        yield 0.0, [job for job in jobs if job.level == "twin"]
    ours = [job for job in jobs if job.level == "D1"] or [job for job in jobs if job.level == "D2"]
    for dose, named in _doses(known, proof):
        there = [job for job in jobs if job.level == named]
        made = [
            replace(job, key=f"{proof.code}:{named}:{size}:{job.seed}", dose=dose) for job in ours
        ]
        yield dose, there or made


def _doses(known: Known, proof: Proof) -> Iterator[tuple[float, str]]:
    """The doses and what their cases are called: of a level, as the proofs call them."""
    told = proof.doses.values
    given = told.get("D1", told.get("D2", 1.0))
    if "D0" not in told:
        yield from ((dose, level) for level, dose in told.items())
        if 0 < given < 1:
            yield from ((given * part, f"y{part:g}") for part in BELOW_D1)
        return
    if given == 0:
        yield from ((told["D0"] * part, f"z{part:g}") for part in TOWARDS_ZERO)
        return
    low, high = known.quantity.bounds
    origin = 0.5 if "AUC" in known.quantity.unit else 0.0
    for step in STEPS:
        dose = origin + (given - origin) / 2 * step
        if (high is None or dose <= high) and (low is None or dose >= low):
            yield dose, f"x{step:g}"


def shares(lines: Sequence[Line], proof: Proof) -> list[tuple[float, float]]:
    """By dose, the share of seeds in which the rule spoke."""
    spoke: dict[float, list[bool]] = {}
    for line in lines:
        if line["code"] == proof.code:
            dose = 0.0 if line["kind"] == "twin" else line["dose"]
            heard = reaches(line.get("worst"), proof.doses.severity)
            spoke.setdefault(dose, []).append(heard)
    return sorted((dose, sum(told) / len(told)) for dose, told in spoke.items())


def drawn(panels: Sequence[tuple[Known, list[tuple[float, float]]]]) -> Any:
    """The figure: one panel a rule, the rungs as thin lines."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    down = -(-len(panels) // ACROSS)
    figure = Figure(figsize=(ACROSS * PANEL[0], down * PANEL[1]))
    axes = figure.subplots(down, ACROSS, squeeze=False).ravel()
    for axis in axes[len(panels) :]:
        axis.set_visible(False)
    for axis, (known, points) in zip(axes, panels, strict=False):
        across = [dose for dose, _ in points]
        for rung in known.rule.ladder.rungs:
            if min(across) <= rung.bound <= max(across):
                axis.axvline(rung.bound, color=GREY, linewidth=0.6)
        axis.plot(across, [share for _, share in points], "o-", color=BLUE, markersize=2.5, lw=1)
        axis.set_title(f"{known.rule.code} {known.rule.name}"[:28], fontsize=5.5, pad=2)
        axis.set_ylim(-0.05, 1.05)
        axis.set_yticks([0, 1], ["0", "all"], fontsize=5)
        axis.xaxis.set_major_locator(MaxNLocator(3))
        axis.xaxis.get_offset_text().set_fontsize(5)
        axis.tick_params(labelsize=5, pad=1, length=2)
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    figure.subplots_adjust(0.03, 0.02, 0.995, 0.985, wspace=0.22, hspace=0.6)
    return figure


def main() -> int:
    """Run what is missing and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codes", help="rules to draw, comma-separated; all without it")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="take results older than the source")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results" / "doses")
    parser.add_argument("--figure", type=Path, default=ROOT / "benchmarks" / "DOSES.svg")
    given = parser.parse_args()
    known = known_rules(ROOT)
    chosen = given.codes.split(",") if given.codes else sorted(known)
    there = [one for one in proofs(ROOT, known) if one.code in chosen]
    jobs = [job for one in there for _, made in dosed(known[one.code], one) for job in made]
    lines = run(jobs, given.results, workers=given.workers, keep=given.keep)
    panels = [(known[one.code], shares(lines, one)) for one in there]
    import matplotlib as mpl

    with mpl.rc_context({"svg.hashsalt": "mldebug", "svg.fonttype": "none"}):
        drawn(panels).savefig(given.figure, format="svg", metadata={"Date": None})
    print(f"{len(panels)} rules in {given.figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
