"""Kinds as a person would see them, and conversion to a kind asked for."""

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.adapters.kinds import column, natural
from mldebug.adapters.raw import RawColumn, chunked, storage_of
from mldebug.artefacts import Kind


def raw(values, arrow_type=None):
    data = chunked(pa.array(values, arrow_type))
    return RawColumn("x", data, storage_of(data.type))


def day(year, month, number, *rest):
    return dt.datetime(year, month, number, *rest, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("words", "numbers", "arrow_type"),
    [
        (["1,234.5", " 3 ", None], [1234.5, 3.0, None], pa.float64()),
        (["1", "+2", "-3"], [1, 2, -3], pa.int64()),
        (["1e3", ".5", "2."], [1000.0, 0.5, 2.0], pa.float64()),
        (["12%", "5.5 %"], [12.0, 5.5], pa.float64()),
        (["$1,234.50", "-$3", " $ 2 ", "$0", None], [1234.5, -3.0, 2.0, 0.0, None], pa.float64()),
        (["1 €", "20€"], [1, 20], pa.int64()),
        (["1", "inf"], [1.0, float("inf")], pa.float64()),
        ([str(10**30), "0"], [1e30, 0.0], pa.float64()),
        (["0", "0.5"], [0.0, 0.5], pa.float64()),
        ([str(2**64 - 1), str(2**64 - 2)], [2**64 - 1, 2**64 - 2], pa.uint64()),
    ],
)
def test_numbers_stored_as_text(words, numbers, arrow_type):
    found = natural(raw(words))
    assert (found.kind, found.data.type) == (Kind.NUMBER, arrow_type)
    assert found.data.to_pylist() == numbers
    assert "stored as text" in found.note


@pytest.mark.parametrize(
    "words",
    [
        ["00123", "45678"],
        [str(10**30), str(10**30 + 1)],
        ["1", "x"],
        ["1", ""],
        ["12%", "5"],
        ["1,5", "2,5"],
        ["12,34"],
        ["$1", "€2"],
        ["$1", "2"],
        ["1$2", "3$4"],
        ["$007"],
        ["$", "$$"],
        ["1.234,50 €"],
        ["nan", "1"],
        ["inf"],
        ["0x1F"],
        ["1_000"],
        ["yes", "no"],
        ["t", "f"],
        ["+", "-"],
        ["5.", "."],
        ["٣", "٤"],
    ],
)
def test_text_that_stays_a_category(words):
    found = natural(raw(words))
    assert found.kind is Kind.CATEGORY
    assert found.data.to_pylist() == words


@pytest.mark.parametrize(
    ("words", "dates", "note"),
    [
        (["2020-02-29", None], [day(2020, 2, 29), None], "dates stored as text"),
        (["2020/02/29"], [day(2020, 2, 29)], "dates stored as text"),
        (["2020-01-01T10:00:00.1234567"], [day(2020, 1, 1, 10, 0, 0, 123456)], "taken as UTC"),
        (["2020-01-01 10:00:00+02:00", "2020-01-01"], [day(2020, 1, 1, 8), day(2020, 1, 1)], ""),
        (["31.12.2020", "1.1.2021"], [day(2020, 12, 31), day(2021, 1, 1)], "day.month.year"),
        (["5 Mar 2020", "12-December-2021"], [day(2020, 3, 5), day(2021, 12, 12)], "day month"),
        (["May 5, 2020"], [day(2020, 5, 5)], "month day"),
        (["01/13/2020", "02/01/2020"], [day(2020, 1, 13), day(2020, 2, 1)], "month/day/year"),
        (["13/01/2020", "02/01/2020"], [day(2020, 1, 13), day(2020, 1, 2)], "day/month/year"),
    ],
)
def test_dates_stored_as_text(words, dates, note):
    found = natural(raw(words))
    assert found.kind is Kind.DATE
    assert found.data.type == pa.timestamp("us", "UTC")
    assert found.data.to_pylist() == dates
    assert note in found.note


@pytest.mark.parametrize(
    "words", [["2020-02-30"], ["31.02.2020"], ["2020-01-01", "x"], ["13/13/2020"], ["2020-13-01"]]
)
def test_what_is_no_date(words):
    assert natural(raw(words)).kind is Kind.CATEGORY


def test_an_order_of_day_and_month_that_cannot_be_told():
    found = natural(raw(["01/02/2020", "03/04/2020"]))
    assert found.kind is Kind.CATEGORY
    assert "order" in found.note
    in_train = natural(raw(["31/12/2019"]))
    like_train = column(raw(["01/02/2020"]), in_train.kind, in_train.note)
    assert like_train is not None
    assert like_train.data.to_pylist() == [day(2020, 2, 1)]


