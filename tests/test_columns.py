"""Columns as arrays, straight from Arrow's buffers."""

import numpy as np
import pyarrow as pa
import pytest

from mldebug import columns

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
