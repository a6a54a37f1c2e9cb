"""TR956 broken-log: found where steps are missing, repeated or go back; silent on resumed runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mldebug
from tests.audits import only
from tests.runs import course, logged
from tests.tables import Case

CODE = "TR956"
SIZES = (50, 500, 5_000)
DOSES = {"D1": 2.0}
"""A rung of 0 points; one point is the smallest, and two stand for both forms that need two."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let ``dose`` points of the training loss be missing, repeated, or swapped with the next one."""
    run = logged(rng, course(rng, n))
    first, *others = run.series
    count = round(dose)
    form = rng.choice(["missing", "repeated", "swapped"])
    at = 2 + 3 * rng.choice((n - 6) // 3, count, replace=False)
    order = np.arange(n)
    if form == "missing":
        order = np.delete(order, at)
    elif form == "repeated":
        order = np.sort(np.concatenate([order, at]))
    else:
        order[at], order[at + 1] = at + 1, at
    broken = replace(
        first,
        steps=first.steps[order],
        values=first.values[order],
        epochs=None if first.epochs is None else first.epochs[order],
    )
    told = replace(run, series=(broken, *others))
    return Case("broken-log", None, options={"run": told}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """The run as it was logged."""
    return plant(rng, n, 0.0)


def found(**series):
    return mldebug.audit(run=series, select=[CODE])


def steps(*parts):
    return np.concatenate([np.arange(*part) for part in parts])


@pytest.mark.parametrize(
    ("logged_at", "counts"),
    [
        (steps((0, 50), (40, 90)), (1, 10, 0)),
        (steps((0, 500, 10), (600, 900, 10)), (0, 0, 10)),
        (steps((0, 50), (0, 50)), (1, 49, 0)),
        (np.zeros(40), (0, 36, 0)),
        (steps((0, 50), (49, 50), (49, 50)), (0, 0, 0)),
        (steps((0, 500, 10), (517, 518)), (0, 0, 0)),
        (steps((0, 30, 10), (90, 100)), (0, 0, 0)),
    ],
    ids=["overlap", "hole", "two runs", "never numbered", "last again", "odd end", "few points"],
)
def test_what_counts(logged_at, counts):
    values = np.linspace(1, 0.1, len(logged_at))
    diagnosis = found(step=logged_at, loss=values)
    measurement = next(iter(diagnosis.measurements))
    told = measurement.details
    assert (told["backwards"], told["repeated"], told["absent"]) == counts
    assert measurement.value == sum(counts)
    assert bool(diagnosis.findings) == (sum(counts) > 0)


def test_the_message_names_the_worst_series():
    epochs = np.arange(20)
    run = {"epoch": epochs, "loss": 1 / (1 + epochs), "val_loss": 1 / (1 + epochs)}
    assert not found(**run).findings
    text = only(
        mldebug.audit(run={"step": steps((0, 30), (20, 40)), "loss": np.ones(50)}, select=[CODE])
    )
    assert "10 logged more than once" in text.message
    assert "loss" in text.message


def test_sizes_are_no_steps():
    diagnosis = mldebug.audit(
        run=replace(
            logged(np.random.default_rng(0), course(np.random.default_rng(0), 30)), axis="size"
        ),
        select=[CODE],
    )
    assert diagnosis.outcomes[CODE].state == "not_checked"
