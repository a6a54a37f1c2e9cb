"""What the record of a run lacks of what one asks of it later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mldebug.artefacts import Run
from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Subject

WEIGHTS = (
    r"\.(pt|pth|ckpt|safetensors|h5|keras|onnx|pkl|joblib|bin|ubj|skops|npz)$|MLmodel$|weights"
)
WANTED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "who and when": {
        "who ran it": ("record", "^user$"),
        "start": ("record", "^started$"),
        "end": ("record", "^ended$"),
    },
    "configuration": {
        "feature names": ("config files", "feature|columns"),
        "learning rate": ("config series", r"(^|\W|_)(lr|eta|learning_?rate)"),
        "learning-rate schedule": ("config series", r"sched|lr_?(policy|decay)|learning_?rate|^lr"),
        "gradient norms": ("series", "grad.*norm|gnorm"),
        "weight decay": ("config", r"weight_?decay|l2|alpha|reg_?lambda"),
        "momentum": ("config", r"momentum|betas?\b|beta_?1"),
    },
    "data": {
        "training data": ("data config", "train"),
        "validation data": ("data config", "val|dev|eval"),
        "test data": ("data config", "test"),
        "distributions of the data": ("files", "distribution|profile|histogram|schema"),
    },
    "speed": {"steps, rows or tokens per second": ("series", r"per_?sec|throughput|speed|runtime")},
    "results": {
        "loss by step": ("series", "loss|entropy|deviance|nll"),
        "ROC curve": ("series files", r"(^|\W|_)roc(\W|_|$)"),
        "precision-recall curve": ("series files", r"pr_curve|precision.?recall"),
        "confusion matrix": ("files", "confusion"),
    },
    "system": {"memory, CPU and GPU": ("series", r"gpu|cpu|memory|^system")},
    "model": {
        "weights": ("files", WEIGHTS),
        "summary of the model": ("files config", "summary|architecture|n_?param|num_?param"),
    },
}
"""What a record should hold, by group: where it is looked for, and how it is called there."""
ITEMS = sum(len(group) for group in WANTED.values())
LACKING_ITEMS = Quantity(
    name="tracking.lacking_items",
    unit="items",
    bounds=(0.0, float(ITEMS)),
    kind="count",
    meaning=(
        f"How many of {ITEMS} things the record of a run lacks, of several runs those that any of "
        "them lacks: they are looked for by the usual names in the configuration, the series, the "
        "names of stored files and the record itself."
    ),
    source="Gundersen & Kjensmo 2018, State of the art: reproducibility in artificial intelligence",
    details={
        "where": "the run, or how many runs lack something",
        "absent": "what is lacking, by name",
        "foremost": "the first three of these, and how many more",
        "present": "what is there, by name",
        "items": "how many things were looked for",
    },
)


@checker(LACKING_ITEMS)
def incomplete_record(runs: tuple[Run, ...]) -> Iterator[Measurement]:
    """The number of things that the records of the runs lack."""
    lacking = [_lacking(run) for run in runs]
    absent = [name for name in _names() if any(name in one for one in lacking)]
    poor = sum(map(bool, lacking))
    alone = len(runs) == 1
    yield Measurement(
        quantity=LACKING_ITEMS.name,
        subject=Subject(run=runs[0].name) if alone else Subject(),
        value=float(len(absent)),
        n=len(runs),
        details={
            "where": runs[0].name if alone else f"{poor} of {len(runs)} runs",
            "absent": ", ".join(absent) or "nothing",
            "foremost": _shortened(absent),
            "present": ", ".join(name for name in _names() if name not in absent) or "nothing",
            "items": ITEMS,
        },
        figure=_checklist(absent),
    )


def _shortened(absent: list[str]) -> str:
    more = f" and {len(absent) - 3} more" if len(absent) > 3 else ""
    return (", ".join(absent[:3]) or "nothing") + more


def _names() -> Iterator[str]:
    for group in WANTED.values():
        yield from group


def _lacking(run: Run) -> set[str]:
    held: dict[str, Iterable[str]] = {
        "record": [name for name, value in run.record.items() if value not in (None, "", (), {})],
        "config": [name for name, value in run.config.items() if value is not None],
        "series": [one.name for one in run.series],
        "files": [str(name) for name in run.record.get("artifacts") or ()],
        "data": [str(name) for name in run.record.get("data") or ()],
    }
    return {
        name
        for group in WANTED.values()
        for name, (places, pattern) in group.items()
        if not any(
            re.search(pattern, one, re.IGNORECASE)
            for place in places.split()
            for one in held[place]
        )
    }


def _checklist(absent: list[str]) -> dict[str, Any]:
    rows = [
        [group, name, "missing" if name in absent else "recorded"]
        for group, names in WANTED.items()
        for name in names
    ]
    return {
        "kind": "table",
        "title": f"{ITEMS - len(absent)} of {ITEMS} things are on record",
        "description": "What one asks of a run later, and whether its record answers.",
        "header": ["about", "what", "in the record"],
        "rows": rows,
    }
