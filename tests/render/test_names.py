import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.render.names import anchor, file_name, shortened, visible


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
    assert short == name or "…" in short
    if len(name) > limit >= 3:
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
