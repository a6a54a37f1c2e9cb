import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.render.numbers import (
    bare,
    in_unit,
    integer,
    number,
    odds,
    p_value,
    plural,
    share,
    signed,
    with_interval,
)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.94, "0.94"),
        (-0.07, "−0.07"),
        (0.12345, "0.123"),
        (1.5, "1.5"),
        (12, "12"),
        (12.345, "12.3"),
        (123.456, "123"),
        (12_400, "12,400"),
        (12_345.6, "12,300"),
        (999.96, "1,000"),
        (9.996, "10"),
        (0.9996, "1"),
        (0.000123, "0.000123"),
        (0.0000123, "1.23 × 10⁻⁵"),
        (-2.5e-9, "−2.5 × 10⁻⁹"),
        (3e12, "3 × 10¹²"),
        (math.inf, "inf"),
    ],
)
def test_three_significant_digits(value, told):
    assert number(value) == told


@given(st.floats(-1e8, 1e8))
def test_a_number_is_within_half_a_digit(value):
    told = number(value)
    if "×" in told:
        mantissa, power = told.split(" × 10")
        back = "".join({"⁻": "-"}.get(one) or str("⁰¹²³⁴⁵⁶⁷⁸⁹".index(one)) for one in power)
        read = float(mantissa.replace("−", "-")) * 10.0 ** int(back)
    else:
        read = float(told.replace("−", "-").replace(",", ""))
    assert read == pytest.approx(value, rel=0.0051, abs=1e-300)


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.04097, "4.1%"), (0, "0%"), (1, "100%"), (0.99996, "99.996%"), (0.000031, "0.0031%")],
)
def test_a_share_that_is_not_all_is_not_100(value, told):
    assert share(value) == told


def test_an_interval_repeats_no_unit():
    told = with_interval(0.041, (0.035, 0.048), "share of rows")
    assert told == "4.1% (3.5 to 4.8)"
    assert (
        with_interval(0.12, (0.1, 0.14), "difference of shares")
        == "12 percentage points (10 to 14)"
    )
    assert with_interval(0.83, None, "AUC") == "0.83"


def test_a_unit_that_counts_is_named():
    assert in_unit(1, "rows") == "1 row"
    assert in_unit(1_204, "rows") == "1,204 rows"
    assert in_unit(3.2, "ratio of scales") == "3.2"
    assert in_unit(1, "series") == "1 series"
    assert in_unit(0.458, "relative rise") == "45.8%"
    assert bare(0.25, "share") == "25"


@pytest.mark.parametrize(
    ("p", "told"), [(0, "p < 0.001"), (0.0009, "p < 0.001"), (0.012, "p = 0.012"), (1, "p = 1")]
)
def test_no_p_value_is_nought(p, told):
    assert p_value(p) == told


@pytest.mark.parametrize(
    ("p", "told"),
    [
        (0, "less than once in 1,000 times"),
        (0.003, "about 3 times in 1,000"),
        (0.001, "about once in 1,000"),
        (0.04, "about 4 times in 100"),
        (0.011, "about once in 100"),
    ],
)
def test_odds_in_words(p, told):
    assert odds(p) == told


def test_signs_and_plurals():
    assert [signed(one) for one in (0.02, -0.07, 0)] == ["+0.02", "−0.07", "0"]
    assert plural(1, "row") == "1 row"
    assert plural(1_200, "row") == "1,200 rows"
    assert integer(-1_200.4) == "−1,200"
