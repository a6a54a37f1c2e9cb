"""An audit as a whole: its outcomes, its selection, its record, and judging it again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest

import mldebug
from mldebug.catalogue import rules, selected
from mldebug.checker import checkers, quantities
from mldebug.diagnosis import STATES
from tests.tables import base, split

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = json.loads((ROOT / "reports" / "diagnosis.schema.json").read_text(encoding="utf-8"))


def faulty():
    """Train and eval with missing cells, an id, shared rows, copies and a shifted column."""
    rng = np.random.default_rng(0)
    train, held = split(base(rng, 1_200), rng)
    train.loc[:300, "x1"] = np.nan
    held["x0"] += 5
    held = pd.concat([held, train.iloc[20:30]], ignore_index=True)
    train = pd.concat([train, train.iloc[:8]], ignore_index=True)
    return train.assign(line=range(len(train))), held.assign(line=range(len(held)))


@pytest.fixture(scope="module")
def diagnosis():
    return mldebug.audit(*faulty(), target="y")


@pytest.fixture(scope="module")
def document(diagnosis):
    return diagnosis.to_dict()


def test_the_functions_stay_functions_whatever_was_imported_before():
    for statement in ("import mldebug.audit", "from mldebug.judge import judged", "pass"):
        code = (
            f"{statement}\nimport mldebug, pandas\n"
            "frame = pandas.DataFrame({'x': [.5, 1.5]})\n"
            "first = mldebug.audit(frame, select='DA101')\n"
            "second = mldebug.audit(frame, select='DA101')\n"
            "mldebug.judge(second)"
        )
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_every_rule_has_just_one_outcome(diagnosis):
    assert list(diagnosis.outcomes) == list(rules())
    assert {one.state for one in diagnosis.outcomes.values()} <= set(STATES)
    found = {one.rule.code for one in diagnosis.findings}
    assert found == {code for code, one in diagnosis.outcomes.items() if one.state == "found"}
    assert found >= {"DA101", "DA106", "DA113", "FE305", "LK401"}


def test_the_document_is_strict_json_of_the_published_form(document):
    text = json.dumps(document, allow_nan=False)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))


def test_the_same_input_makes_the_same_document(document):
    again = mldebug.audit(*faulty(), target="y").to_dict()
    for one in (again, document := json.loads(json.dumps(document))):
        one["provenance"] = {
            name: told
            for name, told in one["provenance"].items()
            if name not in ("started", "seconds")
        }
    assert json.dumps(again) == json.dumps(document)


def test_findings_are_ordered_and_causes_are_among_them(diagnosis):
    severities = [("error", "warning", "note").index(one.severity) for one in diagnosis.findings]
    assert severities == sorted(severities)
    ids = [one.id for one in diagnosis.findings]
    assert len(set(ids)) == len(ids)
    told = {one.finding for one in diagnosis.causes}
    told |= {name for one in diagnosis.causes for name in one.explains}
    assert told == set(ids)
    copies = next(one for one in diagnosis.causes if one.code == "DA106")
    assert any(name.startswith("LK401") for name in copies.explains)


def test_what_is_missing_is_named(diagnosis):
    alone = mldebug.audit(faulty()[0])
    assert alone.outcomes["LK401"].missing == ("--eval",)
    assert alone.outcomes["LB207"].missing == ("--target",)
    assert set(alone.outcomes["EV901"].missing) == {"--eval", "--target"}
    assert diagnosis.outcomes["LK405"].missing == ("--time",)


def test_only_the_checkers_of_selected_rules_run():
    seen = []
    told = mldebug.audit(
        *faulty(), target="y", select="DA101, leakage", progress=lambda name, *_: seen.append(name)
    )
    chosen = [one for code, one in rules().items() if code == "DA101" or code.startswith("LK")]
    assert set(seen) == {quantities()[one.judges][1].name for one in chosen}
    assert "data.missing_values" in seen
    assert "data.duplicate_rows" not in seen
    muted = {code for code, one in told.outcomes.items() if one.state == "muted"}
    assert muted == {code for code in rules() if code != "DA101" and not code.startswith("LK")}
    assert told.outcomes["DA106"].reason == "not selected"


def test_the_cheap_checkers_run_first():
    seen = []
    mldebug.audit(faulty()[0], target="y", progress=lambda name, *_: seen.append(name))
    costs = [checkers()[name].cost for name in seen]
    assert costs == sorted(costs, key=("cheap", "fit", "refit").index)


@pytest.mark.parametrize(
    ("ignore", "reason"),
    [
        ("DA101,DA113", "ignored"),
        (["DA101", "DA113"], "ignored"),
        (
            {"DA101": "the scale was off", "DA113": "the scale was off"},
            "ignored: the scale was off",
        ),
    ],
)
def test_what_is_ignored_is_listed_with_its_reason(ignore, reason):
    told = mldebug.audit(*faulty(), target="y", select="data", ignore=ignore)
    for code in ("DA101", "DA113"):
        assert (told.outcomes[code].state, told.outcomes[code].reason) == ("muted", reason)
    assert told.outcomes["DA106"].state == "found"


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        (["DA101"], {"DA101"}),
        (["da101", " EV901 "], {"DA101", "EV901"}),
        (["Leakage"], {"LK401", "LK405", "LK406"}),
        (["LK4"], {"LK401", "LK405", "LK406"}),
    ],
)
def test_codes_prefixes_and_families(words, chosen):
    assert selected(words, "--select", rules()) >= chosen
    assert all(code[:2] in {one[:2] for one in chosen} for code in selected(words, "x", rules()))


@pytest.mark.parametrize("option", ["select", "ignore"])
def test_an_unknown_code_is_refused_with_the_nearest(option):
    with pytest.raises(mldebug.InputError, match=f"--{option}: 'DA199'.*nearest is DA1"):
        mldebug.audit(faulty()[0], **{option: "DA199"})
    with pytest.raises(mldebug.InputError, match="'' names no rule"):
        mldebug.audit(faulty()[0], **{option: [""]})


def test_other_ladders_judge_otherwise(diagnosis):
    strict = {"DA101": {"above": {"error": 0.01}}}
    told = mldebug.audit(*faulty(), target="y", select="DA101", rules=strict)
    assert {one.severity for one in told.findings} == {"error"}
    assert told.provenance["rules"]["DA101"]["ladder"] == strict["DA101"]
    assert rules()["DA101"].ladder.as_dict() != strict["DA101"]
    with pytest.raises(mldebug.InputError, match=r"DA999.*no rule"):
        mldebug.audit(faulty()[0], rules={"DA999": {}})
    with pytest.raises(mldebug.InputError, match=r"DA101.*'loud' is no severity"):
        mldebug.judge(diagnosis, rules={"DA101": {"above": {"loud": 1}}})


def without_time(document):
    return {name: told for name, told in document.items() if name != "provenance"}


def test_a_saved_diagnosis_is_judged_the_same(diagnosis, document):
    saved = json.loads(json.dumps(document))
    for told in (mldebug.judge(saved), mldebug.judge(diagnosis)):
        assert without_time(told.to_dict()) == without_time(document)


def test_a_saved_diagnosis_is_judged_under_other_ladders(document):
    told = mldebug.judge(document, rules={"DA101": {"above": {"error": 0.01}}})
    assert {one.severity for one in told.findings if one.rule.code == "DA101"} == {"error"}
    told = mldebug.judge(document, rules={"DA101": {"above": {"error": 0.999}}})
    assert told.outcomes["DA101"].state == "passed"
    assert told.outcomes["LK405"] == mldebug.judge(document).outcomes["LK405"]


def test_what_was_not_selected_stays_so_when_it_is_judged_again():
    told = mldebug.judge(mldebug.audit(faulty()[0], select="DA101").to_dict())
    assert told.outcomes["DA106"].reason == "not selected"
    assert told.outcomes["DA101"].state == "found"


def test_a_rule_that_a_saved_diagnosis_does_not_know_is_not_checked(document):
    saved = json.loads(json.dumps(document))
    del saved["outcomes"]["DA101"]
    saved["measurements"] = [
        one for one in saved["measurements"] if one["quantity"] != "data.missing_share"
    ]
    told = mldebug.judge(saved)
    assert told.outcomes["DA101"].state == "not_checked"
    assert "does not hold it" in told.outcomes["DA101"].reason


@pytest.mark.parametrize(
    "told", [{}, {"schema": 2}, {"schema": 1}, [], {"schema": 1, "outcomes": {"DA101": 3}}]
)
def test_what_is_no_diagnosis_is_refused(told):
    with pytest.raises(mldebug.InputError, match="diagnosis"):
        mldebug.judge(told)


def test_a_checker_that_crashes_is_an_outcome_and_the_audit_goes_on(monkeypatch):
    def crash(*_):
        raise RuntimeError("no")

    one = checkers()["data.missing_values"]
    broken = type(one)(one.name, one.measures, crash, one.cost, one.needs)
    monkeypatch.setitem(checkers(), one.name, broken)
    told = mldebug.audit(*faulty(), target="y")
    assert told.outcomes["DA101"].state == "failed"
    assert "RuntimeError: no" in told.outcomes["DA101"].reason
    assert told.outcomes["LK401"].state == "found"
    assert mldebug.judge(told).outcomes["DA101"].state == "failed"
    jsonschema.Draft202012Validator(SCHEMA).validate(told.to_dict())


def test_an_interrupted_audit_keeps_what_is_done():
    begun = []

    def stop(name, number, _total):
        if number == 3:
            raise KeyboardInterrupt
        begun.append(name)

    told = mldebug.audit(*faulty(), target="y", progress=stop)
    assert told.provenance["interrupted"] is True
    done = {code for code, one in rules().items() if quantities()[one.judges][1].name in begun}
    left = {code for code, one in told.outcomes.items() if one.reason == "interrupted"}
    assert left == set(rules()) - done
    assert all(told.outcomes[code].state == "not_checked" for code in left)
    jsonschema.Draft202012Validator(SCHEMA).validate(told.to_dict())


def test_redacted_cells_are_nowhere_in_the_document():
    train, held = faulty()
    train["secret"] = [f"secret {one} word{one}" for one in range(len(train))]
    held["secret"] = [f"secret {one} word{one}" for one in range(len(held))]
    train = pd.concat([train, train.iloc[40:50]], ignore_index=True).drop(columns="line")
    open_one = json.dumps(mldebug.audit(train, target="y", select="DA106").to_dict())
    hidden = json.dumps(mldebug.audit(train, target="y", select="DA106", redact=True).to_dict())
    assert "word40" in open_one
    assert "word40" not in hidden
    assert '"cells"' not in hidden


def test_the_record_tells_what_was_audited(diagnosis):
    told = diagnosis.provenance
    assert (told["task"], told["target"], told["seed"]) == ("classification", "y", 0)
    assert told["tables"]["train"]["rows"] == len(faulty()[0])
    assert [one["name"] for one in told["tables"]["eval"]["columns"]] == list(faulty()[1])
    assert set(told["quantities"]) == {rule.judges for rule in rules().values()}


def test_a_file_that_is_gone_before_it_was_hashed_costs_no_result(tmp_path, monkeypatch):
    def refused(_):
        raise OSError("gone")

    base(np.random.default_rng(0), 200).to_csv(tmp_path / "a.csv", index=False)
    monkeypatch.setattr("mldebug.adapters.content._sha256", refused)
    diagnosis = mldebug.audit(tmp_path / "a.csv", target="y", select="DA101")
    assert diagnosis.provenance["tables"]["train"]["sha256"] is None
    assert diagnosis.outcomes["DA101"].state == "passed"
