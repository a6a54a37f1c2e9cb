import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from mldebug.arrays import device
from mldebug.artefacts import GRID
from mldebug.derive.profile import profile


def profiles(**columns):
    return profile.make(tables(pd.DataFrame(columns)).train, device("cpu")).columns


def test_a_column_is_told_as_pandas_tells_it():
    rng = np.random.default_rng(0)
    n = GRID + 5_000
    few = rng.poisson(2, n)
    many = np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n))
    many[[7, n - 1]] = many[3] = 1.25
    found = profiles(few=few, many=many)
    for name, values in (("few", few), ("many", many)):
        one, expected = found[name], pd.Series(values)
        assert (one.n_rows, one.n_missing) == (n, expected.isna().sum())
        assert one.n_distinct == expected.nunique()
        assert one.mode == f"{expected.mode()[0]:.12g}"
        assert one.mode_count == (expected == expected.mode()[0]).sum()
        assert (one.low, one.high) == (expected.min(), expected.max())
        assert (one.mean, one.sd) == pytest.approx((expected.mean(), expected.std()))
    assert found["few"].integral
    assert not found["many"].integral


def test_whole_numbers_beyond_floats_are_told_apart():
    rows = np.arange(2**60, 2**60 + GRID + 10)
    one = profiles(key=rows, turned=rows[::-1].copy())
    assert one["key"].n_distinct == one["turned"].n_distinct == len(rows)
    assert one["key"].mode == str(2**60)
    assert one["key"].increasing
    assert not one["turned"].increasing


def test_distinct_values_beyond_a_million_are_estimated():
    n = 1_200_000
    rng = np.random.default_rng(1)
    frequent = np.where(rng.random(n) < 0.01, 0.5, rng.random(n))
    one = profiles(x=frequent)["x"]
    distinct = len(np.unique(frequent))
    assert distinct > 1_000_000
    assert one.n_distinct == pytest.approx(distinct, rel=0.02)
    assert (one.mode, one.mode_count) == ("0.5", (frequent == 0.5).sum())


def test_infinite_cells_leave_the_rest_its_moments():
    one = profiles(x=[1.0, 2.0, np.inf, 3.0])["x"]
    assert (one.n_infinite, one.low, one.high, one.mean) == (1, None, None, 2.0)
    assert not one.integral
