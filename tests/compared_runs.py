"""Simulated comparisons: configurations with true scores, tried with some seeds or on some folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mldebug.adapters.runs.logged import Logged, Points
from mldebug.adapters.runs.naming import run_of
from mldebug.artefacts import Run

Array = np.ndarray[Any, np.dtype[Any]]
SETTINGS = ("lr", "depth")


def scored_run(
    name: str,
    score: float,
    config: Mapping[str, Any],
    *,
    n: int = 8,
    metric: str = "val/accuracy",
    test: bool = False,
) -> Run:
    """A run of n points whose score of evaluation ends at ``score``."""
    t = np.linspace(1, 0, max(n, 4))
    points = [
        Points("train/loss", 0.2 + t, np.arange(len(t))),
        Points(metric, score * (1 - 0.3 * t), np.arange(len(t))),
    ]
    if test:
        points.append(Points(metric.replace("val", "test"), np.array([score]), np.array([len(t)])))
    return run_of(Logged(name, "simulated", "simulator", tuple(points), dict(config)))


def trial(name: str, folds: Sequence[float], config: Mapping[str, Any], **record: Any) -> Run:
    """A trial of a search, with its value and the scores of its folds, and no curve."""
    told = {"value": float(np.mean(folds)), "direction": "maximize", "study": "search", **record}
    given = {**told, "folds": tuple(map(float, folds))}
    return run_of(Logged(name, "simulated", "search", (), dict(config), given))


def configs(rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    """Random settings, one for each configuration."""
    return [
        {name: float(10 ** rng.uniform(-4, -1)) for name in SETTINGS} | {"batch_size": 64}
        for _ in range(count)
    ]


def by_seeds(
    rng: np.random.Generator, scores: Array, seeds: int, sd: float, **options: Any
) -> list[Run]:
    """Runs of configurations with these true scores, each with so many seeds."""
    runs = []
    for place, (score, config) in enumerate(zip(scores, configs(rng, len(scores)), strict=True)):
        for seed in range(seeds):
            drawn = float(score + sd * rng.normal())
            runs.append(scored_run(f"{place}-{seed}", drawn, {**config, "seed": seed}, **options))
    return runs


def by_folds(rng: np.random.Generator, scores: Array, folds: int, sd: float) -> list[Run]:
    """Trials of configurations with these true scores, all on the same folds.

    A fold is hard for all; what is left of a score's noise has the standard deviation ``sd``, and
    since folds share training rows it does not average out all the way.
    """
    hard = 0.05 * rng.normal(size=folds)
    shared = (folds - 1) ** -0.5
    return [
        trial(
            str(place),
            score + hard + sd * (rng.normal(size=folds) + shared * rng.normal()),
            config,
        )
        for place, (score, config) in enumerate(zip(scores, configs(rng, len(scores)), strict=True))
    ]
