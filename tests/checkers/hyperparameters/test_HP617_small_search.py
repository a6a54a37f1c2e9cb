"""HP617 small-search: found where few configurations meet many settings, silent on enough."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.runs import course, logged
from tests.tables import Case

CODE = "HP617"
SIZES = (200, 1_000)
SETTINGS = ("lr", "batch_size", "dropout", "depth", "weight_decay", "optimizer")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A random search with ``dose`` configurations for each setting."""
    return case(rng, n, dose, int(rng.integers(2, 5)))


def twin(rng: np.random.Generator, n: int) -> Case:
    """A search over one or two settings with at least ten configurations for each."""
    return case(rng, n, float(rng.integers(10, 13)), int(rng.integers(1, 3)))


def case(rng: np.random.Generator, n: int, each: float, settings: int) -> Case:
    tried = round(each * settings)
    if tried < 3 or tried / settings != each:
        settings = settings + 1 if settings % 2 else max(settings, 2)
        tried = round(each * settings)
    return Case("search", None, options={"run": search(rng, tried, settings, n // tried)})


def search(rng, tried, settings, n=20, seeds=1):
    drawn = [
        {name: float(rng.uniform()) for name in SETTINGS[:settings]} | {"epochs": 10}
        for _ in range(tried)
    ]
    model = course(rng, max(n, 5), cadence=1)
    return [
        replace(logged(rng, model, f"{place}-{seed}"), config={**config, "seed": seed})
        for place, config in enumerate(drawn)
        for seed in range(seeds)
    ]


def test_the_numbers_and_the_names_are_told():
    finding = only(audited(CODE, run=search(np.random.default_rng(0), 8, 4)))
    assert finding.severity == "warning"
    assert finding.message == (
        "8 configurations were tried, 2.0 for each of the settings that were varied: lr, batch_size, "
        "dropout, depth"
    )
    assert dict(finding.subject) == {}


@pytest.mark.parametrize(("tried", "severity"), [(5, "warning"), (6, "note"), (20, None)])
def test_the_rungs(tried, severity):
    found = audited(CODE, run=search(np.random.default_rng(0), tried, 2))
    assert found.worst() == severity


def test_seeds_and_copies_are_no_configurations():
    runs = search(np.random.default_rng(1), 4, 1, seeds=3)
    found = measured(audited(CODE, run=[*runs, replace(runs[0], name="again")]))
    assert (found.value, found.n) == (4, 12)


def test_settings_that_change_together_are_one_and_names_are_none():
    runs = search(np.random.default_rng(2), 10, 1)
    runs = [
        replace(
            run,
            config={
                **run.config,
                "optimizer.lr": run.config["lr"] / 2,
                "run_name": run.name,
                "output_dir": f"out/{run.name}",
            },
        )
        for run in runs
    ]
    found = measured(audited(CODE, run=runs))
    assert (found.value, found.details["names"]) == (10, "lr with optimizer.lr")


def test_trials_that_were_pruned_or_failed_do_not_count():
    runs = search(np.random.default_rng(3), 30, 2)
    states = ["COMPLETE", "PRUNED", "FAIL"] * 10
    trials = [
        replace(run, record={"state": said, "value": 0.5, "direction": "maximize"})
        for run, said in zip(runs, states, strict=True)
    ]
    assert measured(audited(CODE, run=trials)).details["tried"] == 10


def test_what_is_no_search():
    rng = np.random.default_rng(4)
    assert reason(audited(CODE, run=search(rng, 2, 2)), CODE).endswith("which is no search")
    assert "no comparison" in reason(audited(CODE, run=search(rng, 1, 1)), CODE)
    assert "one configuration" in reason(audited(CODE, run=search(rng, 1, 1, seeds=5)), CODE)
    bare = [replace(run, config={}) for run in search(rng, 4, 1)]
    assert "no setting was logged" in reason(audited(CODE, run=bare), CODE)


def test_names_of_others_are_shown_as_they_are():
    runs = search(np.random.default_rng(5), 12, 1)
    odd = "<script>{value.__class__}\u202e"
    runs = [replace(run, config={odd: run.config["lr"]}) for run in runs]
    assert state(audited(CODE, run=runs)) == "passed"
    few = audited(CODE, run=runs[:5])
    assert only(few).measurement.details["names"] == odd
