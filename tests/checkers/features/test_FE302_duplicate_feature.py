"""FE302 duplicate-feature: found on another scale and under other names, silent on mere relatives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from tests.audits import audited, measured, only, reason
from tests.tables import Case, base

CODE = "FE302"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Copy one column ``dose`` times: as it is, on another scale, or under other names."""
    case = twin(rng, n)
    column = str(rng.choice(["x0", "x1", "x2", "x3", "x5", "x6", "x7"]))
    copies = {f"copy{number}": _disguised(rng, case.train[column]) for number in range(round(dose))}
    frame = case.train.assign(**copies)
    order = [*rng.permutation([name for name in frame if name != "y"]), "y"]
    return replace(case, train=frame[order], subject={"columns": [column, *copies]})


def _disguised(rng: np.random.Generator, values: pd.Series) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(values):
        names = {
            word: f"group {code}" for code, word in enumerate(rng.permutation(values.unique()))
        }
        return values.map(names)
    way = rng.integers(4)
    if way == 0:
        return values.copy()
    if way == 1 and values.nunique() * 20 <= len(values):
        return values.map(lambda value: f"level {value}")
    factor = float(rng.choice([-1, 1]) * np.exp(rng.normal(0, 3)))
    return factor * values.astype(float) + rng.normal(0, 100)


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table; two of its columns are close relatives."""
    frame = base(rng, n)
    frame.insert(1, "near", 2 * frame["x0"] + rng.normal(0, 0.001, n))
    frame.insert(1, "rank", frame["x0"].rank() ** 2)
    return Case("duplicate-feature", frame, target="y")


def groups(frame: pd.DataFrame, **options) -> dict[tuple[str, ...], str]:
    diagnosis = audited(CODE, frame, **options)
    return {
        one.measurement.subject["columns"]: one.measurement.details["how"]
        for one in diagnosis.findings
    }


def test_each_way_to_say_the_same_is_told():
    frame = base(np.random.default_rng(0), 400)
    frame["again"] = frame["x0"]
    frame["celsius"] = (frame["x1"] - 32) / 1.8
    frame["coded"] = frame["x2"].map({name: code for code, name in enumerate(frame["x2"].unique())})
    frame["negated"] = ~frame["x5"]
    assert groups(frame, target="y") == {
        ("x0", "again"): "as the same values",
        ("x1", "celsius"): "on another scale",
        ("x2", "coded"): "under other names",
        ("x5", "negated"): "on another scale",
    }


def test_three_that_say_the_same_are_one_group():
    frame = base(np.random.default_rng(1), 400)
    frame["words"] = frame["x3"].map(lambda count: f"count {count}")
    frame["tenfold"] = 10 * frame["x3"]
    frame["codes"] = frame["words"].map(lambda word: f"<{word}>")
    finding = only(audited(CODE, frame, target="y"))
    assert finding.measurement.subject["columns"] == ("x3", "words", "tenfold", "codes")
    assert finding.measurement.value == 3
    assert finding.message == (
        "The column x3 says the same as words, tenfold, codes, under other names, in all 400 rows"
    )
    header = finding.measurement.figure["header"]
    assert header == ["x3", "words", "tenfold", "codes"]


def test_every_pair_is_one_that_pandas_finds_equal():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.integers(0, 3, (200, 30)), columns=[f"c{one}" for one in range(30)])
    for one, other in ((3, 9), (3, 20), (5, 6), (11, 29)):
        frame[f"c{other}"] = (frame[f"c{one}"] * 7 + 1) % 3
    canonical = {name: tuple(pd.factorize(frame[name])[0]) for name in frame}
    expected: dict[tuple[int, ...], list[str]] = {}
    for name, values in canonical.items():
        expected.setdefault(values, []).append(name)
    assert set(groups(frame)) == {tuple(one) for one in expected.values() if len(one) > 1}


@pytest.mark.parametrize("change", ["one value", "one more missing", "rounded", "monotone"])
def test_what_differs_in_a_single_row_is_no_duplicate(change):
    frame = base(np.random.default_rng(3), 400)
    other = 3 * frame["x0"] + 1
    if change == "one value":
        other.iloc[7] += 0.01
    elif change == "one more missing":
        other.iloc[7] = np.nan
    elif change == "rounded":
        other = other.round(2)
    else:
        other = np.exp(frame["x0"] - frame["x0"].mean())
    assert groups(frame.assign(other=other), target="y") == {}


def test_float32_is_another_scale_of_float64():
    frame = base(np.random.default_rng(4), 400)
    frame["narrow"] = (frame["x0"] * 2.54).astype(np.float32)
    assert groups(frame, target="y") == {("x0", "narrow"): "on another scale"}


def test_copied_rows_and_rare_values_do_not_make_columns_alike():
    frame = base(np.random.default_rng(5), 300)
    assert groups(pd.concat([frame] * 5, ignore_index=True), target="y") == {}
    rare = pd.DataFrame({f"c{one}": np.arange(300) == one % 290 for one in range(300)})
    assert groups(rare) == {}


def test_few_rows_say_nothing_and_many_do():
    for rows, found in ((5, 0), (30, 1)):
        frame = pd.DataFrame({"a": np.arange(rows) ** 2 / 7, "b": np.arange(rows) ** 2 / 3 - 1})
        assert len(groups(frame)) == found


def test_real_relatives_and_the_target_are_none():
    frame = load_breast_cancer(as_frame=True).frame
    assert groups(frame, target="target") == {}
    assert groups(frame.assign(copy=frame["target"]), target="target") == {}


def test_constant_columns_ids_and_a_single_feature_are_left_out():
    frame = pd.DataFrame({"a": [1] * 60, "b": [1] * 60, "x": np.arange(60) / 7})
    assert "fewer than two features vary" in reason(audited(CODE, frame), CODE)
    frame = frame.assign(id=range(60), number=range(1, 61), z=np.sin(np.arange(60)))
    assert measured(audited(CODE, frame)).value == 0


def test_the_cost_of_many_columns_is_linear():
    rng = np.random.default_rng(6)
    frame = pd.DataFrame(rng.normal(size=(300, 2_000)), columns=[f"x{one}" for one in range(2_000)])
    frame["x1999"] = -5 * frame["x3"]
    assert groups(frame) == {("x3", "x1999"): "on another scale"}
