"""DA115 label-shift: found where eval has another mix of targets, silent on random splits."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import ks_2samp

from tests.audits import audited, measured, only, reason
from tests.tables import Case, base, split

if TYPE_CHECKING:
    import pandas as pd

CODE = "DA115"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Move eval's targets to the distance ``dose`` from train's, by choosing its rows or moving it.

    Of classes, rows of one class give way to drawn rows of the others; numbers are moved.
    """
    case = twin(rng, n)
    assert case.eval is not None
    if case.eval["y"].dtype.kind == "f":
        spread = 2 * NormalDist().inv_cdf((1 + dose) / 2)
        return replace(case, eval=case.eval.assign(y=case.eval["y"] + spread))
    held, count = case.eval, round(dose * len(case.eval))
    from_class = held["y"].value_counts().index[0]
    given = np.flatnonzero(held["y"] == from_class)
    others = np.flatnonzero(held["y"] != from_class)
    chosen = np.arange(len(held))
    chosen[rng.choice(given, count, replace=False)] = rng.choice(others, count)
    return replace(case, eval=held.iloc[chosen].reset_index(drop=True))


def twin(rng: np.random.Generator, n: int) -> Case:
    """A split of one table: stratified, or at random; the target are classes or normal numbers."""
    kind = rng.choice(["stratified", "random", "numbers"])
    frame = base(rng, n, classes=int(rng.choice([2, 3])))
    if kind == "numbers":
        frame = frame.assign(y=rng.normal(0, 1, n))
    return Case(
        "label-shift",
        *split(frame, rng, stratify="y" if kind == "stratified" else None),
        target="y",
    )


def sides(n: int = 2_000, seed: int = 0, **options) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    return split(base(rng, n, **options), rng)


def test_a_distance_of_classes_is_that_of_their_shares():
    train, held = sides(8_000, classes=3)
    held = held[(held["y"] != 1) | (held.index % 4 == 0)]
    finding = only(audited(CODE, train, held, target="y"))
    shares = [one["y"].value_counts(normalize=True).sort_index() for one in (train, held)]
    plain = (shares[0] - shares[1]).abs().sum() / 2
    assert finding.severity == "error"
    assert finding.measurement.value == pytest.approx(plain, abs=0.01)
    assert finding.measurement.n == len(train) + len(held)
    here, there = (f"{one[1]:.0%}" for one in shares)
    assert finding.message.endswith(f"class 1 is {here} of train and {there} of eval")


def test_a_distance_of_numbers_is_that_of_scipy():
    train, held = sides(task="regression")
    held = held.assign(y=np.where(held.index < 20, np.nan, held["y"] + 0.8))
    told = measured(audited(CODE, train, held, target="y"))
    wanted = ks_2samp(train["y"], held["y"].dropna(), method="asymp")
    assert told.value == pytest.approx(wanted.statistic, abs=1e-12)
    assert told.p == pytest.approx(wanted.pvalue, rel=1e-6)
    assert told.n == len(train) + len(held) - 20
    assert told.figure["kind"] == "distributions"


@pytest.mark.parametrize("classes", [2, 10])
def test_a_stratified_split_has_no_distance(classes):
    rng = np.random.default_rng(1)
    frame = base(rng, 2_000, classes=classes)
    told = measured(audited(CODE, *split(frame, rng, stratify="y"), target="y"))
    assert told.value < 0.005


def test_a_class_that_train_lacks_counts():
    train, held = sides()
    held = held.assign(y=np.where(held.index < 100, 2, held["y"]))
    finding = only(audited(CODE, train, held, target="y"))
    assert finding.message.endswith("class 2 is 0% of train and 20% of eval")


def test_an_eval_set_that_lacks_a_class_entirely():
    train, held = sides(classes=4)
    finding = only(audited(CODE, train, held[held["y"] != 3], target="y"))
    here = (train["y"] == 3).mean()
    assert f"class 3 is {here:.0%} of train and 0% of eval" in finding.message


def test_too_few_targets_are_not_compared():
    train, held = sides(400)
    held = held.assign(y=np.where(held.index < 9, held["y"], np.nan))
    told = reason(audited(CODE, train, held, target="y"), CODE)
    assert told.startswith("train or eval has too few rows with a target to compare: 9")
