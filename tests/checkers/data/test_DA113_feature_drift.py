"""DA113 feature-drift: found where eval was shifted, silent where both were drawn alike."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from tests.audits import audited, by_column
from tests.tables import Case, base, split

CODE = "DA113"
SPREAD = {"x0": 1.5, "x1": 0.6}
"""The standard deviations with which `base` draws x0, and the logarithm of x1."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Move one column of eval to the distance ``dose`` from train's."""
    case = twin(rng, n)
    assert case.eval is not None
    column = str(rng.choice(["x0", "x1", "x2", "x5"]))
    moved = _moved(rng, case.eval[column], dose)
    return replace(case, eval=case.eval.assign(**{column: moved}), subject={"column": column})


def _moved(rng: np.random.Generator, values: pd.Series, distance: float) -> pd.Series:
    """The values at this Kolmogorov-Smirnov, or total variation, distance from what they were."""
    if values.name in SPREAD:
        # Two normal curves of one width, d standard deviations apart, differ by 2 F(d / 2) - 1.
        shift = 2 * NormalDist().inv_cdf((1 + distance) / 2) * SPREAD[str(values.name)]
        return values + shift if values.name == "x0" else values * np.exp(shift)
    into = values.dtype.type(True) if values.dtype == bool else values.value_counts().index[-1]
    others = np.flatnonzero(values != into)
    changed = values.copy()
    changed.iloc[rng.choice(others, round(distance * len(values)), replace=False)] = into
    return changed


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of one table."""
    train, held = split(base(rng, n), rng)
    return Case("feature-drift", train, held, target="y")


def sides(n: int = 2_000, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    return split(base(rng, n), rng)


def test_distances_of_numbers_and_p_are_those_of_scipy():
    train, held = sides()
    held = held.assign(x0=held["x0"] + 1.0)
    told = by_column(audited(CODE, train, held, target="y"))
    for name in ("x0", "x1", "x4"):
        wanted = ks_2samp(train[name], held[name], method="asymp")
        assert told[name].value == pytest.approx(wanted.statistic, abs=1e-12)
        assert told[name].p == pytest.approx(wanted.pvalue, rel=1e-9)
        assert told[name].n == len(train) + len(held)
    assert told["x6"].n == train["x6"].count() + held["x6"].count()


def test_distances_of_categories_are_those_of_their_shares():
    train, held = sides()
    held = held.assign(x2=held["x2"].replace("amber", "basil"))
    told = by_column(audited(CODE, train, held, target="y"))["x2"]
    ours, theirs = (one["x2"].value_counts(normalize=True) for one in (train, held))
    plain = ours.sub(theirs, fill_value=0).abs().sum() / 2
    assert told.interval[0] < told.value <= plain
    # Little is taken away for chance where the distance is large.
    assert told.value == pytest.approx(plain, abs=0.05)
    assert told.details["what"].startswith(("amber is", "basil is"))


def test_the_largest_gap_is_told_with_its_place():
    train, held = sides()
    held = held.assign(x5=True)
    told = by_column(audited(CODE, train, held, target="y"))["x5"]
    share = (~train["x5"]).mean()
    assert told.details["what"] == (
        f"{share:.0%} of the training values are at most 0, and 0% of the eval values"
    )
    assert told.value == pytest.approx(share)


def test_what_is_left_out():
    train, held = sides(400)
    days = pd.date_range("2024-01-01", periods=400)
    train = train.assign(line=range(len(train)), when=days[: len(train)], gone=1.0)
    held = held.assign(
        line=range(900, 1_000), when=days[-len(held) :], x3=held["x3"].map("w{}".format)
    )
    told = by_column(audited(CODE, train, held, target="y"))
    assert set(told) == {"x0", "x1", "x2", "x4", "x5", "x6", "x7"}


def test_a_named_time_is_left_out_though_it_is_a_number():
    train, held = sides(400)
    train, held = train.assign(hour=np.arange(300.0) / 7), held.assign(hour=np.arange(100.0) + 99)
    assert "hour" in by_column(audited(CODE, train, held))
    assert "hour" not in by_column(audited(CODE, train, held, time="hour"))


def test_infinite_values_are_compared_and_missing_ones_are_not():
    train, held = sides(2_000)
    held.loc[:249, "x0"] = np.inf
    held.loc[250:299, "x0"] = np.nan
    told = by_column(audited(CODE, train, held, target="y"))["x0"]
    assert told.n == 1_950
    assert told.value == pytest.approx(250 / 450, abs=0.05)


def test_too_few_values_are_not_compared():
    train, held = sides(400)
    held.loc[9:, "x0"] = np.nan
    assert "x0" not in by_column(audited(CODE, train, held, target="y"))


def test_one_of_many_clean_columns_is_not_found_by_its_luck():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.normal(size=(1_000, 60))).rename(columns=str)
    diagnosis = audited(CODE, *split(frame, rng))
    assert min(one.p for one in diagnosis.measurements) < 0.05
    assert diagnosis.worst() is None
