"""Documents about recorded runs for the tests of the renderers, each valid by the schema."""

from __future__ import annotations

import math
import random

from mldebug.derive.curve_figures import curve_figure, line
from tests.render import sample_parts
from tests.render.sample_parts import cause, document, finding, measurement

ADDED = {
    "FT801": (
        "overfitting",
        "Evaluation gets worse while training goes on",
        "fit",
        "hyperparameters",
        {"above": {"warning": 0.05, "error": 0.25}},
        "fit.overfitting",
        None,
    ),
    "FT815": (
        "loss-spike",
        "The training loss jumps",
        "fit",
        "hyperparameters",
        {"above": {"warning": 0}},
        "fit.loss_spikes",
        None,
    ),
    "TR951": (
        "incomplete-record",
        "The record of a run lacks what it takes to repeat it",
        "tracking",
        "implementation",
        {"above": {"note": 3}},
        "tracking.missing_items",
        None,
    ),
}
UNITS = {
    "fit.overfitting": ("relative rise", "estimate", ""),
    "fit.loss_spikes": ("spikes", "count", ""),
    "tracking.missing_items": ("items", "count", ""),
}
RECORD = (
    ("who and when", "who ran it", "missing"),
    ("who and when", "start", "recorded"),
    ("configuration", "learning rate", "recorded"),
    ("configuration", "learning-rate schedule", "missing"),
    ("data", "training data", "missing"),
    ("results", "loss by step", "recorded"),
)


def checklist(rows=RECORD):
    return {
        "kind": "table",
        "title": "3 of 6 things are on record",
        "description": "What one asks of a run later, and whether its record answers.",
        "header": ["about", "what", "in the record"],
        "rows": [list(row) for row in rows],
    }


def steps(n=400, stride=10):
    return [stride * place for place in range(n)]


def values(seed, n=400, *, floor=0.3, turn=None, noise=0.04, rise=0.4):
    """A loss that falls as a power of the steps, perhaps turns, and is noisy; with its trend."""
    chance = random.Random(seed)
    smooth = [
        floor
        + 2 / (1 + 0.06 * place) ** 0.9
        + (rise * max(0, place / n - turn) if turn is not None else 0)
        for place in range(n)
    ]
    return [one * math.exp(chance.gauss(0, noise)) for one in smooth], smooth


def rates(n=400):
    warm = n // 20
    return [
        3e-4 * min(1, (place + 1) / warm) * (0.5 + 0.5 * math.cos(math.pi * place / n))
        for place in range(n)
    ]


def series(name, metric, role, split, direction, points=400):
    return {
        "name": name,
        "metric": metric,
        "role": role,
        "split": split,
        "direction": direction,
        "points": points,
    }


def run(name="run-7", config=None):
    return {
        "name": name,
        "source": f"experiments/mlruns/0/{name}",
        "tracker": "MLflow",
        "axis": "step",
        "series": [
            series("train/loss", "loss", "loss", "train", "lower"),
            series("val/loss", "loss", "loss", "eval", "lower", 80),
            series("val/accuracy", "accuracy", "score", "eval", "higher", 80),
            series("learning_rate", "learning_rate", "rate", "", ""),
            series("gpu_memory", "gpu_memory", "other", "", ""),
        ],
        "config": {"optimizer": "adamw", "lr": 3e-4, "batch_size": 64, "weight_decay": 0.01}
        if config is None
        else config,
        "remarks": [f"{name}: val/loss is taken to be the loss of evaluation"],
    }


def curves(seed=0, *, turn=0.4, n=400, floor=0.3, names=("train/loss", "val/loss"), rate=True):
    """The figure of a run: training falls on, evaluation turns at a share of the run, if at all."""
    train, train_trend = values(seed, n, floor=floor)
    held, held_trend = values(seed + 1, n, floor=floor * 1.3, turn=turn, noise=0.012)
    along, apart = steps(n), slice(4, None, 5)
    best = min(range(n), key=lambda place: held_trend[place])
    return curve_figure(
        "Evaluation after its best step" if turn else "Training and evaluation level out together",
        "The logged points, pale, and their moving average.",
        "step",
        "loss",
        [
            line(names[0], along, train, "raw"),
            line(f"{names[0]}, trend", along, train_trend, "trend"),
            line(names[1], along[apart], held[apart], "raw"),
            line(f"{names[1]}, trend", along[apart], held_trend[apart], "trend"),
        ],
        [(along[best], "best level of evaluation")] if turn else (),
        {
            "x": along[apart],
            "low": [one * 0.97 for one in held_trend[apart]],
            "high": [one * 1.03 for one in held_trend[apart]],
        },
        {"y": "learning rate", "lines": [line("learning_rate", along, rates(n), "raw")]}
        if rate
        else None,
    )


def overfit(name, value=0.4):
    return finding(
        "FT801",
        {"run": name},
        severity="error" if value > 0.25 else "warning",
        value=value,
        interval=[0.8 * value, 1.2 * value],
        n=80,
        label=f"run {name}",
        message=f"val/loss ends {value:.0%} worse than its best, at step 1,600: from there on "
        f"{name} overfits",
        why="From that step on the model learns what is true of the training data alone.",
        remedy="Keep the model of the best step (stop early, or restore the best weights).",
    )


