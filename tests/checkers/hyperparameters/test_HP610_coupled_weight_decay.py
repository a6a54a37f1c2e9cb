"""HP610 coupled-weight-decay: found where Adam rescales a decay, silent where it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason
from tests.runs import course, logged
from tests.tables import Case

CODE = "HP610"
SIZES = (50, 500)
DOSES = {"D1": 0.01}


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Ask Adam, in one of the ways of asking, for a weight decay of ``dose``."""
    spelled: list[dict[str, Any]] = [
        {"optimizer": "adam", "weight_decay": dose},
        {"optimizer": {"name": "Adam", "lr": 1e-3, "weight_decay": dose}},
        {"optimizer": {"class_path": "torch.optim.NAdam", "init_args": {"weight_decay": dose}}},
        {"opt": "adam", "weight-decay": dose, "sched": "cosine"},
        {"optimizer_name": "Adam", "lr": 1e-3, "weight_decay": str(dose)},
        {"optimizer": f"Adam (\nParameter Group 0\n    lr: 0.001\n    weight_decay: {dose}\n)"},
    ]
    return case(rng, n, spelled[int(rng.integers(len(spelled)))])


def twin(rng: np.random.Generator, n: int) -> Case:
    """A decay that does not go through Adam, or none."""
    decay = float(10 ** rng.uniform(-5, -1))
    healthy: list[dict[str, Any]] = [
        {"optimizer": "adamw", "weight_decay": decay},
        {"optimizer": "torch.optim.SGD", "weight_decay": decay, "momentum": 0.9},
        {"optim": "adamw_torch", "weight_decay": decay, "adam_beta1": 0.9},
        {"optimizer": "Adam", "lr": 1e-3, "weight_decay": 0.0},
        {"opt_name": "Adam", "opt_weight_decay": decay, "opt_jit_compile": False},
        {"lr": 1e-3, "weight_decay": decay},
    ]
    return case(rng, n, healthy[int(rng.integers(len(healthy)))])


def case(rng: np.random.Generator, n: int, config: dict[str, Any]) -> Case:
    run = logged(rng, course(rng, n, config=config))
    return Case("coupled", None, options={"run": run}, subject={"run": "run"})


def told(config: dict[str, Any], tracker: str = "MLflow") -> Any:
    run = case(np.random.default_rng(0), 50, config).options["run"]
    return audited(CODE, run=replace(run, tracker=tracker))


def value(config: dict[str, Any], tracker: str = "MLflow") -> float:
    return measured(told(config, tracker), run="run").value


def test_the_setting_is_named():
    found = only(told({"optimizer": {"_target_": "torch.optim.Adam", "weight_decay": 0.1}}))
    assert found.severity == "warning"
    assert found.measurement.value == 0.1
    assert found.measurement.details["key"] == "optimizer.weight_decay"


@pytest.mark.parametrize(
    "config",
    [
        {"optimizer": {"class_name": "Adam", "config": {"weight_decay": 0.1}}},
        {"optimizer": {"type": "Adam", "params": {"weight_decay": 0.1}}},
        {"optimizer": "FusedAdam", "weight_decay": 0.1},
        {"optimizer": "Adam", "weight_decay": 0.1, "decoupled_weight_decay": True},
        {"opt_func": "Adam", "wd": 0.1},
    ],
)
def test_frameworks_that_decouple_it(config):
    assert value(config) == 0


def test_frameworks_that_decouple_it_unless_told_otherwise():
    assert value({"optimizer": "Adam", "weight_decay": 0.1}, tracker="Keras") == 0
    held = {"type": "Adam", "params": {"weight_decay": 0.1, "adam_w_mode": False}}
    assert value({"optimizer": held}) == 0.1


def test_the_penalty_of_scikit_learns_networks_is_that_of_a_row():
    network = {"hidden_layer_sizes": "[100]", "solver": "adam", "batch_size": "auto"}
    assert value({**network, "alpha": 1e-4}) == 5e-7
    found = only(told({**network, "alpha": 1.0, "batch_size": 50}))
    assert (found.severity, found.measurement.value) == ("note", 0.02)
    assert value({**network, "alpha": 1.0, "solver": "sgd"}) == 0


def test_a_run_that_names_no_optimizer():
    expected = "the configuration of no run names its optimizer"
    assert reason(told({"weight_decay": 0.1}), CODE) == expected
