"""LB209 swapped-label-mapping: found where eval's labels were exchanged, silent elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason
from tests.planted_scores import strength_of
from tests.tables import Case, base, split

CODE = "LB209"
FEATURES = 4

SIZES = (2_000, 20_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Exchange two classes in eval, which the features tell apart so well that ``dose`` is gained."""
    features = rng.normal(0, 1, (n, FEATURES))
    classes = int(rng.choice([2, 2, 4]))
    code = (features.sum(axis=1) / 2 * strength_of(dose) + rng.logistic(0, 1, n) > 0).astype(int)
    if classes == 4:  # two more classes, which a fifth column tells from these
        other = rng.random(n) < 0.5
        code = np.where(other, code + 2, code)
        features[:, 3] += 8 * other
    frame = pd.DataFrame(features).add_prefix("x").assign(y=_named(rng, code))
    train, held = split(frame, rng)
    one, another = sorted(frame["y"].unique())[:2]
    swapped = held["y"].map({one: another, another: one}).fillna(held["y"])
    return Case("swapped-label-mapping", train, held.assign(y=swapped), target="y")


def _named(rng: np.random.Generator, code):
    """The classes as whole numbers or as words."""
    return code if rng.random() < 0.5 else np.array(["bad", "good", "new", "old"], object)[code]


def twin(rng: np.random.Generator, n: int) -> Case:
    """Honest labels that can be learned, coin flips, or another mix of classes in eval."""
    kind = rng.choice(["learned", "coin flips", "shifted"])
    strength = 0.0 if kind == "coin flips" else 1.5
    train, held = split(base(rng, n, classes=int(rng.choice([2, 3, 5])), strength=strength), rng)
    if kind == "shifted":
        held = held[(held["y"] != 0) | (rng.random(len(held)) < 0.4)].reset_index(drop=True)
    return Case("swapped-label-mapping", train, held, target="y")


def sides(seed: int = 0, n: int = 1_200, **options) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    return split(base(rng, n, **options), rng)


def test_two_of_four_classes_are_named():
    train, held = sides(classes=4, strength=4)
    names = dict(enumerate(["ash", "birch", "cedar", "elm"]))
    train, held = (one.assign(y=one["y"].map(names)) for one in (train, held))
    there = held.assign(y=held["y"].replace({"ash": "elm", "elm": "ash"}))
    finding = only(audited(CODE, train, there, target="y"))
    told = finding.measurement
    assert finding.severity == "error"
    assert told.details["mapping"] == "ash means elm, elm means ash"
    assert told.value == pytest.approx(told.details["would_agree"] - told.details["agreed"])
    assert told.figure["header"][:3] == ["label in eval", "predicted ash", "predicted elm"]


def test_a_cycle_of_codes_is_found():
    train, held = sides(classes=3, strength=4)
    finding = only(audited(CODE, train, held.assign(y=(held["y"] + 1) % 3), target="y"))
    assert finding.measurement.details["mapping"] == "0 means 2, 2 means 1, 1 means 0"


def test_labels_that_are_right_gain_nothing():
    told = measured(audited(CODE, *sides(), target="y"))
    assert (told.value, told.interval) == (0.0, (0.0, 0.0))


@pytest.mark.parametrize("classes", [2, 10])
def test_coin_flips_are_not_exchanged(classes):
    for seed in range(6):
        train, held = sides(seed, 600, classes=classes, strength=0.0)
        diagnosis = audited(CODE, train, held, target="y")
        assert diagnosis.worst() is None
        assert measured(diagnosis).interval[0] == 0.0


def test_labels_that_train_lacks_are_left_out():
    train, held = sides()
    told = measured(
        audited(CODE, train, held.assign(y=held["y"].where(held.index > 49, 7)), target="y")
    )
    assert told.n == len(held) - 50


def test_numbers_have_no_classes():
    told = reason(audited(CODE, *sides(task="regression"), target="y"), CODE)
    assert told == "the target is a number and has no classes"


def test_one_class_in_train_fits_no_model():
    train, held = sides(400)
    told = reason(audited(CODE, train.assign(y=0), held, target="y", task="classification"), CODE)
    assert told.startswith("too few rows of train and eval have a class that both know")


def test_of_very_many_classes_no_model_is_fitted():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(0, 1, 6_000), "y": rng.integers(0, 300, 6_000)})
    frame["y"] = "k" + frame["y"].astype(str)
    told = audited(CODE, frame[:4_000], frame[4_000:].reset_index(drop=True), target="y")
    assert reason(told, CODE) == "the target has 300 classes; models are fitted of at most 100"
