import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.render.names import anchor, distinct, file_name, shortened, visible


@pytest.mark.parametrize(
    ("given_name", "seen"),
    [
        ("plain", "plain"),
        ("São Paulo", "São Paulo"),
        ("עמודה", "עמודה"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2066b\u200f", "a\\u2066b\\u200f"),
        ("two\nlines\t\r", "two\\nlines\\t\\r"),
        ("\x00\x7f\x85", "\\x00\\x7f\\x85"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        (3.5, "3.5"),
    ],
)
def test_what_deceives_the_eye_is_escaped(given_name, seen):
    assert visible(given_name) == seen


@given(st.text())
def test_nothing_hidden_is_left(name):
    hidden = {
        one for one in visible(name) if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    }
    assert hidden <= {"\u200c", "\u200d"}


@given(st.text(), st.integers(1, 60))
def test_a_long_name_loses_its_middle(name, limit):
    short = shortened(name, limit)
    assert len(short) <= max(limit, 1)
    if len(name) <= limit:
        assert short == name
    if len(name) > limit >= 3:
        assert "…" in short
        assert short[0] == name[0]
        assert short[-1] == name[-1]


def test_an_anchor_is_stable_unique_and_fit_for_an_address():
    subjects = ['{"column":"a b"}', '{"column":"a-b"}', '{"column":"<script>"}', '{"class":"א"}']
    anchors = [anchor(f"DA113:{subject}") for subject in subjects]
    assert anchor("LK401:{}") == "LK401"
    assert len(set(anchors)) == len(subjects)
    assert all(one.isascii() and one.replace("-", "").replace("_", "").isalnum() for one in anchors)
    assert anchors == [anchor(f"DA113:{subject}") for subject in subjects]
    assert anchor('DA113:{"column":"age"}').startswith("DA113-age-")


@pytest.mark.parametrize("source", ["data/churn/train.csv", "C:\\data\\train.csv", "train.csv"])
def test_a_source_is_shown_by_its_last_part(source):
    assert file_name(source) == "train.csv"


@pytest.mark.parametrize("limit", [12, 20, 30])
def test_different_long_names_look_different(limit):
    alike = [
        f"customer_profile_{middle}_normalised_by_month" for middle in ("income", "age", "tax")
    ]
    told = distinct([*alike, *alike, "age"], limit)
    assert len(told) == len(set(told.values())) == 4
    assert max(map(len, told.values())) <= limit
    assert told["age"] == "age"


def test_names_that_differ_in_their_middle_show_it():
    told = distinct(["a" * 30 + "X" + "b" * 30, "a" * 30 + "Y" + "b" * 30], 20)
    assert sorted("X" in one for one in told.values()) == [False, True]


@given(st.lists(st.text(max_size=60), unique=True, max_size=8))
def test_distinct_names_are_distinct_where_what_is_seen_is(names):
    told = distinct(names, 16)
    assert len(set(told.values())) == len({visible(one) for one in names})
