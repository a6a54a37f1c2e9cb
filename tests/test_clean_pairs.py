"""The clean controls of three tables are what they are said to be."""

from __future__ import annotations

from itertools import islice

from tests.clean_pairs import COUNT, MORE, clean_pairs
from tests.clean_people import COUNT as PEOPLE
from tests.clean_repeats import COUNT as REPEATS
from tests.clean_series import COUNT as SERIES
from tests.clean_times import COUNT as TIMES
from tests.tables import clean_cases


def test_the_families_come_in_order_under_names_of_their_own():
    names = [name for name, _ in clean_cases(0)]
    assert len(set(names)) == len(names)
    ends = ["replayed-keys"] * COUNT + ["split-by-time"] * TIMES
    ends += ["repeated-design"] * REPEATS + ["replayed-keys"] * MORE
    ends += ["split-by-person"] * PEOPLE + ["lasting-series"] * SERIES
    first = len(names) - len(ends)
    assert names[first:] == [f"clean-{first + at:04d}-{end}" for at, end in enumerate(ends)]


def test_keys_are_shared_and_unique_within_each_table():
    for _, make in islice(clean_pairs(), 8):
        case = make()
        assert case.eval is not None
        keys = [one["key"] for one in (case.train, case.eval, case.options["reference"])]
        assert all(one.is_unique for one in keys)
        assert 0.4 < keys[1].isin(keys[0]).mean() < 0.6
        assert not keys[2].isin(keys[0]).any()


def test_a_case_repeats_with_its_seed():
    (_, one), (_, again) = next(clean_pairs(3)), next(clean_pairs(3))
    assert one().train.equals(again().train)
    assert not one().train.equals(next(clean_pairs(4))[1]().train)
