"""Objects in memory: each library's columns, the bad ones named, the rest untouched."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mldebug.adapters.kinds import natural
from mldebug.adapters.sources import read
from mldebug.adapters.tables import tables
from mldebug.artefacts import Kind
from mldebug.errors import InputError

NAIVE = dt.datetime(2020, 1, 2)  # noqa: DTZ001
BERLIN = dt.timezone(dt.timedelta(hours=2))


def columns(source):
    return {raw.name: natural(raw) for raw in read(source, "TRAIN").columns}


DATA = {
    "i": [3, 1, 2],
    "f": [0.5, float("inf"), -1e300],
    "b": [True, False, True],
    "s": ["b", "a", None],
    "number_as_text": ["1,234.5", " 3 ", "2"],
    "when": [NAIVE.replace(hour=3), None, NAIVE.replace(year=1960)],
    "d": [dt.timedelta(seconds=90), None, dt.timedelta(days=1)],
}


def test_the_three_libraries_give_identical_tables():
    frame = pd.DataFrame(DATA)
    frame["nan"] = [1.0, np.nan, 2.0]
    frame["cat"] = pd.Categorical(["z", None, "a"], categories=["a", "unused", "z"])
    polar = pl.DataFrame(DATA).with_columns(
        pl.Series("nan", [1.0, float("nan"), 2.0]),
        pl.Series("cat", ["z", None, "a"], dtype=pl.Categorical),
    )
    arrow = pa.table({**DATA, "nan": [1.0, None, 2.0]}).append_column(
        "cat", pa.chunked_array([pa.array(["z", None]), pa.array(["a"])]).dictionary_encode()
    )
    first, *others = (tables(one, target="b").train for one in (frame, polar, arrow))
    for other in others:
        assert first.names == other.names
        for one, same in zip(first.columns, other.columns, strict=True):
            assert (one.kind, one.storage, one.note) == (same.kind, same.storage, same.note)
            assert one.data.type == same.data.type
            assert one.data.equals(same.data)


@pytest.mark.parametrize(
    ("values", "kind", "held"),
    [
        ([1, "a", 2.5, None], Kind.CATEGORY, ["1", "a", "2.5", None]),
        ([True, 1, "x", None], Kind.CATEGORY, ["True", "1", "x", None]),
        ([1, "2", 3.0, None], Kind.NUMBER, [1.0, 2.0, 3.0, None]),
        ([Decimal("1.5"), Decimal("NaN"), None, 2], Kind.NUMBER, [1.5, None, None, 2.0]),
        ([10**30, 1, None, pd.NA], Kind.NUMBER, [1e30, 1.0, None, None]),
        ([10**400, -(10**400), 1, 2.5], Kind.NUMBER, [np.inf, -np.inf, 1.0, 2.5]),
        ([b"a", "b", None, b"a"], Kind.CATEGORY, ["a", "b", None, "a"]),
        ([b"\xff", b"a", None, None], Kind.UNSUPPORTED, [None] * 4),
        ([[1], [2, 3], None, []], Kind.UNSUPPORTED, [None] * 4),
        ([{"a": 1}, {}, None, None], Kind.UNSUPPORTED, [None] * 4),
        ([{1}, {2}, None, None], Kind.UNSUPPORTED, [None] * 4),
        ([1j, 2, 3, None], Kind.UNSUPPORTED, [None] * 4),
        ([object(), 1, "a", None], Kind.UNSUPPORTED, [None] * 4),
        ([None, np.nan, pd.NaT, pd.NA], Kind.EMPTY, [None] * 4),
        ([dt.time(1), None, None, dt.time(0, 0, 1)], Kind.NUMBER, [3600.0, None, None, 1.0]),
    ],
)
def test_object_columns(values, kind, held):
    found = columns(pd.DataFrame({"x": pd.Series(values, dtype=object), "y": [1, 2, 3, 4]}))
    assert found["x"].kind is kind
    assert found["x"].data.to_pylist() == held
    assert found["y"].data.to_pylist() == [1, 2, 3, 4]
    if kind is Kind.UNSUPPORTED:
        assert found["x"].note


def test_dates_among_times_keep_the_time_of_day():
    found = columns(pd.DataFrame({"x": [dt.date(2020, 1, 1), NAIVE.replace(hour=5)]}))
    assert [one.hour for one in found["x"].data.to_pylist()] == [0, 5]


def test_pandas_extension_columns():
    frame = pd.DataFrame(
        {
            "period": pd.period_range("2020-01", periods=2, freq="M"),
            "interval": pd.interval_range(0, 2),
            "zoned": pd.to_datetime(["2020-01-01T10:00+02:00", None]),
            "delta": pd.to_timedelta([1.5, None], unit="s"),
            "sparse": pd.arrays.SparseArray([0.0, np.nan]),
            "nullable": pd.array([1, None], dtype="Int64"),
            "complex": [1j, 2],
            "whole_categories": pd.Categorical([7, 5]),
            "half": np.array([1, np.nan], dtype="f2"),
            "swapped": np.array([1, 2], dtype=">i4"),
            "wide": np.array([1, 2], dtype=np.longdouble),
            "large": np.array([2**63 + 1, 1], dtype=np.uint64),
        }
    )
    found = columns(frame)
    assert {name: one.kind.value for name, one in found.items()} == {
        "period": "date",
        "interval": "category",
        "zoned": "date",
        "delta": "number",
        "sparse": "number",
        "nullable": "number",
        "complex": "unsupported",
        "whole_categories": "category",
        "half": "number",
        "swapped": "number",
        "wide": "number",
        "large": "number",
    }
    held = {name: one.data.to_pylist() for name, one in found.items()}
    assert held["zoned"] == [dt.datetime(2020, 1, 1, 10, tzinfo=BERLIN), None]
    assert "UTC" in found["zoned"].note
    assert held["delta"] == [1.5, None]
    assert "seconds" in found["delta"].note
    assert held["sparse"] == [0.0, None]
    assert held["interval"] == ["(0, 1]", "(1, 2]"]
    assert held["whole_categories"] == ["7", "5"]
    assert found["half"].data.type == pa.float32()
    assert held["half"] == [1.0, None]
    assert held["swapped"] == [1, 2]
    assert held["large"] == [2**63 + 1, 1]


def test_polars_columns_that_arrow_lacks():
    frame = pl.DataFrame(
        {
            "i": pl.Series([10**20, 1], dtype=pl.Int128),
            "o": pl.Series([object(), 1], dtype=pl.Object),
            "e": pl.Series(["b", "a"], dtype=pl.Enum(["a", "b"])),
            "s": pl.Series([{"a": 1}, None]),
            "t": [dt.time(0, 1), None],
        }
    )
    found = columns(frame)
    assert found["i"].data.to_pylist() == [1e20, 1.0]
    assert found["e"].data.to_pylist() == ["b", "a"]
    assert found["t"].data.to_pylist() == [60.0, None]
    assert found["o"].kind is found["s"].kind is Kind.UNSUPPORTED


def test_arrow_types_of_every_sort():
    table = pa.table(
        {
            "map": pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())),
            "union": pa.UnionArray.from_sparse(
                pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])]
            ),
            "interval": pa.array([(1, 2, 3), None], pa.month_day_nano_interval()),
            "view": pa.array(["a", None], pa.string_view()),
            "fixed": pa.array([b"ab", None], pa.binary(2)),
            "decimal": pa.array([Decimal(10**50), None], pa.decimal256(60, 0)),
            "runs": pa.RunEndEncodedArray.from_arrays(pa.array([1, 2]), pa.array([7, 8])),
            "uuid": pa.array([b"0123456789abcdef"] * 2, pa.uuid()),
            "day": pa.array([dt.date(2020, 1, 1), None]),
        }
    )
    found = columns(table)
    for name in ("map", "union", "interval"):
        assert found[name].kind is Kind.UNSUPPORTED
        assert found[name].note
    assert found["view"].data.to_pylist() == ["a", None]
    assert found["fixed"].data.to_pylist() == ["ab", None]
    assert found["decimal"].data.to_pylist() == [1e50, None]
    assert found["runs"].data.to_pylist() == [7, 8]
    assert found["day"].kind is Kind.DATE


def test_numbers_are_not_copied():
    values = np.arange(1_000.0)
    held = read(pd.DataFrame({"a": values}, copy=False), "TRAIN")["a"].data.chunk(0)
    assert held.buffers()[1].address == values.ctypes.data
    kept = natural(read(pa.table({"a": held}), "TRAIN")["a"]).data.chunk(0)
    assert kept.buffers()[1].address == values.ctypes.data


def test_names_become_text_and_unique():
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=[0, "0", "x", "x"])
    raw = read(frame, "TRAIN")
    assert raw.names == ("0", "0.1", "x", "x.1")
    assert "more than once" in raw.remarks[0]
    levels = pd.MultiIndex.from_tuples([("a", "b"), ("a", ""), ("a", "b")])
    assert read(pd.DataFrame([[1, 2, 3]], columns=levels), "TRAIN").names == ("a.b", "a", "a.b.1")
    arrow = pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
    assert read(arrow, "TRAIN").names == ("a", "a.1")


def test_whole_numbers_among_objects_stay_apart():
    objects = {
        "unsigned": [2**63 + 1, 2**63 + 2],
        "digits": [10**30, 10**30 + 1],
        "floats": [10**30, 1],
        "either": [10**30, 0.5],
    }
    found = columns(
        pd.DataFrame({name: pd.Series(one, dtype=object) for name, one in objects.items()})
    )
    assert {name: one.data.to_pylist() for name, one in found.items()} == {
        "unsigned": [2**63 + 1, 2**63 + 2],
        "digits": [str(10**30), str(10**30 + 1)],
        "floats": [1e30, 1.0],
        "either": [1e30, 0.5],
    }


def test_a_category_tells_what_it_is_of():
    frame = pd.DataFrame(
        {
            "whole": pd.Categorical([7, 5]),
            "words": pd.Categorical(["7", "5"]),
            "cut": pd.cut([1.0, 2.0], 2),
        }
    )
    found = columns(frame)
    assert {name: one.storage for name, one in found.items()} == {
        "whole": "category[int64]",
        "words": "category",
        "cut": "category",
    }
    assert {one.kind.value for one in found.values()} == {"category"}


@pytest.mark.parametrize("name", ["<script>", "{value.__class__}", "\x1b[2J", "\u202ename", ""])
def test_hostile_names(name):
    (held,) = read(pd.DataFrame({name: [1]}), "TRAIN").names
    assert held == (name or "(no name)")


@pytest.mark.parametrize("index", [pd.Index([5, 6]), pd.RangeIndex(2, name="id")])
def test_a_meaningful_index_is_ignored_with_a_remark(index):
    raw = read(pd.DataFrame({"a": [1, 2]}, index=index), "TRAIN")
    assert raw.names == ("a",)
    assert "index" in raw.remarks[0]
    assert read(pd.DataFrame({"a": [1, 2]}), "TRAIN").remarks == ()


def test_a_matrix_of_more_rows_than_one_block():
    matrix = np.arange(6_000).reshape(2_000, 3)
    for given in (matrix, np.asfortranarray(matrix)):
        raw = read(given, "TRAIN")
        assert [one.data.to_pylist() for one in raw.columns] == matrix.T.tolist()


def test_matrices_and_pairs():
    raw = read((np.array([[1.0, np.nan], [3.0, 4.0]]), ["yes", "no"]), "TRAIN")
    assert {one.name: one.data.to_pylist() for one in raw.columns} == {
        "f0": [1.0, 3.0],
        "f1": [None, 4.0],
        "target": ["yes", "no"],
    }
    assert raw.target == "target"
    assert read(np.array([[1, "a"]], dtype=object), "TRAIN").names == ("f0", "f1")


@pytest.mark.parametrize("labels", [np.array([[1], [0]]), pd.Series([1, 0]), pl.Series([1, 0])])
def test_labels_of_a_pair(labels):
    raw = read((pd.DataFrame({"target": [1, 2]}), labels), "TRAIN")
    assert raw.target == "target.1"
    assert raw["target.1"].data.to_pylist() == [1, 0]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (np.zeros(3), "two dimensions"),
        (np.zeros((0, 2)), "no rows"),
        (np.zeros((2, 0)), "no columns"),
        (pd.DataFrame(), "no columns"),
        (pd.DataFrame({"a": []}), "no rows"),
        (pl.LazyFrame({"a": [1]}), "collect"),
        ({"a": [1]}, "a dict is no table"),
        (None, "is no table"),
        ((np.zeros((3, 2)), [1]), "must agree"),
        ((np.zeros((3, 2)), np.zeros((3, 2))), "one label a row"),
        ((1, 2, 3), "3 items"),
    ],
)
def test_what_is_no_table(source, told):
    with pytest.raises(InputError, match=told):
        read(source, "TRAIN")


def test_a_hundred_thousand_categories():
    words = [f"w{number}" for number in range(100_000)]
    found = columns(pd.DataFrame({"x": words * 2}))["x"]
    assert found.kind is Kind.CATEGORY
    assert len(found.data.chunk(0).dictionary) == 100_000
