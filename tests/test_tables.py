"""The tables of the proving ground are what they say: clean, honest, learnable, repeatable."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pandas as pd
import pytest

from tests.clean_tables import RECIPES
from tests.tables import (
    BUILDERS,
    KINDS,
    Case,
    base,
    clean_cases,
    labels,
    names_of_places,
    split,
    spread,
    with_gaps,
    zipf_shares,
)

ONE_OF_EACH = list(islice(clean_cases(0), 0, 2 * len(RECIPES), 2))
EVERY_REAL = [build for name, build in clean_cases(0) if name.endswith("-real")]


@pytest.fixture(params=[name for name, _ in ONE_OF_EACH])
def case(request) -> Case:
    return dict(ONE_OF_EACH)[request.param]()


def test_base_has_the_columns_that_it_says():
    table = base(np.random.default_rng(0), 1_000, columns=10)
    assert list(table) == [*(f"x{number}" for number in range(10)), "y"]
    assert len(KINDS) == 8
    assert table["x2"].dtype == "str"
    assert table["x5"].dtype == bool
    assert table["x6"].isna().sum() == 30
    assert table.drop(columns="x6").notna().all().all()
    assert set(table["y"]) == {0, 1}
    assert abs(table["y"].mean() - 0.5) < 0.06


def test_base_repeats_with_its_seed():
    one, two = (base(np.random.default_rng(5), 200, classes=3) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(base(np.random.default_rng(6), 200, classes=3))


def test_base_is_moderately_learnable():
    from sklearn.ensemble import HistGradientBoostingClassifier

    rng = np.random.default_rng(1)
    for strength, low, high in ((1.5, 0.72, 0.92), (0.0, 0.44, 0.56)):
        train, held_out = split(base(rng, 3_000, strength=strength), rng, stratify="y")
        numbers = [name for name in train if train[name].dtype.kind in "fib" and name != "y"]
        model = HistGradientBoostingClassifier(max_iter=40, random_state=0)
        score = model.fit(train[numbers], train["y"]).score(held_out[numbers], held_out["y"])
        assert low < score < high


@pytest.mark.parametrize("task", ["regression", "counts"])
def test_base_makes_the_other_targets(task):
    table = base(np.random.default_rng(2), 500, task=task)
    assert table["y"].dtype.kind == ("f" if task == "regression" else "i")
    assert table["y"].nunique() > 10 - 4 * (task == "counts")


def test_labels_keep_the_shares_that_were_asked_for():
    rng = np.random.default_rng(3)
    drawn = labels(rng, rng.normal(0, 1, (20_000, 3)), [0.1, 0.2, 0.7], 2.0)
    assert np.bincount(drawn) / 20_000 == pytest.approx([0.1, 0.2, 0.7], abs=0.01)


def test_split_parts_the_rows_and_keeps_the_classes():
    rng = np.random.default_rng(4)
    table = base(rng, 1_000, minority=0.2).assign(row=range(1_000))
    train, held_out = split(table, rng, 0.3, stratify="y")
    assert len(held_out) == 300
    assert sorted([*train["row"], *held_out["row"]]) == list(range(1_000))
    assert held_out["y"].mean() == pytest.approx(table["y"].mean(), abs=0.004)
    assert list(train.index) == list(range(700))
    assert not train["row"].is_monotonic_increasing
    train, held_out = split(table, rng, shuffle=False)
    assert train["row"].is_monotonic_increasing
    assert held_out["row"].is_monotonic_increasing


def test_shares_leave_no_category_rare():
    for n in (50, 500, 20_000):
        shares = zipf_shares(n, 400)
        assert shares.sum() == pytest.approx(1)
        counts = np.bincount(spread(np.random.default_rng(0), n, shares))
        assert counts.min() >= min(29, 0.4 * n)
        assert counts.sum() == n


def test_gaps_are_just_as_many_as_asked_for():
    rng = np.random.default_rng(7)
    for values in (np.arange(200), np.array(["a", "b"] * 100, object)):
        assert with_gaps(rng, values, 0.1).isna().sum() == 20


def test_places_differ_when_case_is_ignored():
    names = names_of_places(np.random.default_rng(8), 500)
    assert len({name.casefold() for name in names}) == 500


@pytest.mark.parametrize("kind", BUILDERS)
def test_no_builder_makes_a_constant(kind):
    column = pd.Series(BUILDERS[kind](np.random.default_rng(9), 300))
    assert len(column) == 300
    assert column.value_counts(normalize=True, dropna=False).iloc[0] < 0.9


def test_the_arguments_of_an_audit_are_those_that_the_case_has():
    table = pd.DataFrame({"a": [1]})
    assert Case("one", table).audit_arguments() == {"train": table}
    full = Case("two", table, table, "a", {"time": "when"})
    assert set(full.audit_arguments()) == {"train", "eval", "target", "time"}
    assert full.n == 2


def test_there_are_enough_clean_cases_of_either_parity():
    names = [name for name, _ in clean_cases(0)]
    assert len(set(names)) == len(names) >= 480
    numbers = [int(name[6:10]) for name in names]
    assert numbers == list(range(len(names)))
    assert sum(name.endswith("-large") for name in names) <= 30
    made = {name[11:] for name in names}
    for parity in (0, 1):
        assert {name[11:] for name in names if int(name[6:10]) % 2 == parity} == made


def test_a_clean_case_is_honest(case):
    train, held_out = case.train, case.eval
    assert train.index.equals(pd.RangeIndex(len(train)))
    assert train.columns.is_unique
    for name in train:
        column = train[name]
        assert column.value_counts(normalize=True, dropna=False).iloc[0] < 0.985, name
        assert column.isna().mean() < 0.165 or "DA101" in case.exempt, name
    if held_out is not None:
        assert list(held_out) == list(train)
        assert [*held_out.dtypes] == [*train.dtypes]
        assert len(held_out) >= 120 or "EV901" in case.exempt
        for name in train.select_dtypes("str").columns.drop("town", errors="ignore"):
            if train[name].nunique() < 0.5 * len(train):
                assert set(held_out[name].dropna()) <= set(train[name].dropna()), name
    if case.target is not None and train[case.target].nunique() <= 25:
        if case.options.get("task") == "regression":
            return
        tables = [train] if held_out is None else [train, held_out]
        for table in tables:
            sizes = table[case.target].value_counts()
            assert sizes.min() >= 10
            assert sizes.min() / len(table) > 0.2 / len(sizes)


def test_clean_cases_repeat_with_their_seed():
    for (name, build), (_, again), (_, other) in zip(
        islice(clean_cases(0), 4), clean_cases(0), clean_cases(1), strict=False
    ):
        assert build().name == name
        pd.testing.assert_frame_equal(build().train, again().train)
        assert not build().train.equals(other().train)


def test_real_sets_hold_no_repeated_rows():
    made = [build() for build in EVERY_REAL[::2]]
    assert len({(case.n, case.train.shape[1]) for case in made}) == 5
    for case in made:
        tables = [case.train] if case.eval is None else [case.train, case.eval]
        assert not pd.concat(tables).duplicated().any()
