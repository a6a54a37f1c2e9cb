"""The clean controls whose rows repeat are what they are said to be."""

from __future__ import annotations

from itertools import islice

import pandas as pd

from tests.clean_repeats import MOST_MISREAD, clean_repeats


def test_rows_repeat_and_hardly_disagree():
    for _, make in islice(clean_repeats(), 12):
        case = make()
        assert isinstance(case.train, pd.DataFrame)
        factors = [name for name in case.train if name != "y"]
        sets = case.train.groupby(factors)["y"]
        usual = sets.transform(lambda told: told.mode()[0])
        repeated = sets.transform("size") > 1
        assert repeated.sum() >= 100
        off = (case.train["y"] != usual)[repeated]
        assert off.sum() <= MOST_MISREAD * len(off) + 3 * (MOST_MISREAD * len(off)) ** 0.5
        assert case.silent == {"LB205"}


def test_a_case_repeats_with_its_seed():
    (_, one), (_, again) = next(clean_repeats(3)), next(clean_repeats(3))
    assert one().train.equals(again().train)
    assert not one().train.equals(next(clean_repeats(4))[1]().train)
