"""Runs of one seed and one configuration that end differently."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from mldebug.artefacts import Run
from mldebug.checker import Unavailable, checker
from mldebug.derive.learning_curves import Curve, LearningCurves
from mldebug.measurement import Measurement, Quantity, Subject

SEEDS = ("seed", "random_state", "random_seed", "seed_everything", "rng_seed")
GPU_WORDS = ("cuda", "gpu", "mps", "rocm")
RERUN_DIFFERENCE = Quantity(
    name="tracking.rerun_difference",
    unit="relative difference",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The largest relative difference between the last logged losses (of evaluation, else of "
        "training) of two runs that have the same seed, the same configuration and as many steps."
    ),
    source="Pham et al. 2020, Problems and opportunities in training deep learning software systems",
    details={
        "one": "the run that ended lowest",
        "other": "the run of the same configuration that ended highest",
        "device": "'gpu' where the configuration or the log names one, else 'cpu'",
        "seed": "the seed of both",
    },
)


@checker(RERUN_DIFFERENCE)
def irreproducible(
    runs: tuple[Run, ...], learning_curves: tuple[LearningCurves, ...]
) -> Iterator[Measurement]:
    """How far apart runs of one seed and configuration ended."""
    curves = {one.run: one.eval or one.train for one in learning_curves}
    groups: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if _seed(run) is not None and curves.get(run.name) is not None:
            steps = _steps(curves[run.name])
            groups[json.dumps([run.config, steps], sort_keys=True, default=str)].append(run)
    again = [group for group in groups.values() if len(group) > 1]
    if not again:
        raise Unavailable("no two of the runs have the same seed, configuration and steps")
    for group in again:
        ends = sorted((_end(curves[run.name]), run.name) for run in group)
        (low, one), (high, other) = ends[0], ends[-1]
        size = max(abs(low), abs(high))
        yield Measurement(
            quantity=RERUN_DIFFERENCE.name,
            subject=Subject(group=one),
            value=(high - low) / size if size else 0.0,
            n=len(group),
            details={
                "one": one,
                "other": other,
                "device": "gpu" if any(_on_gpu(run) for run in group) else "cpu",
                "seed": _seed(group[0]),
            },
        )


def _seed(run: Run) -> object:
    named = (
        value
        for name, value in sorted(run.config.items())
        if name.lower().rsplit(".", 1)[-1].strip("-_") in SEEDS
    )
    return next((value for value in named if value is not None), None)


def _steps(curve: Curve | None) -> list[float]:
    assert curve is not None
    return [float(curve.steps[0]), float(curve.steps[-1]), float(len(curve.series.values))]


def _end(curve: Curve | None) -> float:
    assert curve is not None
    return float(curve.series.values[-1]) if len(curve) else 0.0


def _on_gpu(run: Run) -> bool:
    settings = (f"{name} {value}".lower() for name, value in run.config.items())
    names = (one.name.lower() for one in run.series)
    return any(word in text for text in (*settings, *names) for word in GPU_WORDS)
