"""The clean controls of people seen several times are what they are said to be."""

from __future__ import annotations

from itertools import islice

import pandas as pd

from tests.clean_people import EXPLAINED, clean_people


def test_no_person_is_on_both_sides_and_each_is_seen_several_times():
    for _, make in islice(clean_people(), 12):
        case = make()
        assert isinstance(case.train, pd.DataFrame)
        assert case.eval is not None
        assert case.options == {"groups": "person"}
        assert not set(case.train["person"]) & set(case.eval["person"])
        visits = pd.concat([case.train, case.eval])["person"].value_counts()
        assert visits.min() >= 2
        assert len(visits) >= 60
        assert case.exempt == EXPLAINED
        assert case.silent == {"DA112"}


def test_some_features_are_of_the_person_and_some_targets_too():
    same: dict[str, list[bool]] = {"feature": [], "target": []}
    for _, make in islice(clean_people(), 30):
        train = make().train
        once = train.groupby("person").nunique(dropna=False).max() == 1
        same["feature"].append(bool(once.drop("y").any()))
        same["target"].append(bool(once["y"]))
    assert 0.3 < sum(same["feature"]) / 30 < 1
    assert 0.1 < sum(same["target"]) / 30 < 0.6


def test_a_case_repeats_with_its_seed():
    (_, one), (_, again) = next(clean_people(3)), next(clean_people(3))
    assert one().train.equals(again().train)
    assert not one().train.equals(next(clean_people(4))[1]().train)
