import re

import pytest

from mldebug.render.text import summary
from tests.render.sample import SAMPLES, typical
from tests.render.sample_parts import document

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def test_the_typical_summary(golden):
    golden("typical.txt", summary(typical(), report="report.html") + "\n")


def test_the_empty_summary():
    first, blank, *_ = summary(SAMPLES["empty"]()).splitlines()
    assert first == (
        "Nothing was found that speaks against training on these data; "
        "7 rules passed, 1 could not tell."
    )
    assert blank == ""
    assert "explain" not in summary(SAMPLES["empty"]())


def test_an_interrupted_audit_says_so_in_the_first_line():
    told = typical()
    told["provenance"]["interrupted"] = True
    first, second, *_ = summary(told).splitlines()
    assert first.startswith("The audit was interrupted: 1 of ")
    assert "The evaluation cannot be trusted: 127 of" in f"{first} {second}"


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("width", [40, 80, 100, 160])
def test_it_fits_and_is_short(name, width):
    lines = summary(SAMPLES[name](), width=width).splitlines()
    failures = sum(line.startswith("failed: ") for line in lines)
    assert len(lines) <= (13 if width >= 80 else 24) + failures
    assert max(map(len, lines)) <= max(width, 76)
    if width >= 80:
        assert max(map(len, lines)) <= width


@pytest.mark.parametrize("name", SAMPLES)
def test_colour_changes_no_letter(name):
    told = summary(SAMPLES[name](), colour=True)
    assert "\x1b[1m" in told
    assert [one.rstrip() for one in ESCAPE.sub("", told).splitlines()] == summary(
        SAMPLES[name]()
    ).splitlines()


def test_no_name_controls_the_terminal():
    told = summary(SAMPLES["hostile"](), report="a\x1b[2J\u202e.html")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200e\u200f]", told)
    assert "right\\u202eto\\u2066left" in told
    assert "a\\x1b[2J\\u202e.html" in told


def test_names_are_no_markup_of_rich():
    document = typical()
    document["findings"][0]["message"] = "[red]bold[/red] :smile: is odd"
    assert "[red]bold[/red] :smile: is odd" in ESCAPE.sub("", summary(document, colour=True))


def test_different_long_names_stay_different():
    document = typical()
    names = [f"customer_profile_{one}_normalised_by_month" for one in ("income", "age_group")]
    for finding, name in zip(document["findings"][1:4:2], names, strict=True):
        finding |= {"subject": {"column": name}, "label": name}
    document["causes"] = [
        {"finding": one["id"], "code": one["code"], "cause": "data", "explains": [], "score": 1.0}
        for one in document["findings"][1:4:2]
    ]
    for width in (80, 100):
        first, second = (
            line for line in summary(document, width=width).splitlines() if line[:2] in (" 1", " 2")
        )
        told = [line.split()[3] for line in (first, second)]
        assert told[0] != told[1]
        assert len(first) <= width


def test_a_summary_is_plain_or_has_colour():
    assert "\x1b" not in summary(typical())
    assert "\x1b[1;31mERROR" in summary(typical(), colour=True)


def test_what_failed_is_told_with_its_error():
    told = document([], {"LB201": "failed", "LK405": "failed", "EV901": "failed"})
    for code, reason in (
        ("LB201", "x"),
        ("LK405", "x"),
        ("EV901", f"ValueError: \x1b[31m {'y' * 900}"),
    ):
        told["outcomes"][code]["reason"] = reason
    lines = summary(told, width=80).splitlines()
    assert "failed: LK405 and 1 more: x" in lines
    assert sum(line.startswith("failed: EV901: ValueError: \\x1b[31m") for line in lines) == 1
    assert max(map(len, lines)) <= 80
    assert len(lines) < 12
