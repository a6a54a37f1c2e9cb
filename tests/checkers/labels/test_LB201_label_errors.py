"""LB201 label-errors: found where labels were exchanged, silent where they are random but right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits, make_blobs, make_moons

from mldebug.adapters.tables import tables
from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base

CODE = "LB201"
SIZES = (500, 2_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Exchange the share ``dose`` of the labels: for any other class, or each for one other."""
    case = twin(rng, n)
    y = case.train["y"].to_numpy()
    wrong, rows = exchanged(rng, y, dose, partner=bool(rng.random() < 0.5))
    return replace(case, train=case.train.assign(y=wrong), rows=tuple(sorted(rows.tolist())))


def twin(rng: np.random.Generator, n: int) -> Case:
    """A table the features of which decide most labels, and leave some to chance."""
    classes = int(rng.integers(2, 5))
    return Case("label-errors", base(rng, n, classes=classes, strength=12.0), target="y")


def exchanged(rng, y, share, *, partner=False):
    """Labels of which a share is another class, and the rows; a partner is always the same one."""
    classes = int(y.max()) + 1
    rows = rng.choice(len(y), max(1, round(share * len(y))), replace=False)
    wrong = y.copy()
    steps = 1 if partner else rng.integers(1, classes, len(rows))
    wrong[rows] = (y[rows] + steps) % classes
    return wrong, rows


def made(name, seed=0):
    if name == "digits":
        return load_digits(as_frame=True).frame.rename(columns={"target": "y"})
    if name == "moons":
        x, y = make_moons(1_500, noise=0.12, random_state=seed)
    else:
        x, y = make_blobs(1_500, 6, centers=4, cluster_std=2.5, random_state=seed)
    return pd.DataFrame(x).add_prefix("x").assign(y=y)


@pytest.mark.parametrize("name", ["digits", "moons", "blobs"])
@pytest.mark.parametrize("partner", [False, True])
def test_the_share_and_the_rows_are_found(name, partner):
    frame = made(name)
    wrong, rows = exchanged(np.random.default_rng(1), frame["y"].to_numpy(), 0.1, partner=partner)
    diagnosis = audited(CODE, frame.assign(y=wrong), target="y")
    told = only(diagnosis).measurement
    assert only(diagnosis).severity == "error"
    assert told.interval[0] <= 0.1 <= told.interval[1] + 0.02
    named = diagnosis.rows(CODE)["train"]
    hits = len(set(named) & set(rows))
    assert hits >= 0.9 * len(named)
    assert hits >= 0.85 * len(rows)
    scores = [item.score for item in told.rows.items]
    assert scores == sorted(scores, reverse=True)
    first = told.figure["rows"][0]
    assert first[0] == named[0]
    assert first[1] == str(wrong[named[0]])


@pytest.mark.parametrize("name", ["digits", "moons", "blobs"])
def test_nothing_is_wrong_where_nothing_was_exchanged(name):
    told = measured(audited(CODE, made(name), target="y"))
    assert told.interval[1] < 0.01
    assert told.details["listed"] < 0.005 * len(made(name))


@pytest.mark.parametrize("strength", [0.0, 0.8, 1.5, 3.0])
def test_labels_that_are_random_but_right_are_never_listed(strength):
    listed = rows = 0
    for seed in range(3):
        frame = base(np.random.default_rng(seed), 800, strength=strength)
        diagnosis = audited(CODE, frame, target="y")
        assert not diagnosis.findings
        told = measured(diagnosis)
        listed += told.details["listed"]
        rows += told.details["judged"]
    assert listed < 0.01 * rows


def test_where_the_features_decide_too_little_it_says_so():
    diagnosis = audited(CODE, base(np.random.default_rng(3), 300, strength=0.8), target="y")
    assert state(diagnosis) == "inconclusive"
    assert "the features decide the class of too few rows" in diagnosis.outcomes[CODE].reason
    told = measured(diagnosis)
    assert (told.n, told.interval[0]) == (0, 0.0)
    assert len(told.rows.items) == 20


