"""Columns as arrays, straight from Arrow's buffers."""

import numpy as np
import pyarrow as pa
import pytest

from mldebug import columns
from mldebug.artefacts import Column, Kind

TYPES = [
    pa.int8(),
    pa.uint64(),
    pa.int64(),
    pa.float32(),
    pa.float64(),
    pa.bool_(),
    pa.timestamp("us"),
]


def held(kind, missing):
    """Fifty values of a type, every third missing or none, and what they are as floats."""
    values = [None if missing and row % 3 == 0 else row % 2 or row for row in range(50)]
    if pa.types.is_boolean(kind):
        values = [None if value is None else bool(value) for value in values]
    expected = np.array([np.nan if value is None else float(value) for value in values])
    return pa.array(values).cast(kind), expected


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_numbers_of_slices_and_chunks(kind, missing):
    whole, expected = held(kind, missing)
    chunks = pa.chunked_array([whole.slice(3, 10), whole.slice(13, 0), whole.slice(13, 20)])
    found = columns.numbers(chunks)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, expected[3:33])
    np.testing.assert_array_equal(columns.numbers(whole.slice(5, 9)), expected[5:14])
    assert columns.numbers(pa.chunked_array([], kind)).shape == (0,)


@pytest.mark.parametrize("missing", [False, True])
def test_integers_keep_what_a_float_cannot(missing):
    values = [2**62 + 1, None if missing else 5, -(2**60) - 1]
    chunks = pa.chunked_array([pa.array([9, *values]).slice(1, 2), pa.array(values[2:])])
    found, where = columns.integers(chunks)
    assert found.tolist() == [value or 0 for value in values]
    assert where is None if not missing else where.tolist() == [False, True, False]


def test_codes_of_several_chunks():
    words = pa.array(["b", None, "a", "b", "c"]).dictionary_encode()
    chunks = pa.chunked_array([words.slice(1, 2), words.slice(3, 2)])
    assert columns.codes(chunks).tolist() == [-1, 1, 0, 2]
    assert columns.codes(chunks).dtype == np.int32
    assert columns.levels(chunks) == ["b", "a", "c"]


def test_strings_and_positions_are_what_arrow_makes_of_them():
    words = ["", "amber", "ü", "\N{GRINNING FACE}"]
    assert columns.strings(words).equals(pa.array(words))
    assert columns.strings([]).equals(pa.array([], pa.string()))
    assert columns.positions(np.arange(9)[::2]).equals(pa.array([0, 2, 4, 6, 8]))


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize(
    ("kind", "start"), [(pa.int64(), -(2**63)), (pa.int64(), 2**63 - 9), (pa.uint64(), 2**64 - 9)]
)
def test_integers_are_exact(kind, start, missing):
    values = [None if missing and row == 3 else start + row for row in range(9)]
    found, gaps = columns.integers(pa.chunked_array([pa.array(values, kind)]))
    assert found.tolist() == [0 if value is None else value for value in values]
    if missing:
        assert gaps.tolist() == [value is None for value in values]
    else:
        assert gaps is None


@pytest.mark.parametrize(
    ("values", "kind", "beyond"),
    [
        ([2**53, None, -(2**53)], pa.int64(), False),
        ([1, -(2**53) - 1], pa.int64(), True),
        ([2**63, 1], pa.uint64(), True),
        ([2.0**60], pa.float64(), False),
        ([None], pa.int64(), False),
        ([1], pa.int32(), False),
        ([2**53 + 1], pa.timestamp("us", "UTC"), True),
        ([True], pa.bool_(), False),
    ],
)
def test_whole_numbers_beyond_floats_are_known(values, kind, beyond):
    assert columns.is_beyond_floats(pa.chunked_array([pa.array(values, kind)])) is beyond


def column(kind, storage=""):
    return Column(
        "x", Kind.NUMBER, storage or str(kind), "", pa.chunked_array([pa.array([1]).cast(kind)])
    )


@pytest.mark.parametrize(
    ("one", "other", "narrow"),
    [
        (column(pa.float32()), column(pa.float64()), "float32"),
        (column(pa.float32(), "float16"), column(pa.float32()), "float16"),
        (column(pa.int64()), column(pa.float32()), "float32"),
        (column(pa.int64()), column(pa.float64()), None),
        (column(pa.float32()), column(pa.float32()), None),
        (column(pa.int8()), column(pa.uint64()), None),
        (column(pa.float32()), column(pa.bool_()), None),
    ],
)
def test_floats_of_different_widths_agree_at_the_narrower(one, other, narrow):
    assert columns.narrower(one, other) == columns.narrower(other, one) == narrow


def test_numbers_are_rounded_to_the_narrower_width():
    values = np.array([0.1, 1e300, np.nan, -7.0])
    assert columns.rounded(values, None) is values
    narrow = [float(np.float32(0.1)), np.inf, np.nan, -7.0]
    np.testing.assert_array_equal(columns.rounded(values, "float32"), narrow)


def of_values(values):
    data = pa.chunked_array([pa.array(values)])
    return Column("x", Kind.NUMBER, str(data.type), "", data)


def at_one_precision(first, second):
    one, other = of_values(first), of_values(second)
    wide = (columns.numbers(each.data) for each in (one, other))
    return columns.at_one_precision(one, other, *wide)


TENTHS = np.arange(-50, 50) / 10


@pytest.mark.parametrize(
    "others", [TENTHS.astype(np.float32), TENTHS * (1 + 1e-12), np.arange(-50, 50) * 0.1]
)
def test_digits_that_only_one_table_keeps_are_no_difference(others):
    assert not np.array_equal(TENTHS, others)
    np.testing.assert_array_equal(*at_one_precision(TENTHS, others))


@pytest.mark.parametrize(
    "values",
    [
        np.arange(100.0) * 1_000_001,
        1e6 + TENTHS * 1e-3,
        TENTHS * 1e300,
        TENTHS * 1e-300,
        np.full(20, np.nan),
        np.arange(100),
        np.zeros(0),
    ],
)
def test_numbers_that_need_their_digits_keep_them(values):
    first, second = at_one_precision(values, values[::-1].copy())
    np.testing.assert_array_equal(first, values)
    np.testing.assert_array_equal(second, values[::-1])
