"""DA123 concept-shift: found where eval's targets follow another rule, silent where they do not."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason
from tests.tables import Case, base, split

CODE = "DA123"
FEATURES = 5
KNOWN = 0.5
"""The share of a number's variance that the features tell."""
STRENGTH = 4.0
"""The log odds of a class go with so many times a standard normal score."""

# Forty seeds of each dose fit thirty models a size; at 20,000 rows that takes hours.
SIZES = (500, 2_000, 10_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let eval's targets follow a score of which train's rule knows less, by the skill ``dose``."""
    features = rng.normal(0, 1, (n, FEATURES))
    first, second = np.linalg.qr(rng.normal(0, 1, (FEATURES, 2)))[0].T
    classes = rng.random() < 0.5
    alike = alike_of(dose) if classes else np.sqrt(max(1 - dose / KNOWN, 0.0))
    other = alike * first + np.sqrt(1 - alike**2) * second
    train, held = np.split(rng.permutation(n), [round(0.6 * n)])
    sides = []
    for rows, rule in ((train, first), (held, other)):
        score = features[rows] @ rule
        noise = rng.logistic(0, 1, len(rows)) if classes else rng.normal(0, 1, len(rows))
        drawn = STRENGTH * score + noise > 0 if classes else score + noise
        frame = pd.DataFrame(features[rows]).add_prefix("x")
        sides.append(frame.assign(y=drawn.astype(int) if classes else drawn))
    return Case("concept-shift", *sides, target="y")


@cache
def alike_of(dose: float) -> float:
    """The correlation of two scores at which the other one's best chances have so much less skill.

    With chances p = logistic(b s), even classes, and s = c t + sqrt(1 - c^2) u, the skill of the
    best chances given t is 4 times the variance of the mean of p over u; by bisection.
    """
    normal = np.array([NormalDist().inv_cdf((one + 0.5) / 200) for one in range(200)])

    def skill(alike: float) -> float:
        score = alike * normal[:, None] + np.sqrt(1 - alike**2) * normal[None, :]
        return float(4 * np.var((1 / (1 + np.exp(-STRENGTH * score))).mean(axis=1)))

    low, high, whole = 0.0, 1.0, skill(1.0)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if whole - skill(middle) > dose else (low, middle)
    return low


def twin(rng: np.random.Generator, n: int) -> Case:
    """One rule, but other features, another mix of classes, or a small eval set."""
    kind = rng.choice(["random", "other features", "other mix", "regression", "small"])
    frame = base(rng, n, task="regression" if kind == "regression" else "classification")
    share = 0.15 if kind == "small" else 0.4
    train, held = split(frame, rng, share)
    if kind == "other features":
        apart = (frame["x0"] - frame["x0"].mean()) / frame["x0"].std()
        chosen = rng.random(n) < 1 / (1 + np.exp(-1.2 * apart))
        train, held = (frame[one].reset_index(drop=True) for one in (~chosen, chosen))
    if kind == "other mix":
        held = held[(held["y"] != 0) | (rng.random(len(held)) < 0.4)].reset_index(drop=True)
    return Case("concept-shift", train, held, target="y")


def ruled(n: int, rule, seed: int = 0, shift: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(shift, 1, (n, 3))).add_prefix("x")
    return frame.assign(y=rule(frame) + rng.normal(0, 0.7, n))


def plain(frame: pd.DataFrame) -> pd.Series:
    return frame["x0"] + frame["x1"]


def turned(frame: pd.DataFrame) -> pd.Series:
    return frame["x0"] - frame["x1"]


def test_another_rule_is_found_with_both_skills():
    finding = only(audited(CODE, ruled(900, plain), ruled(600, turned, 1), target="y"))
    told = finding.measurement
    assert finding.severity == "error"
    assert told.details["own"] > 0.6
    assert told.details["learned"] < 0.1
    assert told.value == pytest.approx(told.details["own"] - told.details["learned"])
    assert [one["label"] for one in told.figure["items"]] == ["fitted on eval", "fitted on train"]


def test_other_features_under_one_rule_are_no_shift():
    def curved(frame):
        return np.sin(2 * frame["x0"]) + frame["x1"]

    for seed in range(3):
        train, held = ruled(1_200, curved, seed), ruled(800, curved, seed + 9, shift=0.7)
        assert audited(CODE, train, held, target="y").worst() is None


def test_chances_that_are_too_sure_and_another_scale_are_no_shift():
    train, held = ruled(900, plain), ruled(600, plain, 1)
    held = held.assign(y=3 * held["y"] + 5)
    told = measured(audited(CODE, train, held, target="y"))
    assert abs(told.value) < 0.03


def test_features_that_do_not_meet_cannot_tell():
    diagnosis = audited(CODE, ruled(900, plain), ruled(600, plain, 1, shift=9.0), target="y")
    assert diagnosis.outcomes[CODE].state == "inconclusive"
    assert "have features that occur in train too" in diagnosis.outcomes[CODE].reason


def test_eval_alone_is_later_and_that_tells_nothing():
    rng = np.random.default_rng(4)
    train, held = split(base(rng, 1_500), rng, 0.4)
    when = pd.date_range("2024-01-01", periods=1_500, freq="h")
    train, held = train.assign(when=when[:900]), held.assign(when=when[900:])
    assert audited(CODE, train, held, target="y").worst() is None


def test_coin_flips_have_no_rule_to_change():
    rng = np.random.default_rng(5)
    train, held = split(base(rng, 1_500, strength=0.0), rng, 0.4)
    told = measured(audited(CODE, train, held, target="y"))
    assert abs(told.value) < 0.03
    assert told.interval[1] < 0.05


def test_exchanged_labels_are_told_as_such():
    rng = np.random.default_rng(6)
    train, held = split(base(rng, 1_500, classes=3, strength=4), rng, 0.4)
    diagnosis = audited(f"{CODE},LB209", train, held.assign(y=(held["y"] + 1) % 3), target="y")
    assert only(diagnosis).rule.code == "LB209"
    assert diagnosis.outcomes[CODE].reason == "explained by LB209"


def test_too_few_rows_are_said():
    told = reason(audited(CODE, ruled(300, plain), ruled(40, plain, 1), target="y"), CODE)
    assert told.startswith("train or eval has too few rows with a target to fit models on: 40")
