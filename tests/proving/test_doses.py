"""How much is planted: doses from ladders."""

from __future__ import annotations

import pytest
from proving.doses import doses

from mldebug.measurement import Quantity
from mldebug.rule import read_rule


def ladder_rule(ladder):
    told = dict.fromkeys(("name", "title", "message", "why", "since"), "x")
    told |= {
        "cause": "data",
        "judges": "x.y",
        "code": "DA998",
        "remedy": {"text": ""},
        "references": [],
        "examples": [],
    }
    return read_rule(told | {"ladder": ladder})


def quantity(unit="share", bounds=(0.0, 1.0)):
    return Quantity("x.y", unit, bounds, "count", "")


@pytest.mark.parametrize(
    ("ladder", "of", "expected", "severity"),
    [
        (
            {"above": {"note": 0.05, "warning": 0.2, "error": 0.95}},
            quantity(),
            {"D0": 0.1, "D1": 0.4, "D2": 0.975},
            "warning",
        ),
        (
            {"above": {"warning": 0, "error": 0.01}},
            quantity(),
            {"D1": 0.005, "D2": 0.02},
            "warning",
        ),
        ({"above": {"warning": 0}}, quantity("columns", (0.0, None)), {"D1": 1}, "warning"),
        ({"above": {"warning": 0.995}}, quantity(), {"D0": 0.4975, "D1": 0.9975}, "warning"),
        (
            {"above": {"warning": 0.6, "error": 0.8}},
            quantity("AUC", (0.0, 1.0)),
            {"D0": 0.55, "D1": 0.7, "D2": 0.9},
            "warning",
        ),
        (
            {"above": {"warning": 0.65}},
            quantity("", (0.5, 1.0)),
            {"D0": 0.575, "D1": 0.8},
            "warning",
        ),
        ({"below": {"warning": 0.2}}, quantity(), {"D0": 0.4, "D1": 0.1}, "warning"),
        ({"above": {"note": 0.3}}, quantity(), {"D0": 0.15, "D1": 0.6}, "note"),
        ({"above": {"error": 0.2}}, quantity(), {"D0": 0.1, "D1": 0.4}, "error"),
        (
            {"outside": {"warning": [2, 5]}},
            quantity("ratio", (0.0, None)),
            {"D0": 2.5, "D1": 10},
            "warning",
        ),
    ],
)
def test_doses_come_from_the_ladder(ladder, of, expected, severity):
    found = doses(ladder_rule(ladder), of)
    assert found.values == pytest.approx(expected)
    assert found.severity == severity


def test_a_test_file_may_replace_doses_but_invents_no_level():
    rule = ladder_rule({"above": {"warning": 0.1, "error": 0.2}})
    found = doses(rule, quantity(), {"D0": None, "D1": 0.3})
    assert found.values == pytest.approx({"D1": 0.3, "D2": 0.4})
    with pytest.raises(ValueError, match="D7"):
        doses(rule, quantity(), {"D7": 0.3})
    by_detail = ladder_rule({"by": "what", "cases": {"a": {"above": {"warning": 1}}}})
    with pytest.raises(ValueError, match="DOSES"):
        doses(by_detail, quantity())
    assert doses(by_detail, quantity(), {"D1": 2.0}).values == {"D1": 2.0}
