"""The commands that tell the rules: rules, explain, and the table in the repository."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mldebug import catalogue
from mldebug.catalogue import rules
from mldebug.checker import quantities
from mldebug.cli.rulebook import ladder_in_words, needs, needs_in_words, page
from mldebug.rule import FAMILIES, read_ladder

ROOT = Path(__file__).resolve().parents[2]


def test_every_rule_has_one_line(run):
    ran = run("rules")
    assert ran.status == 0
    for rule in rules().values():
        (line,) = [line for line in ran.out.splitlines() if line.startswith(rule.code)]
        for part in (rule.name, rule.title, rule.cause):
            assert part in line


def test_a_family_by_name_or_letters(run):
    by_name = run("rules", "--family", "leakage").out
    assert by_name == run("rules", "--family", "lk").out
    assert "LK401" in by_name
    assert "DA101" not in by_name


def test_a_family_without_rules_is_empty(run, monkeypatch):
    monkeypatch.setattr(catalogue, "rules", dict)
    for prefix in FAMILIES:
        assert run("rules", "--family", prefix, "--json").out == "[]\n"


def test_json_holds_every_rule(run):
    told = json.loads(run("rules", "--json").out)
    assert [one["code"] for one in told] == list(rules())
    shared = next(one for one in told if one["code"] == "LK401")
    assert shared["ladder"]["above"] == {"warning": 0, "error": 0.01}
    assert shared["needs"] == ["TRAIN", "--eval"]


def test_the_table_in_the_repository_is_the_one_that_is_printed(run):
    ran = run("rules", "--markdown")
    assert (ROOT / "rules" / "README.md").read_text(encoding="utf-8") == ran.out, (
        "run: mldebug rules --markdown > rules/README.md"
    )


@pytest.mark.parametrize("code", rules())
def test_every_rule_can_be_explained(run, code):
    rule = rules()[code]
    ran = run("explain", code)
    assert ran.status == 0
    flat = " ".join(ran.out.split())
    quantity = quantities()[rule.judges][0]
    said = [rule.name, rule.title, rule.why, rule.remedy.text, quantity.meaning, *rule.references]
    for text in said:
        assert " ".join(text.split()) in flat
    headings = ("What it is", "Why it matters", "What is measured", "When it is found")
    for heading in (*headings, "What to do", "What it needs", "References"):
        assert f"\n{heading}\n" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 88


def test_a_rule_by_its_name_and_in_small_letters(run):
    assert run("explain", "shared-rows").out == run("explain", "lk401").out


def test_an_explanation_in_markdown(run):
    told = run("explain", "LK401", "--markdown").out
    assert told.startswith("# LK401 shared-rows\n")
    assert "\n## What to do\n" in told


def test_what_it_leads_to_is_named(run):
    assert "LK401 shared-rows" in run("explain", "DA106").out.split("What it leads to")[1]


LADDERS = [
    ({"above": {"error": 0.01, "warning": 0}}, ["warning above 0%, error above 1%"]),
    ({"below": {"note": 0.5, "warning": 0.2}}, ["note below 50%, warning below 20%"]),
    ({"outside": {"warning": [0.1, 0.9]}}, ["warning below 10%, warning above 90%"]),
    (
        {"above": {"note": 0.1}, "by": "kind", "cases": {"a": {"above": {"error": 0.2}}}},
        ["note above 10%", "if kind = a: error above 20%"],
    ),
]


@pytest.mark.parametrize(("ladder", "words"), LADDERS)
def test_ladders_in_words(ladder, words):
    rule = replace(rules()["LK401"], ladder=read_ladder(ladder))
    assert list(ladder_in_words(rule)) == words


def test_what_a_rule_needs_goes_through_what_is_derived():
    assert needs(rules()["LK401"])[0] == ("TRAIN", "--eval")
    assert needs(rules()["DA110"])[0] == ("--target", "TRAIN")
    assert needs(rules()["DA101"]) == (("TRAIN",), ("--target",))
    assert needs_in_words(rules()["DA101"]) == "TRAIN; uses --target"


def test_a_rule_without_its_checker_can_be_told():
    rule = replace(rules()["LK401"], judges="leakage.nothing")
    assert needs_in_words(rule) == "a checker that is not installed"
    told = dict(page(rule, rules()))
    assert told["What is measured"] == (
        "leakage.nothing; no checker that is installed measures it.",
    )
