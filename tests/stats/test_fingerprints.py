import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.stats import fingerprints as fp

AWKWARD = np.array(
    [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.1,
        -0.1,
        1e-300,
        5e-324,
        -2.5e-310,
        2.0**-1022,
        1.7e308,
        -1e19,
        2.0**63,
        np.inf,
        -np.inf,
        np.nan,
        2.0**53 + 2,
        0.5,
        1.5,
        1e15 + 0.5,
        3.14159,
    ]
)


def reference_mixed(value):
    mask = (1 << 64) - 1
    value &= mask
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & mask
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & mask
    value ^= value >> 31
    return value - (1 << 64) if value >> 63 else value


def test_mixed_agrees_with_exact_integers_on_each_library(on_device):
    rng = np.random.default_rng(0)
    values = rng.integers(-(2**63), 2**63 - 1, 500)
    values[:4] = [0, -1, 2**63 - 1, -(2**63)]
    expected = [reference_mixed(int(value)) for value in values]
    assert on_device(fp.mixed, values).tolist() == expected


def test_number_hashes_are_the_same_on_each_library(on_device):
    rng = np.random.default_rng(1)
    values = np.concatenate([AWKWARD, rng.normal(size=300) * 10.0 ** rng.integers(-320, 300, 300)])
    missing = np.arange(len(values)) % 7 == 3
    expected = fp.number_hashes(values, missing)
    assert on_device(fp.number_hashes, values, missing).tolist() == expected.tolist()


@pytest.mark.parametrize("exact", [True, False])
def test_bits_by_arithmetic_are_the_bits(exact):
    rng = np.random.default_rng(2)
    values = AWKWARD[~np.isnan(AWKWARD) & (AWKWARD != 0)]
    if not exact:
        values = rng.integers(0, 2**63 - 1, 5000).view(np.float64)
        values = np.where(np.isnan(values), 1.0, values) * rng.choice([-1.0, 1.0], 5000)
    assert fp._computed_bits(values, np).tolist() == values.view(np.int64).tolist()


def test_equal_numbers_of_different_types_agree():
    values = [0, 1, -1, 7, 2**53, -(2**40)]
    none = np.zeros(len(values), bool)
    whole = fp.number_hashes(np.array(values), none)
    assert fp.number_hashes(np.array(values, float), none).tolist() == whole.tolist()
    assert (
        fp.number_hashes(np.array(values[:4], np.float32), none[:4]).tolist() == whole[:4].tolist()
    )
    assert fp.number_hashes(np.array(values[:4], np.int8), none[:4]).tolist() == whole[:4].tolist()
    signed = fp.number_hashes(np.array([0.0, -0.0]), none[:2])
    assert signed[0] == signed[1]


def test_different_numbers_have_different_hashes_and_missing_is_one_of_its_own():
    values = np.unique(AWKWARD[~np.isnan(AWKWARD)])
    none = np.zeros(len(values), bool)
    hashes = fp.number_hashes(values, none)
    assert len(set(hashes.tolist())) == len(values)
    assert fp.MISSING not in hashes
    assert fp.number_hashes(values, ~none).tolist() == [fp.MISSING] * len(values)
    assert fp.number_hashes(np.array([np.nan]), none[:1])[0] == fp.MISSING
    identifiers = np.arange(2**60, 2**60 + 1000)
    assert len(set(fp.number_hashes(identifiers, np.zeros(1000, bool)).tolist())) == 1000


@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=30))
def test_text_hashes_are_equal_just_where_strings_are(strings):
    hashes = fp.text_hashes(strings).tolist()
    expected = dict(zip(strings, hashes, strict=True))
    assert hashes == [expected[string] for string in strings]
    assert len(set(hashes)) == len(set(strings))
    alone = [fp.text_hashes([string]).tolist()[0] for string in strings]
    assert alone == hashes


def test_text_hashes_do_not_depend_on_the_blocks(monkeypatch):
    strings = ["", "a", "a\0", "amber", None, "amber and basil", "ü" * 30, "a" * 8, "a" * 16]
    expected = fp.text_hashes(strings).tolist()
    monkeypatch.setattr(fp, "TEXT_BLOCK", 5)
    assert fp.text_hashes(strings).tolist() == expected
    assert fp.text_hashes([]).tolist() == []
    assert fp.text_hashes([None]).tolist() == [fp.MISSING]