def test_booleans_stored_as_text():
    found = natural(raw(["True", "false", None, "TRUE"]))
    assert found.kind is Kind.BOOLEAN
    assert found.data.to_pylist() == [True, False, None, True]


def test_free_text_is_long_many_worded_and_mostly_distinct():
    sentences = [f"The patient number {place} came in with a cough" for place in range(50)]
    assert natural(raw(sentences)).kind is Kind.TEXT
    assert natural(raw(sentences[:5] * 10)).kind is Kind.CATEGORY
    assert natural(raw([f"Braund, Mr. Owen {place}" for place in range(50)])).kind is Kind.CATEGORY
    assert natural(raw([f"{place:036x}" for place in range(1, 50)])).kind is Kind.CATEGORY


def test_the_dictionary_is_in_order_of_appearance_and_holds_no_unused_label():
    coded = pa.DictionaryArray.from_arrays(pa.array([2, 0, 2]), pa.array(["a", "b", "c"]))
    other = pa.DictionaryArray.from_arrays(pa.array([1, None]), pa.array(["x", "a"]))
    both = RawColumn("x", pa.chunked_array([coded, other]), "category")
    found = natural(both).data
    assert found.num_chunks == 1
    assert found.chunk(0).dictionary.to_pylist() == ["c", "a"]
    assert found.to_pylist() == ["c", "a", "c", "a", None]


def test_missing_numbers_are_null_and_infinity_stays():
    found = natural(raw([float("nan"), None, float("inf")], pa.float64()))
    assert found.data.null_count == 2
    assert found.data[2].as_py() == float("inf")
    assert natural(raw([float("nan")] * 2)).kind is Kind.EMPTY


@pytest.mark.parametrize(
    ("values", "kind", "held"),
    [
        ([1, 2], Kind.CATEGORY, ["1", "2"]),
        ([1.0, 2.5], Kind.CATEGORY, ["1", "2.5"]),
        ([True, None], Kind.CATEGORY, ["True", None]),
        ([dt.date(2020, 1, 1)], Kind.CATEGORY, ["2020-01-01"]),
        ([dt.datetime.fromisoformat("2020-01-01T05:00")], Kind.TEXT, ["2020-01-01T05:00:00"]),
        ([1.0, 2.0], Kind.IDENTIFIER, [1, 2]),
        ([1.5], Kind.IDENTIFIER, ["1.5"]),
        (["a"], Kind.IDENTIFIER, ["a"]),
        ([True, None], Kind.NUMBER, [1, None]),
        ([0, 1, None], Kind.BOOLEAN, [False, True, None]),
        ([None, None], Kind.NUMBER, [None, None]),
        (["true"], Kind.BOOLEAN, [True]),
        (["2020-01-01"], Kind.DATE, [day(2020, 1, 1)]),
    ],
)
def test_conversion_to_a_kind_asked_for(values, kind, held):
    found = column(raw(values), kind)
    assert found is not None
    assert found.kind is kind
    assert found.data.to_pylist() == held


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a"], Kind.NUMBER),
        ([2], Kind.BOOLEAN),
        ([1], Kind.DATE),
        ([[1]], Kind.CATEGORY),
        ([1], Kind.EMPTY),
        ([dt.date(2020, 1, 1)], Kind.NUMBER),
    ],
)
def test_conversions_that_cannot_be(values, kind):
    assert column(raw(values), kind) is None


@given(st.lists(st.none() | st.text(max_size=12), max_size=30))
def test_any_text_keeps_its_rows_and_its_missing_values(words):
    found = natural(raw(words, pa.string()))
    assert len(found.data) == len(words)
    assert found.data.null_count == words.count(None)
    if found.kind in (Kind.CATEGORY, Kind.TEXT):
        assert found.data.to_pylist() == words


@given(st.lists(st.none() | st.floats() | st.integers(-(2**62), 2**62), min_size=1))
def test_numbers_written_as_text_are_read_back(numbers):
    words = [None if one is None or one != one else repr(one) for one in numbers]  # noqa: PLR0124
    found = natural(raw(words, pa.string()))
    finite = [one for one in words if one is not None and "inf" not in one]
    if finite:
        assert found.kind is Kind.NUMBER
        expected = [None if one is None else float(one) for one in words]
        assert [None if one is None else float(one) for one in found.data.to_pylist()] == expected
