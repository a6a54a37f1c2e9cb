"""A run whose record lacks nothing, and the entries of it by the name that a rule gives them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.runs import course, logged

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Run

RECORD: dict[str, Any] = {
    "user": "ada",
    "started": "2026-01-02T03:04:05+00:00",
    "ended": "2026-01-02T04:04:05+00:00",
    "status": "finished",
    "code_version": "0123abc",
    "code_dirty": False,
    "data": {"train.parquet": "sha256:1", "valid.parquet": "sha256:2", "test.parquet": "sha256:3"},
    "environment": ("requirements.txt",),
    "artifacts": (
        "roc.png",
        "pr_curve.png",
        "confusion_matrix.png",
        "model.safetensors",
        "model_summary.txt",
        "feature_names.json",
        "distributions.html",
    ),
}
CONFIG: dict[str, Any] = {"lr": 0.01, "scheduler": "cosine", "weight_decay": 0.01, "momentum": 0.9}
SERIES = ("grad_norm", "samples_per_second", "system/gpu.0.memory")


def whole(rng: np.random.Generator, n: int, **changed: Any) -> Run:
    """A healthy run with everything on record; ``changed`` replaces entries of the record."""
    run = logged(rng, course(rng, n))
    first = run.series[0]
    more = tuple(
        replace(first, name=name, metric=name, role="gradient" if "grad" in name else "other")
        for name in SERIES
    )
    return replace(
        run, series=(*run.series, *more), config=dict(CONFIG), record={**RECORD, **changed}
    )


def without_entry(run: Run, item: str) -> Run:
    """The run with one thing less on record, by the name that TR951 gives it."""
    keys = {"who ran it": "user", "start": "started", "end": "ended"}
    if item in keys:
        return replace(run, record={**run.record, keys[item]: None})
    settings = {"weight decay": "weight_decay", "momentum": "momentum"}
    if item in settings:
        kept = {name: value for name, value in run.config.items() if name != settings[item]}
        return replace(run, config=kept)
    data = {"training data": "train.parquet", "test data": "test.parquet"}
    if item in data:
        kept = {name: held for name, held in run.record["data"].items() if name != data[item]}
        return replace(run, record={**run.record, "data": kept})
    files = {
        "ROC curve": "roc.png",
        "precision-recall curve": "pr_curve.png",
        "confusion matrix": "confusion_matrix.png",
        "weights": "model.safetensors",
        "summary of the model": "model_summary.txt",
        "feature names": "feature_names.json",
        "distributions of the data": "distributions.html",
    }
    if item in files:
        stored = tuple(name for name in run.record["artifacts"] if name != files[item])
        return replace(run, record={**run.record, "artifacts": stored})
    series = {"gradient norms": "grad_norm", "memory, CPU and GPU": "system/gpu.0.memory"}
    gone = series.get(item, "samples_per_second")
    return replace(run, series=tuple(one for one in run.series if one.name != gone))


REMOVABLE = (
    *("who ran it", "start", "end", "weight decay", "momentum", "training data", "test data"),
    *("ROC curve", "precision-recall curve", "confusion matrix", "weights"),
    *("summary of the model", "feature names", "distributions of the data", "gradient norms"),
    *("memory, CPU and GPU", "steps, rows or tokens per second"),
)
