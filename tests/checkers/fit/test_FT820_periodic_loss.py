"""FT820 periodic-loss: found where batches come in a fixed order, silent where they are shuffled."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.runs import course, logged
from tests.tables import Case

CODE = "FT820"
SIZES = (100, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give the batches of each epoch, in a fixed order, this share of the loss's variance."""
    epochs = int(rng.integers(9, max(min(60, n // 5), 10)))
    length = n // epochs
    noise = float(10 ** rng.uniform(-2, -0.9))
    drawn = course(rng, n, train_noise=noise * (1 - dose) ** 0.5, wander=0.0)
    stride = int(drawn.steps[1] - drawn.steps[0])
    order = rng.normal(0, 1, length)
    order = (order - order.mean()) / order.std()
    pattern = noise * dose**0.5 * np.resize(order, n)
    drawn = drawn.with_(per_epoch=float(length * stride), train=drawn.train * np.exp(pattern))
    return Case("periodic-loss", None, options={"run": logged(rng, drawn)}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """The same with batches in a new order each epoch."""
    return plant(rng, n, 0.0)


def in_order(share: float = 0.8, epochs: int = 20, length: int = 30) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    n = epochs * length
    pattern = np.tile(rng.normal(0, share**0.5, length), epochs)
    noise = rng.normal(0, (1 - share) ** 0.5, n)
    loss = 2 + 3 * np.exp(-np.arange(n) / 100) + 0.1 * (pattern + noise)
    return {"step": np.arange(n), "epoch": np.arange(n) / length, "train/loss": loss}


def test_the_correlation_is_the_share_of_what_repeats():
    found = only(audited(CODE, run=in_order()))
    told = found.measurement
    assert told.value == pytest.approx(0.8, abs=0.06)
    assert told.interval[0] < told.value < told.interval[1]
    assert told.details["epochs"] == 18
    assert [len(one["x"]) for one in told.figure["lines"]] == [30, 30]


def test_whole_numbers_of_epochs_tell_their_length_too():
    run = in_order()
    fractions = measured(audited(CODE, run=run), run="run").value
    whole = measured(audited(CODE, run={**run, "epoch": np.floor(run["epoch"])}), run="run").value
    assert whole == pytest.approx(fractions)


def test_a_fall_that_is_steep_within_the_first_epochs_repeats_nothing():
    n = 400
    loss = 5 / (1 + np.arange(n)) + np.random.default_rng(0).normal(0, 0.01, n)
    run = {"step": np.arange(n), "epoch": np.arange(n) / 40, "train/loss": loss}
    assert measured(audited(CODE, run=run), run="run").interval[1] < 0.3


def test_a_cyclic_learning_rate_explains_a_periodic_loss():
    run = in_order()
    rate = 1e-3 * (1 + np.cos(2 * np.pi * run["epoch"]))
    diagnosis = audited(CODE, run={**run, "learning_rate": rate})
    assert state(diagnosis) == "inconclusive"
    assert diagnosis.outcomes[CODE].reason == (
        "the learning rate rises and falls as well, and so may the loss"
    )


def test_without_epochs_or_with_one_point_an_epoch_it_is_not_checked():
    run = in_order()
    bare = {"step": run["step"], "train/loss": run["train/loss"]}
    told = "no run logged its training loss 4 times an epoch for 8 epochs, and how long an epoch is"
    assert reason(audited(CODE, run=bare), CODE) == told
    once = {"epoch": np.arange(600), "train/loss": run["train/loss"]}
    assert reason(audited(CODE, run=once), CODE) == told
    constant = {**run, "train/loss": np.ones(600)}
    assert measured(audited(CODE, run=constant), run="run").value == 0
