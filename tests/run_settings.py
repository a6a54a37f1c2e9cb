"""What a well-kept run says of itself: settings that fit its course, and a full record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from mldebug.artefacts import Run
    from tests.runs import Course

Rng = np.random.Generator
PATIENCES = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 20_000, 100_000)
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "adamw": {"weight_decay": 0.01, "beta1": 0.9},
    "adam": {"weight_decay": 0.0, "beta1": 0.9},
    "sgd": {"weight_decay": 1e-4, "momentum": 0.9},
}
STARTED = datetime(2025, 3, 1, tzinfo=UTC)


def settings_of(rng: Rng, course: Course, schedule: str) -> dict[str, Any]:
    """The hyperparameters of a course; ``lr`` is the highest rate that suits its optimizer."""
    name = str(rng.choice(list(OPTIMIZERS)))
    exponent = rng.uniform(-2, -0.8) if name == "sgd" else rng.uniform(-4, -2.3)
    told = {
        "lr": float(10**exponent),
        "optimizer": name,
        **OPTIMIZERS[name],
        "lr_scheduler": schedule,
        "batch_size": int(rng.choice([16, 32, 64, 128, 256])),
        "epochs": max(round(float(course.steps[-1]) / course.per_epoch), 1),
        "seed": int(rng.integers(0, 100)),
        "model": str(rng.choice(["resnet18", "mlp", "transformer-small", "unet"])),
        "max_grad_norm": 1.0,
    }
    if course.dropout:
        told["dropout"] = 0.1
    if schedule == "warm-up":
        told["warmup_steps"] = int(course.steps[int(np.argmax(course.rate))])
    return told


def record_of(rng: Rng, course: Course) -> dict[str, Any]:
    """A full record: who, when, which code, which data, which environment, and what was kept."""
    begun = STARTED + timedelta(seconds=int(rng.integers(0, 10**7)))
    ended = begun + timedelta(seconds=60 + len(course.steps) // 10)
    return {
        "user": "kim",
        "started": begun.isoformat(),
        "ended": ended.isoformat(),
        "status": "finished",
        "code_version": rng.bytes(20).hex(),
        "code_dirty": False,
        "data": {name: rng.bytes(16).hex() for name in ("train", "validation", "test")},
        "environment": ["requirements.txt", "uv.lock"],
        "artifacts": ["model.safetensors", "model_summary.txt", "confusion_matrix.png"],
    }


def patience_of(rng: Rng, run: Run) -> dict[str, Any]:
    """Settings of an early stopping that had no cause to stop this run; none without evaluation."""
    loss = next((one for one in run.of_role("loss", "eval")), None)
    if loss is None or len(loss.values) < 10:
        return {}
    best = np.minimum.accumulate(loss.values)
    places = np.flatnonzero(np.diff(best, prepend=np.inf) < 0)
    waited = int(np.diff(np.append(places, len(best))).max())
    patience = next(one for one in PATIENCES if one > waited)
    if rng.random() < 0.5:
        return {
            "early_stopping.patience": patience,
            "early_stopping.monitor": loss.name,
            "early_stopping.restore_best_weights": True,
        }
    return {
        "early_stopping_patience": patience,
        "metric_for_best_model": loss.name,
        "load_best_model_at_end": True,
    }
