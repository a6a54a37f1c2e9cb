"""What holds of every rule and of the quantity that it judges."""

from __future__ import annotations

import importlib
import json
import pkgutil
import string
from pathlib import Path

import jsonschema
import pytest

import mldebug.checkers
import mldebug.derive
from mldebug.catalogue import parsed, rule_files, rules
from mldebug.checker import checkers, derivations, quantities
from mldebug.judge import judged
from mldebug.measurement import SUBJECT_KEYS, Measurement, Subject
from mldebug.resolve import checkers_for, unknown_needs
from mldebug.resources import resource
from mldebug.rule import CAUSES, FAMILIES, SEVERITIES

ROOT = Path(__file__).resolve().parents[1]
RULES = {code: one for code, one in rules().items() if list((ROOT / "rules").glob(f"*/{code}-*"))}
FILES = {entry.name[:5]: entry for entry in rule_files(resource("rules"))}
STANDARD = {"value", "n", "p", "low", "high", "count", "rows", "subject", *SUBJECT_KEYS}

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


def placeholders(rule):
    return {name for _, name, _, _ in string.Formatter().parse(rule.message) if name is not None}


def example(rule, told):
    """The measurement that an example tells of."""
    return Measurement(
        rule.judges,
        Subject(told.get("subject")),
        told["value"],
        told["n"],
        tuple(told["interval"]) if "interval" in told else None,
        told.get("p"),
        told.get("details", {}),
    )


def test_every_file_is_read():
    assert set(RULES) == set(FILES) == {path.name[:5] for path in ROOT.glob("rules/*/*.yaml")}
    assert len(RULES) >= 14


@every_rule
def test_the_file_has_the_form_and_the_place(rule):
    schema = json.loads((ROOT / "rules" / "schema.json").read_text(encoding="utf-8"))
    path = ROOT / "rules" / rule.family / f"{rule.code}-{rule.name}.yaml"
    jsonschema.Draft202012Validator(schema).validate(parsed(path.read_text(encoding="utf-8")))
    assert rule.family == FAMILIES[rule.code[:2]]
    assert rule.cause in CAUSES


@every_rule
def test_the_examples_are_judged_as_they_expect_and_their_message_formats(rule):
    quantity = quantities()[rule.judges][0]
    expected = set()
    for told in rule.examples:
        measurement = example(rule, told)
        assert (measurement.interval is not None) == (quantity.kind == "estimate"), told
        assert set(measurement.details) <= set(quantity.details), told
        one = judged(rule, [measurement], quantity.kind, quantity.bounds)[0]
        assert (one.severity or one.state) == told["expect"], told
        expected.add(told["expect"])
        if one.severity:
            sentence = rule.sentence(measurement)
            named = (measurement.subject.label, *map(str, measurement.subject.values()))
            assert sentence[0] == sentence[0].upper() or sentence.startswith(named)
            assert "{" not in sentence
    assert "passed" in expected
    assert expected & set(SEVERITIES)


@every_rule
def test_the_message_uses_plain_names_that_are_declared(rule):
    declared = STANDARD | set(quantities()[rule.judges][0].details)
    assert placeholders(rule) <= declared


@every_rule
def test_the_ladder_lies_inside_the_bounds_and_rises(rule):
    quantity = quantities()[rule.judges][0]
    low, high = quantity.bounds
    ladders = [rule.ladder, *(rule.ladder.cases or {}).values()]
    if rule.ladder.by is not None:
        assert rule.ladder.by in quantity.details
    for ladder in ladders:
        for side in ("above", "below"):
            rungs = [rung for rung in ladder.rungs if rung.side == side]
            assert all(low is None or rung.bound >= low for rung in rungs)
            assert all(high is None or rung.bound < high or side == "below" for rung in rungs)
            ordered = sorted(rungs, key=lambda rung: SEVERITIES.index(rung.severity))
            bounds = [rung.bound for rung in ordered]
            assert bounds == sorted(set(bounds), reverse=side == "above")


@every_rule
def test_links_name_rules_that_are_there(rule):
    for link in (*rule.leads_to, *rule.yields_to):
        assert link.code in RULES, f"{rule.code} links to {link.code}, which is no rule"
        assert link.code != rule.code


def test_no_two_rules_yield_to_each_other():
    def reached(code, seen=()):
        for link in RULES[code].yields_to:
            assert link.code not in seen, f"{code} yields in a circle"
            reached(link.code, (*seen, code))

    for code in RULES:
        reached(code)


@every_rule
def test_what_a_trial_works_on_is_there(rule):
    if rule.remedy.trial is not None and "of" in rule.remedy.trial:
        known = {"subject", "rows", *quantities()[rule.judges][0].details}
        assert rule.remedy.trial["of"] in known


@every_rule
def test_a_test_file_holds_its_plant_and_its_twin(rule):
    name = f"test_{rule.code}_{rule.name.replace('-', '_')}.py"
    text = (ROOT / "tests" / "checkers" / rule.family / name).read_text(encoding="utf-8")
    assert "\ndef plant(" in text
    assert "\ndef twin(" in text


def test_every_quantity_is_judged_by_a_rule():
    judged_ones = {rule.judges for rule in rules().values()}
    assert set(quantities()) == judged_ones


def test_nothing_asks_for_what_nothing_provides():
    assert unknown_needs() == []


@pytest.mark.parametrize("package", [mldebug.checkers, mldebug.derive], ids=["checkers", "derive"])
def test_every_file_is_discovered(package):
    declared = {
        *(one.run.__module__ for one in checkers().values()),
        *(one.make.__module__ for one in derivations().values()),
    }
    folder = Path(package.__path__[0])
    files = {
        f"{package.__name__}.{'.'.join(path.relative_to(folder).with_suffix('').parts)}"
        for path in folder.rglob("*.py")
        if path.name != "__init__.py"
    }
    walked = {
        info.name
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not info.ispkg
    }
    assert walked == files
    without = {name for name in files - declared if not _only_serves(name)}
    assert without == set()


def _only_serves(name):
    """Whether a module of the folder declares nothing, and another one of it imports it."""
    module = importlib.import_module(name)
    family = Path(module.__file__).parent
    own = f"{module.__name__} import"
    return any(
        own in path.read_text(encoding="utf-8")
        for path in family.parent.rglob("*.py")
        if path != Path(module.__file__)
    )


@pytest.mark.parametrize("one", checkers().values(), ids=list(checkers()))
def test_a_checker_declares_what_it_is(one):
    assert one.measures
    assert one.cost in ("cheap", "fit", "refit")
    assert one.run.__doc__
    family = one.run.__module__.split(".")[-2]
    assert one.name == f"{family}.{one.run.__name__}"
    assert one.run.__module__.endswith(f".{one.run.__name__}")
    for quantity in one.measures:
        assert quantity.name.startswith(f"{family}.")
        assert quantity.kind in ("count", "estimate")
        assert quantity.meaning.endswith(".")


def test_the_checkers_of_all_rules_are_all_checkers():
    assert {one.name for one in checkers_for(rules().values())} == set(checkers())
