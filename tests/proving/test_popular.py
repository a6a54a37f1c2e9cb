"""The rules in use today: what they say of plain curves, and how their answers are counted."""

from __future__ import annotations

import json

import numpy as np
import popular_rules
import pytest
from popular_rules import RULES, curves, gap, patience, umlaut
from proving.popular import FILE, popular_answers, popular_rows, popular_tallies
from proving.verdicts import Tally

from tests.runs import course, logged

FALLING = np.linspace(2, 1, 50)


def test_each_rule_says_what_it_is_known_for():
    turned = np.append(FALLING, np.linspace(1, 1.5, 25))
    long = np.linspace(2, 0.5, 75)
    assert [asked(long, turned) for asked in RULES.values()] == [True] * 4
    assert [asked(FALLING, FALLING) for asked in RULES.values()] == [False] * 4
    assert gap(FALLING, FALLING + 0.11)
    assert not gap(FALLING, FALLING + 0.09)
    risen = FALLING.copy()
    risen[20] += 1
    assert umlaut(FALLING, risen)
    assert not umlaut(risen, risen)


@pytest.mark.parametrize(("waited", "told"), [(9, False), (10, True)])
def test_patience_counts_evaluations_without_a_better_one(waited, told):
    held = np.concatenate([[2.0, 1.0], np.full(waited, 1.0), [0.5]])
    assert patience(held, 10) is told


def test_training_is_averaged_between_the_evaluations():
    made = course(np.random.default_rng(0), 100, cadence=10, train_noise=1e-9)
    train, held = curves(logged(np.random.default_rng(0), made))
    assert len(train) == len(held) == 10
    assert train[1] == pytest.approx(made.train[10:20].mean())
    alone = made.with_(names={"train": "loss"})
    assert curves(logged(np.random.default_rng(0), alone)) is None


def clean(number, *found, exempt=(), state="passed"):
    line = {"key": f"clean-{number:04d}-x|FT801", "kind": "clean", "seed": number, "code": None}
    found = [["FT801", one, "run", 0.1] for one in found]
    return line | {"states": {"FT801": state}, "exempt": list(exempt), "found": found}


def test_all_rules_are_counted_on_the_same_cases(tmp_path):
    plant = {"key": "FT801:D1:100:0", "kind": "plant", "code": "FT801", "worst": "warning"}
    missed = {"key": "FT801:D2:100:0", "kind": "plant", "code": "FT801", "worst": None}
    lines = [plant, missed, clean(1), clean(3, "warning"), clean(5, exempt=["FT801"])]
    lines += [clean(2), clean(7, state="not_checked"), clean(9)]
    cases = ["FT801:D1:100:0", "FT801:D2:100:0", *(f"clean-{one:04d}-x" for one in (1, 3, 5, 7))]
    told = [{"rule": "gap", "case": case, "found": True} for case in cases]
    (tmp_path / FILE).write_text("".join(json.dumps(one) + "\n" for one in told))
    tallies = popular_tallies(popular_answers(tmp_path), lines)
    assert tallies["FT801"] == {"D1": Tally(1, 1), "D2": Tally(0, 1), "alarms": Tally(1, 2)}
    assert tallies["gap"] == {"D1": Tally(1, 1), "D2": Tally(1, 1), "alarms": Tally(2, 2)}
    assert next(iter(popular_rows(tallies)))[:2] == ["FT801", "1/1 (100%)"]


def test_nothing_was_asked(tmp_path):
    assert popular_answers(tmp_path) == {}
    assert popular_rules.main(["--results", str(tmp_path)], known={}) == 2
