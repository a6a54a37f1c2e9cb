"""AS518 reversed-in-groups: found where an effect turns round, silent where it merely shrinks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base

CODE = "AS518"
CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Groups in which y rises with a feature at the correlation ``dose``, and falls over all."""
    frame = base(rng, n, target=None)
    groups = rng.permutation(np.arange(n) % 3)
    between = groups - 1.0
    inside = rng.normal(0, 1, n)
    noise = rng.normal(0, 1, n)
    # Rank correlations of normal variables are a little smaller than their own.
    size = 2 * np.sin(np.pi * dose / 6)
    y_inside = size * inside + np.sqrt(1 - size**2) * noise
    # The spread of the group means at which the correlation over all is just the opposite.
    apart = np.sqrt(2 * size / (1 - size) / (2 / 3))
    frame = frame.assign(load=inside + apart * between, site=np.array(["a", "b", "c"])[groups])
    frame["y"] = y_inside - apart * between
    return Case("reversed-in-groups", frame, target="y", subject={"columns": ("load", "site")})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A feature whose effect is much smaller within groups, but the same way round."""
    case = plant(rng, n, 0.3)
    frame = case.train.assign(load=-case.train["load"] + 3.0 * case.train["y"])
    if rng.random() < 0.5:
        frame["y"] = (frame["y"] > frame["y"].median()).astype(int)
    return Case("reversed-in-groups", frame, target="y")


def test_both_correlations_are_those_of_pandas():
    frame = plant(np.random.default_rng(0), 4_000, 0.4).train
    told = measured(audited(CODE, frame, target="y"), columns=("load", "site"))
    ranks = frame[["load", "y"]].rank()
    assert told.details["pooled"] == pytest.approx(ranks.corr().loc["load", "y"])
    inside = ranks - ranks.groupby(frame["site"]).transform("mean")
    assert told.details["within"] == pytest.approx(inside.corr().loc["load", "y"])
    finding = only(audited(CODE, frame, target="y"))
    assert "falls with load over all rows" in finding.message
    assert "but rises with it within the 3 levels of site" in finding.message


def test_two_classes_and_a_feature_of_two_words():
    rng = np.random.default_rng(1)
    n = 8_000
    hard = rng.random(n) < 0.5
    woman = rng.random(n) < np.where(hard, 0.8, 0.2)
    admitted = rng.random(n) < np.where(hard, 0.1, 0.7) + 0.2 * woman
    frame = pd.DataFrame(
        {
            "gender": np.where(woman, "f", "m"),
            "department": np.where(hard, "hard", "easy"),
            "admitted": np.where(admitted, "yes", "no"),
        }
    )
    finding = only(audited(CODE, frame, target="admitted"))
    assert dict(finding.subject) == {"columns": ("gender", "department")}


def test_an_effect_that_vanishes_in_groups_does_not_turn_round():
    rng = np.random.default_rng(2)
    groups = rng.integers(0, 3, 5_000)
    frame = pd.DataFrame({"x": groups + rng.normal(0, 1, 5_000), "g": groups.astype(str)})
    frame["y"] = groups + rng.normal(0, 1, 5_000)
    assert state(audited(CODE, frame, target="y")) == "passed"


def test_rare_levels_are_left_out():
    frame = plant(np.random.default_rng(3), 3_000, 0.4).train
    frame.loc[:20, "site"] = "rare"
    told = measured(audited(CODE, frame, target="y"), columns=("load", "site"))
    assert (told.details["levels"], told.n) == (3, 2_979)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": lambda one: np.arange(len(one)) % 3}, "more than two classes"),
        ({"site": "a"}, "no column has from 2 to 20 levels"),
    ],
)
def test_where_nothing_can_turn_round_it_is_not_checked(change, words):
    frame = plant(np.random.default_rng(4), 600, 0.4).train[["load", "site", "y"]]
    assert words in reason(audited(CODE, frame.assign(**change), target="y"), CODE)


@pytest.mark.skipif(not CASES.is_dir(), reason="the real cases are not here")
def test_the_bills_of_penguins():
    path = CASES / "assumptions/data/palmerpenguins_penguins.csv"
    path = path if path.exists() else next(CASES.rglob("palmerpenguins_penguins.csv"))
    diagnosis = audited(CODE, path, target="bill_depth_mm")
    pairs = [one.subject["columns"] for one in diagnosis.findings]
    assert ("bill_length_mm", "species") in pairs


def test_of_very_many_features_the_first_are_looked_at_and_it_says_so():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(0, 1, (400, 130))).add_prefix("x")
    frame["site"], frame["y"] = rng.permutation(np.arange(400) % 2), rng.normal(0, 1, 400)
    told = audited(CODE, frame, target="y", kinds={"site": "category"}).measurements
    features = {one.details["feature"] for one in told}
    assert features == {f"x{place}" for place in range(100)}
    # The column of two levels is a feature too.
    assert {one.details["left_out"] for one in told} == {31}