def test_hashes_and_salts_are_those_of_every_other_run():
    assert fp.text_hashes(["mldebug"]).tolist() == [GOLDEN["text"]]
    assert fp.column_salt("age") == GOLDEN["salt"]
    assert fp.number_hashes(np.array([0.1]), np.array([False])).tolist() == [GOLDEN["number"]]
    assert fp.sample_keys(5, 1, 0).tolist() == [GOLDEN["key"]]
    assert fp.column_salt("\ud800") != fp.column_salt("")


GOLDEN = {
    "text": -3252908551089321317,
    "salt": 9128788457636358107,
    "number": -6020857006846021143,
    "key": 7913995169573896951,
}


def test_code_hashes_do_not_depend_on_the_dictionary(on_device):
    one = on_device(fp.code_hashes, np.array([0, 1, -1, 1], np.int32), fp.text_hashes(["x", "y"]))
    other = on_device(fp.code_hashes, np.array([1, 0, -1, 0]), fp.text_hashes(["y", "x", "z"]))
    assert one.tolist() == other.tolist()
    assert one[2] == fp.MISSING
    empty = fp.code_hashes(np.array([-1]), np.array([], np.int64))
    assert empty.tolist() == [fp.MISSING]


def test_row_fingerprints_on_each_library(on_device):
    rng = np.random.default_rng(3)
    columns = [rng.integers(-(2**63), 2**63 - 1, 50) for _ in range(3)]
    salts = [fp.column_salt(name) for name in "abc"]
    expected = fp.row_fingerprints(columns, salts)
    assert on_device(fp.row_fingerprints, columns, salts).tolist() == expected.tolist()
    turned = fp.row_fingerprints(columns[::-1], salts[::-1])
    assert turned.tolist() == expected.tolist()
    without = fp.row_fingerprints(columns[:2], salts[:2])
    assert (expected - fp.column_terms(columns[2], salts[2])).tolist() == without.tolist()


def test_row_fingerprints_tell_rows_apart_that_swap_their_values():
    values = np.arange(40)
    first, second = (one.ravel() for one in np.meshgrid(values, values))
    none = np.zeros(len(first), bool)
    columns = [fp.number_hashes(one, none) for one in (first, second)]
    prints = fp.row_fingerprints(columns, [fp.column_salt("a"), fp.column_salt("b")])
    assert len(set(prints.tolist())) == 1600


def test_sample_keys_do_not_depend_on_chunks_and_are_uniform(library):
    whole = fp.sample_keys(0, 5000, 7)
    parts = [
        fp.sample_keys(start, 1000, 7, library.xp, library.device) for start in range(0, 5000, 1000)
    ]
    from mldebug.arrays import to_host

    assert np.concatenate([to_host(part) for part in parts]).tolist() == whole.tolist()
    assert len(set(whole.tolist())) == 5000
    assert abs((whole < 0).mean() - 0.5) < 0.03
    assert abs(np.corrcoef(whole[:-1].astype(float), whole[1:].astype(float))[0, 1]) < 0.05
    other = fp.sample_keys(0, 5000, 8)
    assert abs(np.corrcoef(whole.astype(float), other.astype(float))[0, 1]) < 0.05


@given(st.lists(st.integers(-5, 5), max_size=30), st.lists(st.integers(-5, 5), max_size=30))
def test_positions_in_finds_the_first(needles, haystack):
    found = fp.positions_in(np.array(needles, np.int64), np.array(haystack, np.int64)).tolist()
    expected = [haystack.index(one) if one in haystack else -1 for one in needles]
    assert found == expected


def test_membership_on_each_library(on_device):
    needles, haystack = np.array([3, 9, -4, 3]), np.array([5, 3, 7, 3, -4])
    assert on_device(fp.positions_in, needles, haystack).tolist() == [1, -1, 4, 1]
    assert on_device(fp.positions_in, needles, np.array([], np.int64)).tolist() == [-1] * 4
    assert on_device(fp.first_occurrence, haystack).tolist() == [0, 1, 2, 1, 4]
    assert on_device(fp.first_occurrence, np.array([], np.int64)).tolist() == []