def test_the_rows_are_named_in_the_file_after_a_split_by_fraction():
    frame = made("blobs", 2)
    wrong, rows = exchanged(np.random.default_rng(2), frame["y"].to_numpy(), 0.1)
    frame = frame.assign(y=wrong)
    kept = tables(frame, 0.25, target="y").train.positions
    named = audited(CODE, frame, 0.25, target="y").rows(CODE)["train"]
    assert set(named) <= set(kept)
    assert len(set(named) & set(rows)) >= 0.9 * len(set(rows) & set(kept))


def test_predictions_that_are_given_are_used():
    rng = np.random.default_rng(4)
    n = 3_000
    true = rng.integers(0, 3, n)
    logits = rng.normal(0, 1.5, (n, 3))
    logits[np.arange(n), true] += 9
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    wrong, rows = exchanged(rng, true, 0.05)
    frame = pd.DataFrame({"x": rng.normal(size=n), "y": wrong})
    diagnosis = audited(CODE, frame, target="y", predictions=chances)
    told = only(diagnosis).measurement
    assert told.value == pytest.approx(0.05, abs=0.008)
    assert told.details["judged"] == n
    assert len(set(diagnosis.rows(CODE)["train"]) & set(rows)) >= 0.95 * len(rows)


def test_numbers_and_a_missing_target_are_not_checked():
    frame = base(np.random.default_rng(0), 100, task="regression")
    assert "is a number" in reason(audited(CODE, frame, target="y"), CODE)
    assert audited(CODE, frame).outcomes[CODE].missing == ("--target",)


@pytest.mark.parametrize("n", [60, 120, 250])
def test_labels_that_are_right_and_hard_to_learn_are_not_wrong(n):
    """The sign of a product, in bands: a model of so few rows is sure, and mistaken."""
    for seed in range(8):
        rng = np.random.default_rng([n, seed])
        x = rng.normal(0, 1, (n, 4))
        told = x[:, 0] * x[:, 1]
        frame = pd.DataFrame(x).add_prefix("x")
        frame["y"] = np.digitize(told, np.quantile(told, [0.25, 0.5, 0.75]))
        assert not audited("LB201,LB206,LB208", frame, target="y").findings


def test_a_few_settings_that_were_run_many_times_are_a_few_rows():
    """A class that no model can know of settings it has not seen; every row says what is so."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        once = pd.DataFrame(rng.integers(0, 5, (30, 6))).add_prefix("factor")
        once["y"] = rng.permutation(np.arange(30) % 3)
        frame = once.iloc[rng.permutation(np.arange(360) % 30)].reset_index(drop=True)
        assert not audited("LB201,LB206,LB208", frame, target="y").findings


def people(seed, count=60, rows=10):
    """What is measured of people ten times over; the label is the person's."""
    rng = np.random.default_rng(seed)
    own = rng.normal(0, 1, (count, 6))
    label = (own[:, 0] + own[:, 1] * own[:, 2] + 0.5 * rng.normal(0, 1, count) > 0).astype(int)
    who = rng.permutation(np.repeat(np.arange(count), rows))
    frame = pd.DataFrame(own[who] + rng.normal(0, 0.15, (len(who), 6))).add_prefix("x")
    return frame.assign(who=who, y=label[who])


def test_a_person_that_the_model_mistakes_is_one_mistake():
    for seed in range(6):
        frame = people([60, seed])
        assert not audited("LB201,LB206,LB208", frame, target="y", groups="who").findings


def test_labels_that_are_wrong_row_by_row_are_found_in_groups_too():
    rng = np.random.default_rng(3)
    frame = base(rng, 3_000, strength=12.0)
    y, _ = exchanged(rng, frame["y"].to_numpy(), 0.05)
    frame = frame.assign(y=y, who=rng.integers(0, 300, 3_000))
    told = only(audited(CODE, frame, target="y", groups="who")).measurement
    assert told.value == pytest.approx(0.05, abs=0.02)
    assert told.n > 2_000
