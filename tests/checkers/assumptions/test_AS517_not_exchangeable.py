"""AS517 not-exchangeable: found where random folds split what hangs together, silent elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base

CODE = "AS517"
OF_A_GROUP = 20
"""Rows of a group."""
KNOWN = 0.35
"""Of the variance of two groups' effects, boosted trees learn this share from so few rows of each."""

# Forty seeds fit fifteen reference models each; at 20,000 rows that takes hours.
SIZES = (500, 2_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give groups an effect of their own, and columns by which a model can know them.

    Folds of known groups lose nothing; for a new one a model takes the effect of another, and is
    wrong by the variance of two effects.
    """
    frame = base(rng, n, target=None)
    group = rng.permutation(np.arange(n) // OF_A_GROUP)
    effects = rng.normal(0, 1, group.max() + 1)
    effects = (effects - effects.mean()) / effects.std()
    honest = np.where(frame["x5"], 1.0, -1.0) + 0.1 * rng.normal(0, 1, n)
    honest = (honest - honest.mean()) / honest.std()
    for name in ("height", "width", "length"):
        frame[name] = rng.permutation(group.max() + 1)[group] / 7
    share = dose / 2 / KNOWN
    frame["y"] = np.sqrt(1 - share) * honest + np.sqrt(share) * effects[group]
    frame["site"] = pd.Series(group).map("site {}".format)
    return Case(
        "not-exchangeable",
        frame,
        target="y",
        options={"groups": "site", "cv": "shuffled:5"},
        subject={"column": "site"},
    )


def twin(rng: np.random.Generator, n: int) -> Case:
    """Groups without an effect, or folds that keep them together."""
    if rng.random() < 0.5:
        return Case(
            "not-exchangeable",
            plant(rng, n, 0.0).train,
            target="y",
            options={"groups": "site", "cv": "shuffled:5"},
        )
    case = plant(rng, n, 0.1)
    return Case(
        "not-exchangeable", case.train, target="y", options={"groups": "site", "cv": "groups:5"}
    )


def wandering(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """A target that wanders in time, and the time as a column that tells where it is."""
    frame = base(rng, n, target=None).assign(t=np.arange(n) / 3)
    level = np.cumsum(rng.normal(0, 1, n))
    frame["y"] = (level - level.mean()) / level.std() + 0.3 * rng.normal(0, 1, n)
    return frame


def test_both_skills_are_told_and_folds_of_groups_are_passed():
    case = plant(np.random.default_rng(0), 1_500, 0.4)
    finding = only(audited(CODE, case.train, target="y", groups="site", cv="shuffled:5"))
    told = finding.measurement
    assert finding.severity == "error"
    assert told.value == pytest.approx(told.details["random"] - told.details["blocked"])
    assert told.details["by"] == "group"
    assert "--cv shuffled:5 mixes them" in finding.message
    kept = audited(CODE, case.train, target="y", groups="site", cv="groups:5")
    assert (state(kept), kept.measurements[0].value) == ("passed", 0.0)


def test_a_few_groups_are_kept_together_too():
    case = plant(np.random.default_rng(1), 900, 0.4)
    frame = case.train.assign(site=lambda one: "s" + (one["height"] * 7 % 6).round().astype(str))
    frame["y"] += frame["site"].map({name: place for place, name in enumerate(set(frame["site"]))})
    told = measured(audited(CODE, frame, target="y", groups="site", cv="shuffled:5"), column="site")
    assert told.details["blocked"] < told.details["random"]


def test_time_that_is_shuffled_is_found_and_blocks_of_it_are_passed():
    frame = wandering(np.random.default_rng(2), 1_500)
    finding = only(audited(CODE, frame, target="y", time="t", cv="shuffled:5"))
    assert finding.severity == "error"
    assert dict(finding.subject) == {"column": "t"}
    for cv in ("folds:5", "time:5"):
        assert state(audited(CODE, frame, target="y", time="t", cv=cv)) == "passed"


def test_honest_rows_are_exchangeable():
    for seed in range(4):
        rng = np.random.default_rng(seed)
        frame = base(rng, 800).assign(t=rng.permutation(800) / 3, site=rng.integers(0, 40, 800))
        told = audited(CODE, frame, target="y", time="t", groups="site", cv=5)
        assert told.worst() is None
        assert {one.subject["column"] for one in told.measurements} == {"t", "site"}


def test_without_folds_or_structure_it_is_not_checked():
    frame = plant(np.random.default_rng(3), 500, 0.1).train
    diagnosis = audited(CODE, frame, target="y", groups="site")
    assert diagnosis.outcomes[CODE].missing == ("--cv",)
    told = audited(CODE, frame, target="y", cv=5)
    assert told.outcomes[CODE].missing == ("--time", "--groups")
    one = frame.assign(site="a")
    assert "of one group" in reason(audited(CODE, one, target="y", groups="site", cv=5), CODE)