def incomplete(name, value=5):
    return finding(
        "TR951",
        {"run": name},
        severity="note",
        value=value,
        n=10,
        label=f"run {name}",
        message=f"{value} of 10 items are missing in the record of {name}",
        why="What is not recorded cannot be repeated, nor compared.",
        remedy="Log the items that are named.",
    )


def about(runs, findings, measurements, *, tables=False, outcomes=None):
    """A document about runs, with tables or without."""
    told = document(
        findings,
        {"DA106": "passed"} | (outcomes or {}),
        measurements,
        [cause(one) for one in findings],
    )
    provenance = told["provenance"]
    provenance["runs"] = runs
    provenance["command"] = "mldebug audit --run experiments/mlruns --report report.html"
    provenance["remarks"] = [one for each in runs for one in each["remarks"]]
    if not tables:
        provenance |= {"tables": {}, "task": None, "target": None, "columns_ignored": []}
    return told


def with_rules(make):
    """The rules about runs are known while a document is made, and not in other samples."""

    def made(*given, **named):
        rules, units = sample_parts.RULES, sample_parts.UNITS
        sample_parts.RULES, sample_parts.UNITS = rules | ADDED, units | UNITS
        try:
            return make(*given, **named)
        finally:
            sample_parts.RULES, sample_parts.UNITS = rules, units

    return made


def measured(one, figure=None, details=None):
    return measurement(one, figure, details)


@with_rules
def one_run():
    """A run that overfits, with its record."""
    found, lacks = overfit("run-7"), incomplete("run-7")
    return about(
        [run()],
        [found, lacks],
        [measured(found, curves()), measured(lacks, checklist())],
    )


@with_rules
def clean_run():
    """A run in which nothing was found: its curves are shown all the same."""
    fine = overfit("run-7", 0.01)
    return about(
        [run()], [], [measured(fine, curves(turn=None))], outcomes={"LK401": "not_checked"}
    )


@with_rules
def runs_and_tables():
    """Five runs beside tables: one overfits, and their curves are overlaid."""
    names = [f"lr-{one}" for one in ("1e-2", "3e-3", "1e-3", "3e-4", "1e-4")]
    runs = [run(name, {"lr": float(name[3:]), "seed": 1}) for name in names]
    found = [overfit(names[0], 0.12), incomplete(names[1])]
    every = [overfit(name, 0.0) for name in names[1:]]
    figures = [
        curves(place, turn=None, floor=0.3 + 0.1 * place, n=120) for place in range(1, len(names))
    ]
    measurements = [measured(found[0], curves(0, n=120)), measured(found[1], checklist())]
    measurements += [measured(one, figure) for one, figure in zip(every, figures, strict=True)]
    return about(runs, found, measurements, tables=True)


@with_rules
def many_runs():
    """Two hundred runs, each with curves; some overfit and most lack a record."""
    runs, found, measurements = [], [], []
    chance = random.Random(5)
    for place in range(200):
        name = f"sweep/{place:03d}-{chance.randrange(16**8):08x}"
        config = {f"model.option_{key}": chance.randrange(3) for key in range(30)}
        runs.append(run(name, {"lr": 10 ** chance.uniform(-5, -1), "seed": place} | config))
        one = overfit(name, chance.uniform(0.06, 0.5) if place % 5 == 0 else 0.01)
        if place % 5 == 0:
            found.append(one)
        turn = 0.4 if place % 5 == 0 else None
        figure = curves(place, turn=turn, floor=chance.uniform(0.05, 1), n=200)
        measurements.append(measured(one, figure))
        lacks = incomplete(name)
        measurements.append(measured(lacks, checklist()))
        if place % 2 == 0:
            found.append(lacks)
    return about(runs, found, measurements)


@with_rules
def hostile_runs():
    """Names of runs, of series and of settings that would deceive, break the page or fill it."""
    from tests.render.sample import HOSTILE

    names = [*HOSTILE, "{x.__class__}", "x" * 9_000 + "y"]
    runs, found, measurements = [], [], []
    for place, name in enumerate(names):
        one = run(name, dict.fromkeys(names, name) | {"": None, "n": 1e-7, "flag": True})
        one |= {"source": f"/tmp/{name}", "tracker": name, "remarks": [name]}
        one["series"] = [
            series(name, name, "loss", "train", "lower"),
            series(f"{name} 2", name, "loss", "eval", "lower"),
        ]
        runs.append(one)
        figure = curves(place, n=40, names=(name, f"{name} 2"))
        figure |= {"title": name, "description": name, "x": name, "y": name}
        figure["marks"] = [{"x": 100, "label": name}, {"x": 110, "label": name}]
        figure["below"]["y"] = name
        found.append(
            overfit(name) | {"message": f"{name} overfits", "id": f'FT801:{{"run":"{place}"}}'}
        )
        measurements.append(measured(found[-1], figure))
        rows = [(name, name, "missing"), (name, "a", name), ("a", name, "recorded")]
        measurements.append(measured(incomplete(name), checklist(rows)))
    return about(runs, found, measurements)


RUN_SAMPLES = {
    "one_run": one_run,
    "clean_run": clean_run,
    "runs_and_tables": runs_and_tables,
    "many_runs": many_runs,
    "hostile_runs": hostile_runs,
}
