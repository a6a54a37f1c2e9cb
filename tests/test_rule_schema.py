"""The form of a rule file, by its schema."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import jsonschema
import pytest

from mldebug.catalogue import parsed
from mldebug.rule import CAUSES, FAMILIES, SEVERITIES, read_rule

FOLDER = Path(__file__).resolve().parents[1] / "rules"
SCHEMA = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FILES = sorted(FOLDER.glob("*/*.yaml"))
WHOLE = parsed("""
code: LK401
name: shared-rows
title: Evaluation rows that were trained on
cause: data
judges: leakage.shared_row_share
ladder:
  above: {warning: 0, error: 0.01}
  outside: {note: [1, 2]}
  by: detail
  cases: {a: {below: {note: 3}}}
message: "{value} of {n}"
why: The score is too high.
remedy: {text: Drop the rows., trial: {action: drop_rows, of: rows, with: {keep: first}}}
leads_to: [{code: DA113, same: [column]}]
yields_to: [{code: DA113}]
invalidates: evaluation
min_n: 20
calibrated: true
references: ["Kapoor & Narayanan 2023, doi:10.1016/j.patter.2023.100804"]
examples:
  - {value: 0.1, n: 9, interval: [0, 1], p: 0.1, subject: {column: a}, details: {}, expect: error}
since: "0.1"
""")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_file_has_the_form(path):
    told = parsed(path.read_text(encoding="utf-8"))
    assert [error.message for error in VALIDATOR.iter_errors(told)] == []
    assert path.stem == f"{told['code']}-{told['name']}"
    assert path.parent.name == FAMILIES[told["code"][:2]]


def test_the_schema_is_one_and_describes_every_property():
    VALIDATOR.check_schema(SCHEMA)
    undescribed = []

    def look(node, where):
        if isinstance(node, dict):
            if node.get("type") == "object" and "properties" in node:
                assert node["additionalProperties"] is False, where
                undescribed.extend(
                    f"{where}.{name}"
                    for name, told in node["properties"].items()
                    if not told.get("description")
                )
            for key, value in node.items():
                look(value, f"{where}.{key}")

    look(SCHEMA, "")
    assert undescribed == []


def test_the_schema_and_the_code_know_the_same():
    properties = SCHEMA["properties"]
    assert properties["cause"]["enum"] == list(CAUSES)
    assert set(SCHEMA["$defs"]["rungs"]["properties"]) == set(SEVERITIES)
    assert SCHEMA["$defs"]["code"]["pattern"] == f"^({'|'.join(FAMILIES)})[0-9]{{3}}$"
    fields = set(read_rule(WHOLE).__dataclass_fields__)
    assert set(properties) == fields == set(WHOLE)


def test_the_whole_form_is_accepted():
    assert list(VALIDATOR.iter_errors(WHOLE)) == []


CHANGES = {
    "no references": lambda told: told.pop("references"),
    "empty references": lambda told: told.update(references=[]),
    "no examples": lambda told: told.update(examples=[]),
    "an unknown key": lambda told: told.update(severity="error"),
    "an unknown family": lambda told: told.update(code="XX401"),
    "a name in capitals": lambda told: told.update(name="Shared-Rows"),
    "a title with a full stop": lambda told: told.update(title="Shared rows."),
    "a cause of its own": lambda told: told.update(cause="labels"),
    "a quantity without family": lambda told: told.update(judges="shared_row_share"),
    "an empty ladder": lambda told: told.update(ladder={}),
    "an empty side": lambda told: told.update(ladder={"above": {}}),
    "an unknown severity": lambda told: told.update(ladder={"above": {"fatal": 1}}),
    "a rung that is a text": lambda told: told.update(ladder={"above": {"error": "1"}}),
    "a range of one number": lambda told: told.update(ladder={"outside": {"error": [1]}}),
    "by without cases": lambda told: told["ladder"].pop("cases"),
    "a case that is none": lambda told: told["ladder"].update(cases={"a": {"over": 1}}),
    "a blank reason": lambda told: told.update(why="   "),
    "a remedy without text": lambda told: told["remedy"].pop("text"),
    "an unknown action": lambda told: told["remedy"]["trial"].update(action="pray"),
    "a link by an unknown key": lambda told: told["leads_to"][0].update(same=["colour"]),
    "an unknown state": lambda told: told["examples"][0].update(expect="failed"),
    "an example without n": lambda told: told["examples"][0].pop("n"),
    "a version that is a number": lambda told: told.update(since=0.1),
    "a negative min_n": lambda told: told.update(min_n=-1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_what_the_schema_refuses(change):
    told = deepcopy(WHOLE)
    change(told)
    assert list(VALIDATOR.iter_errors(told)) != []
